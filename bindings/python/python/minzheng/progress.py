"""How far a long call is: a bar, and a word in the log."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

from .typing import Progress, ProgressLike

__all__ = ["Bar", "Progress"]

_Native = Callable[[str, str, int, int | None], object]


class Bar:
    """A bar in one line of a terminal or a notebook. It is a progress callback itself.

    >>> import io
    >>> out = io.StringIO()
    >>> bar = Bar(out)
    >>> bar(Progress("deciding", "households", 3, 4)) is None
    True
    >>> bar.close()
    >>> "75 %" in out.getvalue()
    True
    """

    def __init__(self, out: TextIO | None = None, width: int = 30) -> None:
        self._out = sys.stderr if out is None else out
        self._width = width
        self._is_open = False

    def __call__(self, step: Progress) -> None:
        """Draws a step over the last one."""
        self._is_open = True
        if step.of:
            full = self._width * step.done // step.of
            drawn = "█" * full + "░" * (self._width - full)
            words = f"{drawn} {100 * step.done // step.of:>3} %  {step.done:,}/{step.of:,} {step.what}"
        else:
            words = f"{step.phase} {step.what} {step.done:,}"
        self._out.write(f"\r{words:<79}")
        self._out.flush()

    def close(self) -> None:
        """Ends the line."""
        if self._is_open:
            self._out.write("\n")
            self._out.flush()


class Told:
    """What the library tells, as a callback and in the log; a bar of its own is closed at the end."""

    def __init__(self, progress: ProgressLike) -> None:
        self._bar = Bar() if progress is True else None
        self._callback: Callable[[Progress], bool | None] | None = None
        if self._bar is not None:
            self._callback = self._bar
        elif callable(progress):
            self._callback = progress
        self._last: tuple[str, str] | None = None
        # who only decides households does not wait for it
        import logging

        self._log = logging.getLogger("minzheng.tables")
        self._is_logged = self._log.isEnabledFor(logging.INFO)

    @property
    def native(self) -> _Native | None:
        """What the library calls; ``None`` where nobody listens."""
        return self._step if self._callback is not None or self._is_logged else None

    def _step(self, phase: str, what: str, done: int, of: int | None) -> object:
        if (phase, what) != self._last:
            self._last = (phase, what)
            self._log.info("%s %s", phase, what)
        return None if self._callback is None else self._callback(Progress(phase, what, done, of))

    def __enter__(self) -> Told:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

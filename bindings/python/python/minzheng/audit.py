"""The audit trail: a chain of lines, each sealed by the one before (``docs/guide/gate.md``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .typing import Json

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["Audit"]


class Audit:
    """The audit trail: :attr:`minzheng.Engine.audit`.

    >>> from minzheng import Engine
    >>> Engine().audit.verify("")["intact"]
    True
    """

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, events: Sequence[Mapping[str, Any]], *, head: str | None = None) -> Json:
        """The lines to be written after a head, and the new head."""
        return self._engine.ask("audit_append", head=head, events=[dict(event) for event in events])

    def verify(self, trail: str, *, head: str | None = None) -> Json:
        """Whether the trail is intact, or where it is not."""
        return self._engine.ask("audit_verify", trail=trail, head=head)

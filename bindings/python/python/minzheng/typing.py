"""Names for type checkers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from .household import Household

__all__ = ["ArrowArray", "ArrowStream", "HouseholdLike", "Json", "Progress", "ProgressLike", "TableLike"]

Json: TypeAlias = Any
"""What an answer in JSON becomes: ``dict``, ``list``, ``str``, ``int``, ``bool``, ``None``; never ``float``."""


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that hands over Arrow as a stream: a polars, pandas or pyarrow table, a DuckDB relation."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream."""
        ...


@runtime_checkable
class ArrowArray(Protocol):
    """Anything that hands over Arrow as one array: a record batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The array with its schema."""
        ...


TableLike: TypeAlias = "ArrowStream | ArrowArray | str | PathLike[str]"
"""A table: anything that hands over Arrow, or the path of a file or folder (Arrow, CSV; Parquet where pyarrow, polars or DuckDB is installed)."""

HouseholdLike: TypeAlias = "Household | Mapping[str, Any]"
"""A household: the class, or the dictionary of a household file."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long call is.

    >>> Progress("deciding", "households", 50, 200).share
    0.25
    """

    phase: str
    """``sorting``, ``deciding``, ``matching``, ``adopting`` or ``counting``."""
    what: str
    """The table, item or resource that is worked on."""
    done: int
    """Rows so far."""
    of: int | None = None
    """Rows in all, where that is known."""

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1, where that is known. It is for showing."""
        return self.done / self.of if self.of else None


ProgressLike: TypeAlias = "Callable[[Progress], bool | None] | bool | None"
"""A callback that is told how far it is and stops the work by ``False``; ``True``: a bar on standard error."""

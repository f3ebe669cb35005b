"""The data catalogue: which data there are, whose they are, how fresh they are, and which rules stand on them.

Answers are those of the JSON call, as dictionaries and lists (``docs/guide/catalog.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from .typing import Json

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["Catalog"]

Day = date | str


class Catalog:
    """The catalogue of an engine's packs: :attr:`minzheng.Engine.catalog`.

    >>> from minzheng import Engine
    >>> catalog = Engine().catalog
    >>> catalog.search("火化")["hits"][0]["id"]
    'cremation'
    """

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, text: str | None = None, **filters: Any) -> Json:
        """The resources that fit, best first, and facets. Filters: ``department``, ``line``, ``sharing``, ``grade``, ``cycle``, ``subject``,
        ``limit``."""
        return self._engine.ask("catalog_search", text=text, **filters)

    def show(self, id: str, *, on: Day) -> Json:
        """A resource with its fields, and what stands on it."""
        return self._engine.ask("catalog_show", id=id, on=on)

    def check(self) -> Json:
        """What should be looked at in the catalogue."""
        return self._engine.ask("catalog_check")

    def diff(
        self,
        after: Sequence[Sequence[str]],
        *,
        before: Sequence[Sequence[str]] | None = None,
        fill: Mapping[str, str] | None = None,
    ) -> Json:
        """What changed between two lists of the ministry's form, rows of cells with the head first, and whom it breaks. Without ``before``
        from the catalogue of the packs."""
        rows = None if before is None else [list(row) for row in before]
        filled = None if fill is None else dict(fill)
        return self._engine.ask("catalog_diff", before=rows, after=[list(row) for row in after], fill=filled)

    def lineage(self, id: str, *, on: Day, direction: Literal["down", "up"] = "down") -> Json:
        """What comes of a field, fact or rule, or what it comes from."""
        return self._engine.ask("lineage", id=id, on=on, direction=direction)

    def impact(self, lost: Sequence[str], *, on: Day) -> Json:
        """Which facts, rules, programmes and models go quiet where these resources are lost, and why."""
        return self._engine.ask("impact", lost=list(lost), on=on)

    def freshness(self, deliveries: Sequence[Mapping[str, Any]], *, on: Day) -> Json:
        """What is fresh, due, late or never came; a delivery is ``{"resource", "as_of", "received"}``."""
        return self._engine.ask("freshness", deliveries=[dict(d) for d in deliveries], on=on)

    def quality_rules(self, resource: str) -> Json:
        """The quality rules of a resource, each with its check and limit."""
        return self._engine.ask("quality_rules", resource=resource)

    def quality(
        self,
        counts: Sequence[Mapping[str, Any]],
        *,
        on: Day,
        deliveries: Sequence[Mapping[str, Any]] | None = None,
    ) -> Json:
        """The quality report of rows that were counted elsewhere; over tables: :meth:`minzheng.Engine.quality`."""
        came = None if deliveries is None else [dict(d) for d in deliveries]
        return self._engine.ask("quality", counts=[dict(c) for c in counts], on=on, deliveries=came)

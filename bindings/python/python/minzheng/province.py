"""A synthetic province, to try everything on. Nobody in it exists (``docs/guide/synthetic-province.md``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from . import _native
from .engine import Engine, default_engine
from .tables import Table

__all__ = ["SynthProvince", "synth"]


@dataclass(frozen=True, slots=True)
class SynthProvince:
    """The tables of a province that never was."""

    households: Table
    people: Table
    records: Mapping[str, Table]
    """``obligors`` and ``parents``."""
    items: Mapping[str, Table]
    """The records of departments by the id of their item; empty where none were asked for."""
    answers: Table | None
    """What every source answered of every person; ``None`` where no records were asked for."""

    def __repr__(self) -> str:
        items = f", {len(self.items)} items" if self.items else ""
        return f"SynthProvince({len(self.households):,} households, {len(self.people):,} people{items})"


def synth(
    people: int,
    *,
    seed: int = 1,
    on: date | str = "2026-08-25",
    places: Mapping[str, int] | None = None,
    others: int | None = None,
    engine: Engine | None = None,
) -> SynthProvince:
    """A province of so many people, in memory. The same seed, options and version give the same rows.

    :param on: the day decided.
    :param places: division codes with their weights; without it four fifths live in places that exist nowhere.
    :param others: also the records of the 33 items, with so many rows of people outside for every person within; ``None``: no records.
    :param engine: the packs whose places count.

    >>> province = synth(people=100)
    >>> len(province.people), len(province.items)
    (100, 0)
    >>> sum(len(item) > 0 for item in synth(people=100, others=0).items.values()) > 20
    True
    """
    asked = {
        "people": people,
        "seed": seed,
        "on": on.isoformat() if isinstance(on, date) else on,
        "places": [[int(code), weight] for code, weight in (places or {}).items()],
        "others": others,
    }
    native, records = _native.synth((engine or default_engine())._native, asked)
    tables = {name: Table(table, name) for name, table in native.items()}
    return SynthProvince(
        households=tables["households"],
        people=tables["people"],
        records={name: tables[name] for name in ("obligors", "parents")},
        items={name: Table(table, name) for name, table in records.items()},
        answers=tables.get("answers"),
    )

"""One household: its facts, where they come from, and the day that is decided.

The words are those of the packs: :attr:`minzheng.Engine.facts` lists them. Silence is unknown, never zero and never "no"; what was
asked and is nothing is said with :meth:`Fact.nothing`.

Money is a :class:`decimal.Decimal`, exact to the fen, or text as in a household file (``"2600/month"``). A whole number is whole
yuan. A ``float`` is refused: :class:`minzheng.InexactError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from . import _native
from .words import FactStatus

if TYPE_CHECKING:
    from .typing import Json

__all__ = ["Fact", "FactValue", "Figure", "Household", "OfficialFinding", "Person"]

Per = Literal["month", "year", "once"]

PlainValue: TypeAlias = "str | bool | int | Decimal | date"


def _text(value: object) -> str:
    import json  # who writes no text does not wait for it

    return json.dumps(value, ensure_ascii=False)


def _given(pairs: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Those that were given, facts written out."""
    return {key: value for key, value in pairs if value is not None and value != ()}


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with where it comes from.

    >>> from decimal import Decimal
    >>> Fact(Decimal("2600"), per="month", status=FactStatus.VERIFIED, source="TAX").to_dict()["per"]
    'month'
    >>> Fact.nothing().to_dict()["status"].value
    'none'
    """

    value: PlainValue | None = None
    per: Per | None = None
    window: str | None = None
    """The span of time it covers: ``"2025-08..2026-07"``."""
    source: str | None = None
    as_of: date | str | None = None
    """The day it was true."""
    status: FactStatus | str | None = None
    reason: str | None = None

    @classmethod
    def per_month(cls, amount: Decimal | int | str, **more: Any) -> Fact:
        """An amount a month."""
        return cls(amount, per="month", **more)

    @classmethod
    def per_year(cls, amount: Decimal | int | str, **more: Any) -> Fact:
        """An amount a year."""
        return cls(amount, per="year", **more)

    @classmethod
    def nothing(cls, **more: Any) -> Fact:
        """Asked, and known to be nothing: zero for an amount, no for a yes/no fact."""
        return cls(status=FactStatus.NOTHING, **more)

    @classmethod
    def unknown(cls, status: FactStatus | str, reason: str | None = None) -> Fact:
        """Not known, and why: pending, refused or unavailable."""
        return cls(status=status, reason=reason)

    def to_dict(self) -> dict[str, Any]:
        """The fact as a household file has it."""
        names = ("value", "per", "window", "source", "as_of", "status", "reason")
        return _given((name, getattr(self, name)) for name in names)


FactValue: TypeAlias = "PlainValue | Fact | Mapping[str, Any]"
"""What may stand for a fact: a plain value, a :class:`Fact`, or the table of a household file."""


def _written(facts: Mapping[str, FactValue]) -> dict[str, Any]:
    return {name: value.to_dict() if isinstance(value, Fact) else value for name, value in facts.items()}


@dataclass(frozen=True, slots=True)
class OfficialFinding:
    """An official's determination that stands for a condition or an attestable formula.

    >>> OfficialFinding("dibao/property", True, by="示范旗民政局", on="2026-08-10").to_dict()["of"]
    'dibao/property'
    """

    of: str
    """The id of a condition or formula."""
    value: PlainValue
    by: str
    on: date | str
    ground: str | None = None
    row: str | None = None
    """The person it is about; without it the household."""

    def to_dict(self) -> dict[str, Any]:
        """The finding as a household file has it."""
        return _given((name, getattr(self, name)) for name in ("of", "value", "by", "on", "ground", "row"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that wins over every pack, for one household or for a what-if.

    >>> Figure("standard.dibao", "900/month", key={"hukou": "urban"}).words
    'standard.dibao[hukou=urban]=900/month'
    """

    parameter: str
    value: PlainValue
    key: Mapping[str, str | int] | None = None
    """Keys that it holds for; those that are not named stand for all."""
    rounding: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The figure as a household file has it."""
        key = None if self.key is None else dict(self.key)
        return _given((("parameter", self.parameter), ("value", self.value), ("key", key), ("rounding", self.rounding)))

    @property
    def words(self) -> str:
        """The figure as the command line has it."""
        keys = ",".join(f"{name}={value}" for name, value in (self.key or {}).items())
        # what is not exact is refused here as it is in a household
        value = _native.plain(self.value)
        words = value if isinstance(value, str) else _text(value)
        return f"{self.parameter}{f'[{keys}]' if keys else ''}={words}"


class Person:
    """A person of a household: a member, or somebody who owes support.

    :param id: your own key, never an identity number.
    :param identity: the identity number, 18 characters as text: it is checked, tells ``birth``, and is not kept.
    :param disability_card: the number of the disability card: it tells kind, grade and ``birth``, and is not kept.
    :param facts: facts in the words of the packs.

    >>> from datetime import date
    >>> Person("p1", relation="self", birth=date(1990, 5, 1))
    Person('p1', facts: relation, birth)
    """

    __slots__ = ("_fields",)

    def __init__(
        self,
        id: str,
        *,
        identity: str | None = None,
        disability_card: str | None = None,
        **facts: FactValue,
    ) -> None:
        documents = _given((("identity", identity), ("disability_card", disability_card)))
        self._fields: dict[str, Any] = {"id": id, **_written(facts), **documents}

    @property
    def id(self) -> str:
        """The key of the person."""
        return str(self._fields["id"])

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as they are written."""
        return {name: value for name, value in self._fields.items() if name not in _NO_FACTS}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Person:
        """A person as a household file has it."""
        made = cls.__new__(cls)
        made._fields = dict(fields)
        return made

    def to_dict(self) -> dict[str, Any]:
        """The person as a household file has it."""
        return dict(self._fields)

    def __repr__(self) -> str:
        return f"Person({self.id!r}, facts: {', '.join(self.facts) or 'none'})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and other._fields == self._fields

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return self._fields

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._fields = state


_NO_FACTS = ("id", "identity", "disability_card")


class Household:
    """One household and the day that is decided.

    It is checked for what can never be exact or never be sent when it is made; its facts are checked against the packs when it is decided.

    :param on: the day decided.
    :param place: the place of registration and of handling, six digits; or give ``registration_place`` and ``handling_place`` apart.
    :param persons: the persons.
    :param known_on: the law as published by this day.
    :param default_status: how facts stand that do not say: ``declared`` (also without it), ``verified``, ``attested``.
    :param records: rows below persons by their kind: ``{"obligor": [{"of": "p1", "person": "p3", "kind": "child"}]}``.
    :param findings: officials' determinations.
    :param figures: figures for this household alone.
    :param facts: facts of the household in the words of the packs.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> family = Household(
    ...     date(2026, 8, 25),
    ...     place="159921",
    ...     hukou="urban",
    ...     persons=[Person("p1", relation="self", pension=Fact.per_month(Decimal("800.00")), wage=Fact.nothing())],
    ... )
    >>> family
    Household(on=2026-08-25, persons=1, facts: registration_place, handling_place, hukou)
    >>> family == Household.from_dict(family.to_dict())
    True
    """

    __slots__ = ("_tree",)

    def __init__(
        self,
        on: date | str,
        *,
        place: str | None = None,
        persons: Sequence[Person] = (),
        known_on: date | str | None = None,
        default_status: FactStatus | str | None = None,
        records: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        findings: Sequence[OfficialFinding] = (),
        figures: Sequence[Figure] = (),
        **facts: FactValue,
    ) -> None:
        places = {} if place is None else {"registration_place": place, "handling_place": place}
        tree: dict[str, Any] = _given((("on", on), ("known_on", known_on), ("default_status", default_status)))
        tree["household"] = {**places, **_written(facts)}
        lists: list[tuple[str, Sequence[Any]]] = [
            ("person", [person.to_dict() for person in persons]),
            ("finding", [finding.to_dict() for finding in findings]),
            ("overlay", [figure.to_dict() for figure in figures]),
        ]
        lists.extend((kind, [dict(row) for row in rows]) for kind, rows in (records or {}).items())
        tree.update({name: rows for name, rows in lists if rows})
        self._tree: dict[str, Any] = _native.plain(tree)

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Household:
        """The dictionary of a household file."""
        made = cls.__new__(cls)
        made._tree = _native.plain(dict(tree))
        return made

    @classmethod
    def from_toml(cls, text: str, name: str = "household.toml") -> Household:
        """The text of a household file in TOML. Numbers of documents are checked, read and dropped.

        >>> Household.from_toml("on = 2026-08-25\\n[household]\\nhukou = 'urban'").on
        datetime.date(2026, 8, 25)
        """
        return cls._read(text, name)

    @classmethod
    def from_json(cls, text: str, name: str = "household.json") -> Household:
        """The text of a household file in JSON."""
        return cls._read(text, name)

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Household:
        """A household file, ``.toml`` or ``.json``."""
        with open(fspath(path), encoding="utf-8") as file:
            return cls._read(file.read(), fspath(path))

    @classmethod
    def _read(cls, text: str, name: str) -> Household:
        made = cls.__new__(cls)
        made._tree = _native.household_from_text(text, name)
        return made

    @property
    def on(self) -> date | None:
        """The day decided; ``None`` where none is given."""
        return _day(self._tree.get("on"))

    @property
    def known_on(self) -> date | None:
        """The day as of which the law is read; ``None``: all that the packs hold."""
        return _day(self._tree.get("known_on"))

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the household as they are written."""
        return dict(self._tree.get("household") or {})

    @property
    def persons(self) -> tuple[Person, ...]:
        """The persons."""
        return tuple(Person.from_dict(fields) for fields in self._tree.get("person") or ())

    def with_figures(self, *figures: Figure) -> Household:
        """The same household with figures of its own."""
        tree = self.to_dict()
        tree["overlay"] = [*tree.get("overlay", ()), *(figure.to_dict() for figure in figures)]
        return Household.from_dict(tree)

    def to_dict(self) -> dict[str, Json]:
        """The dictionary of the household file; decimals and days are text."""
        made: dict[str, Json] = _native.plain(self._tree)
        return made

    def to_json(self) -> str:
        """The text of the household file in JSON."""
        return _text(self._tree)

    def __repr__(self) -> str:
        facts = ", ".join(self.facts) or "none"
        return f"Household(on={self._tree.get('on')}, persons={len(self._tree.get('person') or ())}, facts: {facts})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Household) and other._tree == self._tree

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return self._tree

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._tree = state


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def tree_of(household: Household | Mapping[str, Any]) -> dict[str, Any]:
    """What is handed to the library."""
    if isinstance(household, Household):
        return household._tree
    # anything else is refused there with words
    return household if isinstance(household, dict) else dict(household) if isinstance(household, Mapping) else household

"""What was decided for one household, what is still missing, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _native
from .words import Truth, Verdict, Words

if TYPE_CHECKING:
    from .engine import Engine
    from .typing import Json
    from .words import Lang

__all__ = [
    "Assessment",
    "Change",
    "Condition",
    "Explanation",
    "MissingFact",
    "PackReceipt",
    "ProgrammeOutcome",
    "ProvisionalFact",
    "Receipt",
    "Value",
]


def yuan(fen: int) -> Decimal:
    """Whole fen as yuan, exact.

    >>> yuan(1234567890123456789)
    Decimal('12345678901234567.89')
    """
    sign, fen = (1, -fen) if fen < 0 else (0, fen)
    return Decimal((sign, tuple(int(digit) for digit in str(fen)), -2))


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else yuan(fen)


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its type: of a formula, a condition or an amount."""

    id: str
    title: Words
    word: str
    """As packs write it: ``16800.00/year``, ``yes``, ``undetermined``."""
    shown: Words
    """In words for people."""
    is_known: bool
    money: Decimal | None
    """In yuan, where it is an amount and known."""
    lowest: Decimal | None
    """The least that an amount can be by what is known."""
    highest: Decimal | None
    """The most that an amount can be by what is known."""
    date: date | None
    """The day, where it is one and known."""
    count: int | None
    """The count of days, months or things, where it is one and known."""
    truth: Truth | None
    """Of a yes/no value."""

    @classmethod
    def _of(cls, value: _native._Value) -> Value:
        id, title, word, shown, is_known, money, lowest, highest, day, count, truth = value
        return cls(
            id,
            Words(*title),
            word,
            Words(*shown),
            is_known,
            _yuan(money),
            _yuan(lowest),
            _yuan(highest),
            day,
            count,
            None if truth is None else _TRUTHS[truth],
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a programme, as it came out."""

    id: str
    """``dibao/income``."""
    title: Words
    truth: Truth


class _Read:
    """What stands in an answer of the library, and is read from there."""

    __slots__ = ("_source",)
    _source: _native.Outcome


@dataclass(frozen=True, slots=True)
class ProgrammeOutcome(_Read):
    """The outcome of one programme for the household or one person. Each of its fields is read when it is first asked for."""

    id: str
    person: str | None
    """The key of the person, for a programme of persons."""
    title: Words
    verdict: Verdict
    qualifies: Truth
    """Whether the conditions hold, whatever other programmes say."""
    amount: Decimal | None
    """Yuan, where the verdict is eligible, the programme pays and the amount is known."""
    per: str | None
    """``month`` or ``year``; ``None`` for an amount that is paid once, or none."""
    amount_value: Value | None
    """The amount with its words and bounds, where the verdict is eligible and the programme pays."""
    first_month: date | None
    review_date: date | None
    valid_until: date | None
    conditions: tuple[Condition, ...]
    figures: tuple[Value, ...]
    """The figures shown with the outcome."""

    @property
    def is_eligible(self) -> bool | None:
        """Whether the verdict is eligible; ``None`` where it is undetermined, which is not "no"."""
        return None if self.verdict is Verdict.UNDETERMINED else self.verdict is Verdict.ELIGIBLE

    def __repr__(self) -> str:
        person = f" [{self.person}]" if self.person else ""
        amount = f", {self.amount_value.word}" if self.amount_value else ""
        return f"ProgrammeOutcome({self.id}{person}: {self.verdict}{amount})"

    @classmethod
    def _of(cls, native: _native.Outcome) -> ProgrammeOutcome:
        made = cls.__new__(cls)
        object.__setattr__(made, "_source", native)
        return made

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            read = _FIELDS.get(name)
            if read is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            value = read(self._source)
            object.__setattr__(self, name, value)
            return value


def _per(amount: _native._Value | None) -> str | None:
    _, _, word, _, is_known, *_ = amount or ("", "", "", "", False)
    return word.partition("/")[2] or None if is_known else None


# a call of an enum costs as much as all the rest of a field
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_TRUTHS = {truth.value: truth for truth in Truth}

_FIELDS: Mapping[str, Callable[[_native.Outcome], object]] = {
    "id": lambda n: n.id,
    "person": lambda n: n.person,
    "title": lambda n: Words(*n.title),
    "verdict": lambda n: _VERDICTS[n.verdict],
    "qualifies": lambda n: _TRUTHS[n.qualifies],
    "amount": lambda n: _yuan(n.amount),
    "per": lambda n: _per(n.amount_value),
    "amount_value": lambda n: None if (value := n.amount_value) is None else Value._of(value),
    "first_month": lambda n: n.first_month,
    "review_date": lambda n: n.review_date,
    "valid_until": lambda n: n.valid_until,
    "conditions": lambda n: tuple(Condition(id, Words(*title), _TRUTHS[truth]) for id, title, truth in n.conditions),
    "figures": lambda n: tuple(map(Value._of, n.figures)),
}


@dataclass(frozen=True, slots=True)
class MissingFact:
    """One thing that is missing, whose it is, and who can supply it."""

    kind: str
    """``fact``, ``parameter``, ``rule``, ``finding`` or ``link``."""
    id: str
    row: str | None
    """The person or record it belongs to; ``None`` for the household."""
    title: Words
    question: Words
    answered_by: tuple[str, ...]
    """``applicant``, ``official``, ``item:…``, or who sets the figure."""
    type: str
    needed_by: tuple[str, ...]
    """The conditions that wait for it: ``dibao/income``."""
    cite: tuple[str, ...]
    """The articles of those conditions."""
    reason: Words

    def __repr__(self) -> str:
        row = f" [{self.row}]" if self.row else ""
        return f"MissingFact({self.kind} {self.id}{row}: {self.question})"

    @classmethod
    def from_dict(cls, missing: Mapping[str, Any]) -> MissingFact:
        """One of an answer."""
        return cls(
            kind=missing["kind"],
            id=missing["id"],
            row=missing["row"],
            title=Words.from_dict(missing["title"]),
            question=Words.from_dict(missing["question"]),
            answered_by=tuple(missing["answered_by"]),
            type=missing["type"],
            needed_by=tuple(missing["needed_by"]),
            cite=tuple(missing["cite"]),
            reason=Words.from_dict(missing["reason"]),
        )


@dataclass(frozen=True, slots=True)
class ProvisionalFact:
    """A declared fact, not verified yet, that the answer rests on."""

    id: str
    row: str | None
    title: Words

    @classmethod
    def from_dict(cls, fact: Mapping[str, Any]) -> ProvisionalFact:
        """One of an answer."""
        return cls(fact["id"], fact.get("row"), Words.from_dict(fact["title"]))


@dataclass(frozen=True, slots=True)
class PackReceipt:
    """A pack of a receipt."""

    id: str
    version: str
    digest: str
    """SHA-256 of its files."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Enough to run the decision again, byte for byte."""

    engine: str
    plan_format: int
    packs: tuple[PackReceipt, ...]
    on: str
    known_on: str
    input: str
    """SHA-256 of the facts, dates and figures."""
    output: str
    """SHA-256 of every outcome and condition."""

    @classmethod
    def from_dict(cls, receipt: Mapping[str, Any]) -> Receipt:
        """The receipt of an answer."""
        packs = tuple(PackReceipt(p["id"], p["version"], p["digest"]) for p in receipt["packs"])
        return cls(
            receipt["engine"],
            receipt["plan_format"],
            packs,
            receipt["on"],
            receipt["known_on"],
            receipt["input"],
            receipt["output"],
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One programme before and after a what-if."""

    id: str
    person: str | None
    title: Words
    verdict_before: Verdict | None
    verdict_after: Verdict | None
    amount_before: str | None
    """As packs write it: ``800.00/month``."""
    amount_after: str | None
    changed: bool

    @classmethod
    def from_dict(cls, change: Mapping[str, Any]) -> Change:
        """One of an answer."""
        before, after = change["before"], change["after"]
        verdict = [None if side["verdict"] is None else Verdict(side["verdict"]) for side in (before, after)]
        return cls(
            change["id"],
            change["person"],
            Words.from_dict(change["title"]),
            verdict[0],
            verdict[1],
            before["amount"],
            after["amount"],
            change["changed"],
        )


def card(page: str, height: str = "30em") -> str:
    """A page of the library as a part of a notebook, apart from the styles around it."""
    import html  # a notebook asks for it, an import does not

    return (
        f'<iframe srcdoc="{html.escape(page, quote=True)}" sandbox="" loading="lazy"'
        f' style="width:100%;height:{height};border:1px solid #bbb;background:#fff"></iframe>'
    )


class Explanation:
    """Why: every condition with its value, its threshold, its article and its source."""

    __slots__ = ("_assessment", "_native", "programme")

    def __init__(self, assessment: Assessment, programme: str | None) -> None:
        self._assessment = assessment
        self._native: _native.Explanation = assessment._native.explanation(programme)
        self.programme = programme
        """The programme it is about; ``None``: all."""

    def to_dict(self) -> dict[str, Json]:
        """The tree, schema ``minzheng/explanation/2`` (``docs/guide/explanation.md``)."""
        return self._native.to_dict()

    def text(self, lang: Lang = "zh") -> str:
        """As text."""
        return self._native.render("text", lang)

    def markdown(self, lang: Lang = "zh") -> str:
        """As Markdown."""
        return self._native.render("markdown", lang)

    def html(self, lang: Lang = "zh") -> str:
        """As a page that stands alone."""
        return self._native.render("page", lang)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Explanation(on={self._assessment.on}, programme={self.programme or 'all'})"

    def _repr_html_(self) -> str:
        return card(self.html())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Explanation) and other.to_dict() == self.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return Explanation, (self._assessment, self.programme)


class Assessment:
    """What a household is entitled to, by which figures and articles, and what is still unknown.

    It is made by :meth:`minzheng.Engine.assess`. It can be pickled: what travels is the household and the packs, and the answer is
    worked out again, the same to the byte.

    >>> from minzheng import Engine
    >>> answer = Engine().assess({"on": "2026-08-25", "household": {"registration_place": "159921", "hukou": "urban"}})
    >>> answer.programme("dibao").verdict
    <Verdict.UNDETERMINED: 'undetermined'>
    >>> answer.missing[0].kind
    'fact'
    """

    def __init__(self, engine: Engine, tree: dict[str, Any], native: _native.Assessment) -> None:
        self._engine = engine
        self._tree = tree
        self._native = native

    @property
    def engine(self) -> Engine:
        """The engine that decided."""
        return self._engine

    @property
    def on(self) -> date:
        """The day decided."""
        return self._native.on

    @property
    def known_on(self) -> date | None:
        """The day as of which the law was read; ``None``: all that the packs hold."""
        return self._native.known_on

    @cached_property
    def programmes(self) -> tuple[ProgrammeOutcome, ...]:
        """The outcomes of the programmes in force, in the order of tests, for the household or each person."""
        return tuple(map(ProgrammeOutcome._of, self._native.outcomes()))

    def programme(self, id: str, person: str | None = None) -> ProgrammeOutcome | None:
        """The outcome of one programme, for the household or a person; ``None`` where there is none."""
        fits = (p for p in self.programmes if p.id == id and p.person == person)
        return next(fits, None)

    @cached_property
    def missing(self) -> tuple[MissingFact, ...]:
        """What is missing, in order of use: what to ask, whom, and which condition needs it."""
        return tuple(MissingFact.from_dict(missing) for missing in self._native.missing())

    def missing_for(self, programme: str, person: str | None = None) -> tuple[MissingFact, ...]:
        """What is missing to decide one programme."""
        return tuple(MissingFact.from_dict(missing) for missing in self._native.missing_for(programme, person))

    @cached_property
    def provisional(self) -> tuple[ProvisionalFact, ...]:
        """The declared facts, not verified yet, that the answer rests on."""
        return tuple(ProvisionalFact.from_dict(fact) for fact in self._native.provisional())

    @cached_property
    def unconfirmed(self) -> tuple[str, ...]:
        """The unconfirmed rules and figures that the answer rests on."""
        return tuple(self._native.unconfirmed())

    @cached_property
    def receipt(self) -> Receipt:
        """Enough to run the decision again."""
        return Receipt.from_dict(self._native.receipt())

    def value(self, id: str, person: str | None = None) -> Value | None:
        """Any value by its id: a formula, ``PROGRAMME/CONDITION``, ``PROGRAMME.eligible``; ``person`` for things of persons."""
        found = self._native.value(id, person)
        return None if found is None else Value._of(found)

    def explanation(self, programme: str | None = None) -> Explanation:
        """Why, for all programmes or one."""
        return Explanation(self, programme)

    def to_dict(self) -> dict[str, Json]:
        """The whole answer, schema ``minzheng/assessment/1``, as the JSON call gives it."""
        return self._native.to_dict()

    def to_json(self) -> str:
        """The same as text, byte for byte that of every other language."""
        return self._native.to_json()

    def __repr__(self) -> str:
        counts = {verdict: sum(p.verdict is verdict for p in self.programmes) for verdict in Verdict}
        words = ", ".join(f"{verdict}={many}" for verdict, many in counts.items())
        return f"Assessment(on={self.on}, {words}, missing={len(self.missing)})"

    def _repr_html_(self) -> str:
        return self.explanation()._repr_html_()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assessment) and other.to_json() == self.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._engine, self._tree)


def _again(engine: Engine, tree: dict[str, Any]) -> Assessment:
    return engine.assess(tree)

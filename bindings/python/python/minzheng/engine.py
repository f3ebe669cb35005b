"""The law ready to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from . import _native
from .assessment import Assessment, Change
from .household import Figure, tree_of

# what deciding one household does not take is imported where it is used: an import costs more than a decision
if TYPE_CHECKING:
    from .alerts import Alerts
    from .assessment import Explanation, MissingFact
    from .audit import Audit
    from .catalog import Catalog
    from .gate import Gate
    from .packs import Files, Pack, PackLike, Parameter, Remark
    from .tables import Comparison, QualityReport, Tables
    from .typing import HouseholdLike, Json, ProgressLike, TableLike
    from .verification import Verification
    from .warning import Warnings

__all__ = ["Engine", "call", "call_json", "default_engine", "lint_pack"]

Day = date | str
MappingLike = Mapping[str, Mapping[str, Mapping[str, Any]]] | str | PathLike[str]


def _day(day: Day | None) -> str | None:
    return day.isoformat() if type(day) is date else day  # type: ignore[return-value]  # what is neither is refused with words


def _figures(figures: Sequence[Figure | str]) -> list[str]:
    return [figure.words if isinstance(figure, Figure) else figure for figure in figures]


class Engine:
    """Packs of law, ready to decide households and tables. It never changes, serves many threads, and can be pickled.

    ``Engine()`` has the built-in packs: national law, Inner Mongolia, and the fictional banner of the examples.

    >>> engine = Engine()
    >>> [pack.id for pack in engine.packs]
    ['cn', 'cn-15', 'demo']
    >>> answer = engine.assess({"on": "2026-08-25", "household": {"registration_place": "159921", "hukou": "urban"}})
    >>> answer.programme("dibao").verdict.value
    'undetermined'
    """

    def __init__(self) -> None:
        self._above: tuple[Files, ...] = ()
        self._built_in: tuple[str, ...] | None = None
        self._native = _native.Engine([])

    @classmethod
    def with_packs(cls, *packs: PackLike, built_in: Sequence[str] | None = None) -> Engine:
        """The built-in packs with others above them, lowest layer first. One with the id of a built-in pack stands in its place.

        :param packs: each a folder, the text of a pack of one file, or the texts of its files by their paths.
        :param built_in: some of the built-in packs by id, lowest layer first: ``["cn"]`` is national law alone; ``None``: all.
        :raises PackError: with file and line.
        """
        from .packs import files_of

        only = None if built_in is None else tuple(built_in)
        return cls._of(tuple(files_of(pack) for pack in packs), only)

    @classmethod
    def _of(cls, above: tuple[Files, ...], built_in: tuple[str, ...] | None) -> Engine:
        made = cls.__new__(cls)
        made._above = above
        made._built_in = built_in
        made._native = _native.Engine([list(files) for files in above], built_in)
        return made

    # one household

    def assess(self, household: HouseholdLike) -> Assessment:
        """Decides one household.

        :raises HouseholdError: everything that is wrong with the household at once, each with its path.
        :raises InexactError: where a float stands.
        """
        tree = tree_of(household)
        return Assessment(self, tree, self._native.assess(tree))

    def explain(self, household: HouseholdLike, programme: str | None = None) -> Explanation:
        """Why: every condition with its figures and articles, for all programmes or one."""
        return self.assess(household).explanation(programme)

    def missing(self, household: HouseholdLike) -> tuple[MissingFact, ...]:
        """What is still to be asked, in order of use."""
        return self.assess(household).missing

    def simulate(self, household: HouseholdLike, figures: Sequence[Figure]) -> tuple[Change, ...]:
        """A what-if: every programme before and after figures that win over the packs.

        >>> changes = Engine().simulate({"on": "2026-08-25"}, [Figure("standard.dibao", "900/month")])
        >>> changes[0].changed
        False
        """
        rows = [figure.to_dict() for figure in figures]
        return tuple(Change.from_dict(change) for change in self.ask("simulate", household=tree_of(household), set=rows))

    def arrears(
        self,
        household: HouseholdLike,
        *,
        first: Day,
        last: Day,
        known_before: Day | None = None,
        known_after: Day | None = None,
        programme: str | None = None,
        figures: Sequence[Figure] = (),
        paid_throughout: bool | None = None,
    ) -> Json:
        """What is owed and was overpaid, by month, because the law was published backwards (``docs/guide/arrears.md``)."""
        return self.ask(
            "arrears",
            household=tree_of(household),
            first=first,
            last=last,
            known_before=known_before,
            known_after=known_after,
            programme=programme,
            set=[figure.to_dict() for figure in figures] or None,
            paid_throughout=paid_throughout,
        )

    def verify(
        self,
        verification: Mapping[str, Any] | str | PathLike[str],
        *,
        assess: bool = False,
        audit: Mapping[str, Any] | None = None,
    ) -> Verification:
        """What is declared beside what the sources report: a report, no verdict.

        :param verification: a verification file: its path, its text or its dictionary.
        :param assess: whether the adopted household is decided too.
        :param audit: ``{"at", "actor", "subjects"}``, to have the events for the audit trail.
        """
        from .verification import Verification, file_of

        file = file_of(verification)
        trail = None if audit is None else dict(audit)
        answer = self.ask("verify", verification=file, assess=assess or None, audit=trail)
        return Verification(self, file, answer)

    def warn(self, household: HouseholdLike, *, model: str | None = None, explain: bool = False) -> Warnings:
        """Holds the warning models against one household: suspicions to check, never a decision."""
        from .warning import Warnings

        return Warnings(self.ask("warn", household=tree_of(household), model=model, explain=explain or None))

    # whole tables

    def run(
        self,
        *,
        households: TableLike,
        people: TableLike,
        records: Mapping[str, TableLike] | None = None,
        on: Day | None = None,
        known_on: Day | None = None,
        programmes: Sequence[str] | None = None,
        conditions: bool = False,
        reasons: bool = False,
        missing: int = 0,
        formulas: Sequence[str] = (),
        figures: Sequence[Figure | str] = (),
        status: Literal["declared", "verified", "attested"] = "declared",
        mapping: MappingLike | None = None,
        ignore_unknown: bool = False,
        threads: int = 1,
        progress: ProgressLike = None,
    ) -> Tables:
        """Decides every household of tables, each as it is decided alone.

        The answer has the tables ``households`` and ``people``: the keys as they came, ``on``, ``set_aside``, ``provisional``, and for every programme
        ``X.status`` (a dictionary of text) and ``X.amount`` (``Decimal128(18, 2)``, yuan); and ``findings`` where rows are wrong
        (``docs/guide/tables.md``). Households come in the order of their keys, their people in that of their table; nothing depends on threads.

        :param records: tables below people by their names: ``obligors``, ``parents``.
        :param on: the day decided, of households that do not say ``on`` in a column.
        :param known_on: the law as published by this day.
        :param programmes: some by id, in this order; ``None``: all.
        :param conditions: a column of truths for every condition.
        :param reasons: for every programme what decides against it, or leaves it open.
        :param missing: for every open programme so many things that are missing; it takes its time.
        :param formulas: formulas by id, each a column.
        :param figures: figures that win over the packs: ``"standard.dibao[hukou=urban]=900/month"``.
        :param status: how the facts of the tables stand.
        :param mapping: other names, units and periods of columns.
        :param ignore_unknown: whether columns that nobody knows are left out.
        :param threads: the work is done on so many threads.
        :param progress: a callback that takes a :class:`minzheng.typing.Progress` and stops the work by ``False``; ``True``: a bar.
        :raises TableError: what is wrong with tables and columns as a whole; of rows the findings say.
        :raises InexactError: for a floating-point column.
        :raises StoppedError: where ``progress`` said ``False``.
        """
        from .progress import Told
        from .tables import Tables, given

        tables = given(households=households, people=people, **(records or {}))
        options = {
            "reading": _reading(on, status, mapping, ignore_unknown),
            "deciding": _deciding(known_on, figures, threads),
            "programmes": list(programmes or ()),
            "conditions": conditions,
            "reasons": reasons,
            "missing": missing,
            "formulas": list(formulas),
        }
        with Told(progress) as told:
            return Tables.of(self._native.run(tables, options, told.native))

    def warn_tables(
        self,
        *,
        households: TableLike,
        people: TableLike,
        records: Mapping[str, TableLike] | None = None,
        on: Day | None = None,
        as_of: Day | None = None,
        known_on: Day | None = None,
        only: Sequence[str] = (),
        without: Sequence[str] = (),
        groups: Sequence[str] = (),
        formulas: Sequence[str] = (),
        words: bool = True,
        figures: Sequence[Figure | str] = (),
        status: Literal["declared", "verified", "attested"] = "declared",
        mapping: MappingLike | None = None,
        ignore_unknown: bool = False,
        threads: int = 1,
        progress: ProgressLike = None,
    ) -> Tables:
        """Holds the warning models against tables: the table ``alerts`` has one row a hit (``docs/guide/warnings.md``).

        :param only: models by id; none: all that are switched on.
        :param without: models that do not run.
        :param groups: groups of models.
        :param formulas: formulas by id, each a column of the alerts.
        :param words: whether every hit is told in a sentence.
        :param status: ``verified`` for what :meth:`verify_tables` gives: sentences then name the sources.
        :param as_of: the day of which the records speak.
        """
        from .progress import Told
        from .tables import Tables, given

        tables = given(households=households, people=people, **(records or {}))
        options = {
            "reading": _reading(on, status, mapping, ignore_unknown),
            "deciding": _deciding(known_on, figures, threads),
            "only": list(only),
            "without": list(without),
            "groups": list(groups),
            "formulas": list(formulas),
            "words": words,
            "as_of": _day(as_of),
        }
        with Told(progress) as told:
            return Tables.of(self._native.warn_tables(tables, options, told.native))

    def arrears_tables(
        self,
        *,
        households: TableLike,
        people: TableLike,
        records: Mapping[str, TableLike] | None = None,
        first: Day,
        last: Day,
        known_before: Day | None = None,
        known_after: Day | None = None,
        programmes: Sequence[str] | None = None,
        figures: Sequence[Figure | str] = (),
        paid_throughout: bool = False,
        status: Literal["declared", "verified", "attested"] = "declared",
        mapping: MappingLike | None = None,
        ignore_unknown: bool = False,
        threads: int = 1,
        progress: ProgressLike = None,
    ) -> Tables:
        """What is owed and was overpaid by month, for every household of tables, because the law was published backwards (``docs/guide/arrears.md``).

        The answer has ``households`` and ``people``, each where a programme of theirs is asked: the keys as they came, ``programme``, ``month``, ``before``, ``after`` and
        ``difference`` (``Decimal128(19, 2)``, yuan a month; null: undetermined), one row for a month in which something is owed, was overpaid or is
        unknown; and ``findings`` where rows are wrong. The summary adds up by league, programme and month, in fen; what is owed and what was overpaid are
        never set off against each other.

        :param first: the first month; ``last`` the last one. Each is the first day of its month.
        :param known_before: the law as published by this day, against that of ``known_after``; it may be left out where ``figures`` are given.
        :param figures: figures of the side after.
        :param paid_throughout: whether every month is taken as paid, whatever the first month of payment is.
        """
        from .progress import Told
        from .tables import Tables, given

        tables = given(households=households, people=people, **(records or {}))
        options = {
            "reading": _reading(None, status, mapping, ignore_unknown),
            "deciding": _deciding(known_after, figures, threads),
            "programmes": list(programmes or ()),
            "first": _day(first),
            "last": _day(last),
            "known_before": _day(known_before),
            "paid_throughout": paid_throughout,
        }
        with Told(progress) as told:
            return Tables.of(self._native.arrears_tables(tables, options, told.native))

    def verify_tables(
        self,
        *,
        households: TableLike,
        people: TableLike,
        items: Mapping[str, TableLike],
        answers: TableLike | None = None,
        as_of: Day,
        declared_on: Day | None = None,
        mapping: MappingLike | None = None,
        ignore_unknown: bool = False,
        threads: int = 1,
        progress: ProgressLike = None,
    ) -> Tables:
        """Matches the records of items to people by identity number and adopts what they say (``docs/guide/verification-tables.md``).

        The answer has ``households`` and ``people`` with the adopted facts, ready for :meth:`run` with ``status="verified"``; ``status/households`` and ``status/people``;
        ``differences``; ``findings``. The last two name people by their keys.

        :param items: the tables of the items by their ids: ``{"income_tax": …}``.
        :param answers: ``household_id``, ``person_id``, ``item``, ``status``, ``as_of``; without it whoever has a record has been answered about.
        :param as_of: the day windows are seen from.
        :param declared_on: the day of the declarations; without it ``as_of``.
        """
        from .progress import Told
        from .tables import Tables, given, mapping_of

        tables = given(households=households, people=people, answers=answers)
        options = {
            "as_of": _day(as_of),
            "declared_on": _day(declared_on),
            "mapping": mapping_of(mapping),
            "ignore_unknown": ignore_unknown,
            "threads": threads,
        }
        with Told(progress) as told:
            return Tables.of(self._native.verify_tables(tables, given(**items), options, told.native))

    def compare(
        self,
        *,
        households: TableLike,
        people: TableLike,
        records: Mapping[str, TableLike] | None = None,
        before: Engine | None = None,
        on: Day | None = None,
        on_before: Day | None = None,
        known_on: Day | None = None,
        known_before: Day | None = None,
        figures: Sequence[Figure | str] = (),
        figures_before: Sequence[Figure | str] = (),
        programmes: Sequence[str] | None = None,
        mapping: MappingLike | None = None,
        ignore_unknown: bool = False,
        threads: int = 1,
        progress: ProgressLike = None,
    ) -> Comparison:
        """Decides the same tables by two pack sets, or with a what-if: who changes, by how much, where, why, and what it costs.

        :param before: the engine of the side before; without it this one.
        :param figures: a what-if of the side after: ``"standard.dibao[hukou=urban]=900/month"``.
        :param known_before: the law as published by this day, on the side before; ``known_on`` is that of the side after.
        """
        from .progress import Told
        from .tables import Comparison, Table, given

        tables = given(households=households, people=people, **(records or {}))
        side_before = {"on": _day(on_before), "known_on": _day(known_before), "figures": _figures(figures_before)}
        side_after = {"on": None, "known_on": _day(known_on), "figures": _figures(figures)}
        options = {
            "reading": _reading(on, "declared", mapping, ignore_unknown),
            "before": side_before,
            "after": side_after,
            "programmes": list(programmes or ()),
            "threads": threads,
        }
        with Told(progress) as told:
            movers, report = _native.compare((before or self)._native, self._native, tables, options, told.native)
        return Comparison({name: Table(table, name) for name, table in movers.items()}, report)

    def quality(
        self,
        items: Mapping[str, TableLike],
        *,
        as_of: Day,
        deliveries: Sequence[Mapping[str, Any]] | None = None,
        sample: int = 10,
        threads: int = 1,
        progress: ProgressLike = None,
    ) -> QualityReport:
        """Holds tables against the quality rules of the catalogue (``docs/guide/quality.md``).

        :param items: the tables by the ids of their resources.
        :param deliveries: what came and when: ``{"resource", "as_of", "received"}``.
        :param sample: rows that are named for each rule, with masked keys.
        """
        from .progress import Told
        from .tables import QualityReport, given

        came = None
        if deliveries is not None:
            came = [{key: _day(value) for key, value in delivery.items()} for delivery in deliveries]
        options = {"as_of": _day(as_of), "deliveries": came, "sample": sample, "threads": threads}
        with Told(progress) as told:
            return QualityReport(self._native.quality(given(**items), options, told.native))

    # what the packs hold

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """The packs it decides by, lowest layer first."""
        from .packs import Pack

        return tuple(Pack.from_dict(pack) for pack in self.ask("packs"))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every figure of the packs, without its rows."""
        from .packs import Parameter

        return tuple(Parameter.from_dict(p) for p in self._native.parameters({}))

    def parameter(
        self,
        id: str,
        *,
        place: str | None = None,
        on: Day | None = None,
        known_on: Day | None = None,
    ) -> Parameter:
        """One figure with its rows; with ``on`` those that hold on the day, at the nearest place.

        >>> rows = Engine().parameter("standard.dibao", place="159921", on="2026-08-25").rows
        >>> {row.key["hukou"]: row.value for row in rows}["urban"]
        '870.00/month'
        """
        from .packs import Parameter

        asked = {"id": id, "place": place, "on": _day(on), "known_on": _day(known_on)}
        return Parameter.from_dict(self._native.parameters(asked))

    @cached_property
    def vocabulary(self) -> dict[str, Json]:
        """What the packs declare: ``facts``, ``programmes``, ``formulas``, ``codes``, ``instruments``."""
        return self._native.vocabulary()

    @property
    def facts(self) -> list[Json]:
        """The facts that the packs know, with their types, words and questions."""
        facts: list[Json] = self.vocabulary["facts"]
        return facts

    @cached_property
    def tables(self) -> Json:
        """The tables and columns that the packs ask for, with types, units, bounds and the conditions that need them."""
        return self._native.contract()

    def models(self, model: str | None = None) -> Json:
        """The warning models, or one."""
        return self.ask("models", model=model)

    def export(
        self,
        dialect: Literal["duckdb", "polars"],
        *,
        on: Day,
        place: str,
        known_on: Day | None = None,
        outputs: Sequence[str] = (),
        steps: bool = False,
        nulls: bool = False,
    ) -> str:
        """The rules of a day and a place as SQL for DuckDB, or as a Python module of Polars expressions (``docs/guide/export.md``).

        :param outputs: formulas, ``PROGRAMME/CONDITION``, ``PROGRAMME.eligible|qualifies|amount``; none: every programme.
        :param steps: whether every node on the way is a column.
        :param nulls: whether each output is one expression, null where it is unknown, without intervals.
        """
        asked = {
            "dialect": dialect,
            "on": _day(on),
            "known_on": _day(known_on),
            "place": place,
            "outputs": list(outputs),
            "steps": steps,
            "nulls": nulls,
        }
        return self._native.export(asked)

    @property
    def catalog(self) -> Catalog:
        """Which data there are, whose they are, what stands on them."""
        from .catalog import Catalog

        return Catalog(self)

    @property
    def gate(self) -> Gate:
        """Who may see which rows and columns."""
        from .gate import Gate

        return Gate(self)

    @property
    def audit(self) -> Audit:
        """The audit trail."""
        from .audit import Audit

        return Audit(self)

    @property
    def alerts(self) -> Alerts:
        """The life of alerts."""
        from .alerts import Alerts

        return Alerts(self)

    # the JSON call

    def call(self, request: Mapping[str, Any]) -> Json:
        """Answers any call of the library (``minzheng::api``): what stands under ``ok``; what stands under ``error`` is raised.

        >>> Engine().call({"call": "version"})["version"].count(".")
        2
        """
        return self._native.call(dict(request))

    def call_json(self, request: str) -> str:
        """Answers the text of a call with the text of its answer, byte for byte that of every other language; an error is an answer too."""
        return self._native.call_json(request)

    def ask(self, call: str, /, **fields: Any) -> Any:
        """A call by its name; fields that are ``None`` are left out.

        >>> Engine().ask("models", model="c01_dead_on_dibao")["id"]
        'c01_dead_on_dibao'
        """
        return self._native.call({"call": call, **{name: value for name, value in fields.items() if value is not None}})

    def __repr__(self) -> str:
        return f"Engine({', '.join(f'{pack.id} {pack.version}' for pack in self.packs)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Engine) and other.packs == self.packs

    def __hash__(self) -> int:
        return hash(tuple(pack.digest for pack in self.packs))

    def __reduce__(self) -> tuple[object, ...]:
        digests = tuple((pack.id, pack.digest) for pack in self.packs)
        return _arrived, (_native.VERSION, self._above, self._built_in, digests)


@lru_cache(maxsize=8)
def _arrived(
    version: str,
    above: tuple[Files, ...],
    built_in: tuple[str, ...] | None,
    digests: tuple[tuple[str, str], ...],
) -> Engine:
    """An engine that travelled here: made once for a process, and only where it decides as the one that was sent."""
    engine = Engine._of(above, built_in)
    if version != _native.VERSION or tuple((pack.id, pack.digest) for pack in engine.packs) != digests:
        from .errors import refused
        from .words import Words

        message = Words(
            f"对方的版本是 {version}，本机的版本是 {_native.VERSION}，或者规则包不同",
            f"it was sent by version {version}, here is {_native.VERSION}, or the packs differ",
        )
        raise refused("E-HOST-VERSION", message, Words("请在各处安装同一版本", "install the same version everywhere"))
    return engine


@lru_cache(maxsize=1)
def default_engine() -> Engine:
    """The engine of the built-in packs, made when it is first asked for."""
    return Engine()


def call(request: Mapping[str, Any]) -> Json:
    """Answers a call with the built-in packs; see :meth:`Engine.call`.

    >>> import minzheng
    >>> minzheng.call({"call": "packs"})[0]["id"]
    'cn'
    """
    return default_engine().call(request)


def call_json(request: str) -> str:
    """Answers the text of a call with the built-in packs; see :meth:`Engine.call_json`."""
    return default_engine().call_json(request)


def lint_pack(*packs: PackLike) -> tuple[Remark, ...]:
    """What is wrong with packs above the built-in ones, or should be looked at.

    >>> lint_pack("[pack]\\n")[0].severity
    'error'
    """
    from .packs import Remark, files_of

    found = _native.lint([list(files_of(pack)) for pack in packs])
    return tuple(Remark.from_dict(remark) for remark in found)


def _reading(on: Day | None, status: str, mapping: MappingLike | None, ignore_unknown: bool) -> dict[str, Any]:
    from .tables import mapping_of

    return {"on": _day(on), "status": status, "mapping": mapping_of(mapping), "ignore_unknown": ignore_unknown}


def _deciding(known_on: Day | None, figures: Sequence[Figure | str], threads: int) -> dict[str, Any]:
    return {"known_on": _day(known_on), "figures": _figures(figures), "threads": threads}


"""What one asks of a province."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..engine import default_engine
from . import _frames, _local, _task
from ._answer import Answer
from ._route import Routes, checked, numbers
from ._task import Work
from ._types import arrow_schema, quoted, spark_type
from ._whole import ROWS

__all__ = ["assess", "compare", "through", "verify", "warn"]

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from .. import Engine

KEY = "household_id"


def assess(
    households: DataFrame,
    people: DataFrame,
    *,
    records: Mapping[str, DataFrame] | None = None,
    engine: Engine | None = None,
    key: str = KEY,
    partitions: int | None = None,
    rows: int = ROWS,
    **options: Any,
) -> Answer:
    """Decides every household: ``Engine.run`` on data frames.

    :param households, people: Frames with the columns of ``docs/guide/tables.md``. ``people`` needs ``person_id``.
    :param records: Tables of records by their name: ``obligors``, ``parents``.
    :param engine: The packs; without it the built-in ones.
    :param key: The column with the key of the household, in all tables of one name and type.
    :param partitions: How many partitions; without it what ``spark.sql.shuffle.partitions`` says. One to three million rows
        each is a good size.
    :param rows: Rows that a worker decides at a time, about.
    :param options: What ``Engine.run`` takes: ``on``, ``known_on``, ``programmes``, ``reasons``, …
    :returns: With the tables ``households``, ``people`` and ``findings``.
    :raises MinzhengError: What ``Engine.run`` refuses in columns, packs and options, before Spark begins.
    :raises SparkError: ``E-SPARK-KEY``, ``E-SPARK-TYPE``. What a task raises comes as Spark's own exception, with our words in
        it: ``E-SPARK-SPLIT``, ``E-SPARK-ORDER``, ``E-HOST-VERSION``.
    """
    tables = {"households": households, "people": people, **(records or {})}
    return _ask("run", tables, engine, key, partitions, rows, options)


def compare(
    households: DataFrame,
    people: DataFrame,
    *,
    records: Mapping[str, DataFrame] | None = None,
    engine: Engine | None = None,
    key: str = KEY,
    partitions: int | None = None,
    rows: int = ROWS,
    **options: Any,
) -> Answer:
    """Decides every household twice and tells who changes: ``Engine.compare`` on data frames.

    Parameters are those of :func:`assess`; ``options`` are those of ``Engine.compare``: the figures of a what-if, packs or days of a
    side.

    :returns: With the rows that change in ``households`` and ``people``; its summary is the comparison: budget, leagues,
        conditions.
    """
    tables = {"households": households, "people": people, **(records or {})}
    return _ask("compare", tables, engine, key, partitions, rows, options)


def warn(
    households: DataFrame,
    people: DataFrame,
    *,
    records: Mapping[str, DataFrame] | None = None,
    engine: Engine | None = None,
    key: str = KEY,
    partitions: int | None = None,
    rows: int = ROWS,
    **options: Any,
) -> Answer:
    """Holds the warning models against every household: ``Engine.warn_tables`` on data frames.

    Parameters are those of :func:`assess`; ``options`` are those of ``Engine.warn_tables``.

    :returns: With ``alerts`` and ``findings``; its summary counts what every model said, by league.
    """
    tables = {"households": households, "people": people, **(records or {})}
    return _ask("warn_tables", tables, engine, key, partitions, rows, options)


def verify(
    households: DataFrame,
    people: DataFrame,
    *,
    items: Mapping[str, DataFrame],
    answers: DataFrame | None = None,
    engine: Engine | None = None,
    key: str = KEY,
    partitions: int | None = None,
    rows: int = ROWS,
    **options: Any,
) -> Answer:
    """Holds what every household declares beside the records of departments: ``Engine.verify_tables`` on data frames.

    Records have no household: they are first brought to the people whose identity number they bear, and travel on with them.

    :param items: Tables of records by the id of their item, with ``id_number`` and ``record_no`` as text.
    :param answers: ``household_id``, ``person_id``, ``item``, ``status``, ``as_of``.
    :param options: What ``Engine.verify_tables`` takes: ``as_of``, ``declared_on``, …

    The other parameters are those of :func:`assess`; ``people`` needs ``person_id`` and ``id_number``.

    :returns: With the adopted ``households`` and ``people``, ``status/households``, ``status/people``, ``differences`` and
        ``findings``. Records of nobody are left out early: the summary has no counts of rows by item, and what is wrong with
        them but their number is not looked for.
    """
    _frames.keys({"households": households, "people": people, **({"answers": answers} if answers is not None else {})}, key)
    engine = engine or default_engine()
    _one_thread(options)
    checked(items)
    routes = Routes(households, people, key)
    tables = {"households": households, "people": people}
    schemas = {name: arrow_schema(name, table.dtypes) for name, table in tables.items()}
    if answers is not None:
        tables[_local.ANSWERS], schemas[_local.ANSWERS] = answers, arrow_schema(_local.ANSWERS, answers.dtypes)
    # the key of the household travels beside a record, and is no field of it
    schemas.update((_local.ITEM + name, arrow_schema(name, item.dtypes)) for name, item in items.items())
    work = Work.of(engine, "verify_tables", options, schemas, key, rows)
    records = [routes.records(items, first=len(tables))] if items else []
    all_ = through(tables, work, _partitions(households, partitions), records)
    if items:
        all_ = all_.with_rows_of(_strays(tables, items, engine, options, key))
    homes = households.join(routes.twice.select(key).distinct(), key, "left_semi").select(key)
    twice = {"households": homes, "people": routes.twice}
    schemas = {name: arrow_schema(name, table.dtypes) for name, table in twice.items()}
    # few people: all of them at once, for both who have a number must be seen together
    work = Work.of(engine, _local.TWICE, options, schemas, key, rows=1 << 62)
    return all_.with_rows_of(through(twice, work, 1))


def _strays(
    tables: Mapping[str, DataFrame], items: Mapping[str, DataFrame], engine: Engine, options: Mapping[str, Any], key: str
) -> Answer:
    """Records with a wrong number are of nobody, and no household sees them: what is wrong is said of the numbers alone."""
    schemas = {name: arrow_schema(name, tables[name].dtypes) for name in ("households", "people")}
    schemas.update((_local.ITEM + name, arrow_schema(name, item.dtypes)) for name, item in items.items())
    work = Work.of(engine, _local.STRAYS, options, schemas, key, rows=ROWS)

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from _task.strays(work, batches)

    return Answer(numbers(items, first=2).mapInArrow(task, _schema(work)), work)


def _ask(
    method: str,
    tables: Mapping[str, DataFrame],
    engine: Engine | None,
    key: str,
    partitions: int | None,
    rows: int,
    options: Mapping[str, Any],
) -> Answer:
    _frames.keys(tables, key)
    _one_thread(options)
    schemas = {name: arrow_schema(name, table.dtypes) for name, table in tables.items()}
    engine = engine or default_engine()
    work = Work.of(engine, method, options, schemas, key, rows)
    return through(tables, work, _partitions(tables["households"], partitions))


def _one_thread(options: Mapping[str, Any]) -> None:
    for name in ("threads", "progress"):
        if name in options:
            raise TypeError(f"`{name}` is Spark's: a task decides in one thread")


def _partitions(frame: DataFrame, partitions: int | None) -> int:
    if partitions is None:
        return int(frame.sparkSession.conf.get("spark.sql.shuffle.partitions") or 1)
    if partitions < 1:
        raise ValueError("partitions: at least 1")
    return partitions


def through(tables: Mapping[str, DataFrame], work: Work, partitions: int, more: Sequence[DataFrame] = ()) -> Answer:
    """Takes tables, and rows that are tagged already, through a question, household by household."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from _task.answer(work, batches)

    parts = [_frames.tagged(tag, name, table, work.key) for tag, (name, table) in enumerate(tables.items())]
    rows = _frames.gathered([*parts, *more], partitions)
    return Answer(rows.mapInArrow(task, _schema(work)), work)


def _schema(work: Work) -> str:
    return ", ".join(f"{quoted(field.name)} {spark_type(field.type)}" for field in work.schema)

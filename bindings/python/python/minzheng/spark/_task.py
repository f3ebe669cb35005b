"""What a worker does with its partition. Everything that travels to it is a :class:`Work`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from . import _local, _tally
from ._types import plain
from ._whole import ROWS, whole

if TYPE_CHECKING:
    from .. import Engine

__all__ = ["HOME", "KEY", "ORDER", "TAG", "Work", "answer", "split", "strays"]

KEY, HOME, TAG, ORDER = "minzheng_key", "minzheng_at_home", "minzheng_tag", "minzheng_order"
"""Columns that we add: the key of the household, whether it is in its partition, the place of the table, the order of rows of one household."""


@dataclass(frozen=True)
class Work:
    """A question, ready to travel.

    The engine goes as the texts of the packs above the built-in ones, which every worker has, with the version of the library and
    the digests of all packs. A worker makes an engine of them when it first meets them, keeps it, and refuses to where version or
    digests are not its own (``E-HOST-VERSION``).
    """

    engine: Engine
    method: str
    options: Mapping[str, Any]
    key: str
    inputs: tuple[tuple[str, pa.Schema], ...]
    outputs: tuple[tuple[str, pa.Schema], ...] = ()
    rows: int = ROWS

    @classmethod
    def of(
        cls, engine: Engine, method: str, options: Mapping[str, Any], inputs: Mapping[str, pa.Schema], key: str, rows: int
    ) -> Work:
        """The question, with the tables that its answer will have.

        It is asked of tables without rows, here and now: what is wrong with columns, packs or options is said by the library's own
        exceptions before Spark begins.
        """
        work = cls(engine, method, dict(options), key, tuple(inputs.items()), rows=rows)
        empty = {name: schema.empty_table() for name, schema in inputs.items()}
        outputs = tuple((name, plain(table.schema)) for name, table in work.answer(empty).items())
        return replace(work, outputs=outputs)

    def answer(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """The answer about whole households, by the name of its tables."""
        answered, summary = _local.ask(self.engine, self.method, tables, self.options)
        return {**answered, _tally.TABLE: _tally.table(summary)}

    @property
    def schema(self) -> pa.Schema:
        """One column for every table of the answer; in a row exactly one of them is not null."""
        return pa.schema([(name, pa.struct(list(schema))) for name, schema in self.outputs])


def answer(work: Work, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The answer about the households of a partition, in their order."""
    for rows in whole(batches, key=KEY, home=HOME, rows=work.rows):
        yield from _rows(work, work.answer(split(work, rows)))


def strays(work: Work, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What is wrong with the identity numbers of records: rows of the place of an item and a number, in any order."""
    for batch in batches:
        numbers = batch.column("id_number")
        bad = batch.filter(pc.is_null(_local.standard(numbers)))
        if bad.num_rows:
            tables = {name: schema.empty_table() for name, schema in work.inputs}
            for tag, (name, schema) in enumerate(work.inputs):
                if name.startswith(_local.ITEM):
                    own = bad.column("id_number").filter(pc.equal(bad.column(TAG), tag))
                    # of these records nothing but the number is looked at
                    cells = [own if field.name == "id_number" else pa.nulls(len(own), field.type) for field in schema]
                    tables[name] = pa.Table.from_arrays(cells, schema=schema)
            yield from _rows(work, work.answer(tables))


def _rows(work: Work, answered: Mapping[str, pa.Table]) -> Iterator[pa.RecordBatch]:
    for name, schema in work.outputs:
        table = answered[name]
        if table.num_rows:
            yield from _tagged(work, name, _as(table, schema))


def split(work: Work, rows: pa.Table) -> dict[str, pa.Table]:
    """The tables that were united, each with its own rows and columns; the key, which travels once for all tables, among them."""
    tags = rows.column(TAG)
    out = {}
    for tag, (name, schema) in enumerate(work.inputs):
        own = rows.filter(pc.equal(tags, tag))
        cells = {work.key: own.column(KEY)}
        if name in own.column_names:
            column = own.column(name).combine_chunks()
            cells.update(zip((f.name for f in column.type), column.flatten(), strict=True))
        out[name] = pa.Table.from_arrays([cells[f.name] for f in schema], names=schema.names)
    return out


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = []
    for field, column in zip(schema, table.columns, strict=True):
        # words of a dictionary first: of them come the types that Spark has
        kind = column.type
        plain_column = column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column
        columns.append(plain_column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _tagged(work: Work, name: str, table: pa.Table) -> Iterator[pa.RecordBatch]:
    whole_schema = work.schema
    for batch in table.to_batches():
        own = pa.StructArray.from_arrays(batch.columns, fields=list(batch.schema))
        columns = [own if field.name == name else pa.nulls(batch.num_rows, field.type) for field in whole_schema]
        yield pa.RecordBatch.from_arrays(columns, schema=whole_schema)

"""Batches of a sorted partition to tables of whole households."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from ._errors import GroupingError, spark_error

ROWS = 65_536
"""Rows that are decided at a time, about."""


def whole(
    batches: Iterable[pa.RecordBatch],
    *,
    key: str,
    home: str | None = None,
    rows: int = ROWS,
) -> Iterator[pa.Table]:
    """Tables of whole households, in the order of the rows.

    A household may lie across any number of batches: the rows of the last key are carried over until another key follows or the
    partition ends. Two things are proved of every row, because a household that is split gives two wrong answers and no error:
    keys rise, so that none comes back; and the column ``home`` says that Spark's hash puts the household into the partition where its
    rows were found.

    :param batches: Batches of one partition, sorted by ``key``, null first.
    :param key: The column with the key of the household.
    :param home: The column that says whether a row is in the partition where it belongs.
    :param rows: Tables have about so many rows: as many as it takes to reach them with whole households.
    :raises GroupingError: ``E-SPARK-ORDER`` where the rows are not in the order of keys, ``E-SPARK-SPLIT`` where a row belongs
        to another partition.

    >>> import pyarrow as pa
    >>> batches = [pa.record_batch({"k": [1, 1, 2]}), pa.record_batch({"k": [2, 3]})]
    >>> [table["k"].to_pylist() for table in whole(batches, key="k", rows=1)]
    [[1, 1], [2, 2], [3]]
    """
    ready: list[pa.RecordBatch] = []
    held: list[pa.RecordBatch] = []
    last: pa.Scalar | None = None
    for batch in batches:
        if batch.num_rows == 0:
            continue
        keys = batch.column(key)
        if home is not None:
            _belongs(batch.column(home))
        _rises(keys, last)
        begin = _last_run(keys)
        goes_on = last is not None and begin == 0 and keys[0].equals(last)
        if goes_on:
            held.append(batch)
        else:
            ready.extend(held)
            if begin > 0:
                ready.append(batch.slice(0, begin))
            held = [batch.slice(begin)]
        last = keys[-1]
        if sum(b.num_rows for b in ready) >= rows:
            yield pa.Table.from_batches(ready)
            ready = []
    ready.extend(held)
    if ready:
        yield pa.Table.from_batches(ready)


def _belongs(home: pa.Array) -> None:
    if not pc.all(pc.fill_null(home, False)).as_py():
        raise spark_error(
            "E-SPARK-SPLIT",
            ("分区中有属于其他分区的户", "a partition holds rows of households that belong to another partition"),
            ("请附执行计划报告", "a household would be decided in two halves; report it with the plan of Spark"),
            kind=GroupingError,
        )


def _rises(keys: pa.Array, last: pa.Scalar | None) -> None:
    nulls = keys.null_count
    known = keys.slice(nulls)
    rises = known.null_count == 0
    if rises and len(known) > 1:
        rises = not pc.any(pc.less(known.slice(1), known.slice(0, len(known) - 1))).as_py()
    if rises and last is not None and last.is_valid:
        rises = keys[0].is_valid and not pc.less(keys[0], last).as_py()
    if not rises:
        raise spark_error(
            "E-SPARK-ORDER",
            ("分区的行未按户排序", "the rows of a partition are not in the order of households"),
            ("主键按字节比较", "keys are compared byte by byte: a column with a collation is sorted otherwise"),
            kind=GroupingError,
        )


def _last_run(keys: pa.Array) -> int:
    """Where the rows of the last key begin."""
    end = keys[-1]
    # null comes first: if the last is null, all are
    return pc.index(keys, end).as_py() if end.is_valid else 0

"""Tables of Spark, united so that a household is never split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from ._errors import spark_error
from ._task import HOME, KEY, ORDER, TAG
from ._types import quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

OWN = {"people": "person_id", "obligors": "obligor_id", "parents": "parent_id"}
"""The columns that tell rows of one household apart."""

NUMBER = "record_no"
"""The column that does so in the tables of items."""


def keys(tables: Mapping[str, DataFrame], key: str) -> None:
    """Refuses tables that cannot be brought together by the household."""
    kinds = {}
    for name, table in tables.items():
        found = dict(table.dtypes)
        if key not in found:
            help_words = ("该列指明行属于哪一户", "it says whose household a row is of")
            raise spark_error("E-SPARK-KEY", (f"缺少列 `{key}`", f"the column `{key}` is missing"), help_words, name)
        kinds[name] = found[key]
    if len(set(kinds.values())) > 1:
        told = ", ".join(f"`{name}`: {kind}" for name, kind in kinds.items())
        message = (f"各表中 `{key}` 的类型不同（{told}）", f"`{key}` is not of one type in all tables ({told})")
        raise spark_error("E-SPARK-KEY", message, ("请转为同一类型", "cast it to one type"))
    kind = next(iter(kinds.values()))
    if kind not in ("string", "bigint", "int", "smallint", "tinyint"):
        message = (f"`{key}` 的类型为 `{kind}`", f"`{key}` is `{kind}`")
        raise spark_error("E-SPARK-KEY", message, ("主键为文字或整数", "keys are text or whole numbers"))
    if "people" in tables and OWN["people"] not in tables["people"].columns:
        own = OWN["people"]
        help_words = ("Spark 的行没有次序，无法给人员编号", "rows of Spark have no order by which people could be numbered")
        raise spark_error("E-SPARK-KEY", (f"缺少列 `{own}`", f"the column `{own}` is missing"), help_words, "people")


def tagged(tag: int, name: str, table: DataFrame, key: str) -> DataFrame:
    """The rows of a table as rows of all tables: the key of the household, the place of the table, an order, and a struct of the rest."""
    from pyspark.sql import functions as F

    others = [F.col(quoted(c)) for c in table.columns if c != key]
    row = [F.struct(*others).alias(name)] if others else []
    return table.select(F.col(quoted(key)).alias(KEY), F.lit(tag).alias(TAG), order(name, table).alias(ORDER), *row)


def gathered(parts: Sequence[DataFrame], partitions: int) -> DataFrame:
    """All rows in one frame, the rows of a household together and in one order, whatever the tables were partitioned by.

    A second key that says nothing, ``lit(0)``, keeps the planner from taking a bucketed table for one that is partitioned
    already: it then reads the buckets in other partitions, and households are split without a word.
    """
    from pyspark.sql import functions as F

    all_ = reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts)
    all_ = all_.repartition(partitions, F.col(KEY), F.lit(0))
    # the function that Spark partitions by, beside the number of the partition where a row was found: a task proves that they agree.
    # It is the number in this frame, whatever becomes of the frame: the number of a task is another one in a union or after `coalesce`
    home = F.pmod(F.hash(F.col(KEY), F.lit(0)), F.lit(partitions)) == F.spark_partition_id()
    rest = [name for name in all_.columns if name != KEY]
    all_ = all_.select(KEY, home.alias(HOME), *(quoted(name) for name in rest))
    # numbers as text come in the order of numbers
    return all_.sortWithinPartitions(KEY, TAG, F.length(ORDER), ORDER)


def order(name: str, table: DataFrame) -> Column:
    """What puts the rows of one household in an order that does not depend on how they were shuffled."""
    from pyspark.sql import functions as F

    own = OWN.get(name, NUMBER)
    if own in table.columns:
        return F.coalesce(F.col(quoted(own)).cast("string"), F.lit(""))
    return F.xxhash64(*(F.col(quoted(c)) for c in table.columns)).cast("string")

"""Records of departments to the households of the people they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa

from . import _local
from ._errors import spark_error
from ._frames import NUMBER, order
from ._task import KEY, ORDER, TAG
from ._types import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

IDENTITY, PERSON = "id_number", "person_id"
TEXT, HOME = "minzheng_identity", "minzheng_household"

STANDARD = "^[0-9]{17}[0-9X]$"
"""A number in its one form. Whether it is a number at all is seen where the record meets its person."""


class Routes:
    """Whose numbers are whose.

    The people of a province are read once for it. A number that two people have is nobody's, whichever households they live in: no
    record goes to them, and :attr:`twice` lists them.
    """

    def __init__(self, households: DataFrame, people: DataFrame, key: str) -> None:
        from pyspark.sql import functions as F

        if IDENTITY not in people.columns:
            raise _missing("people")
        own = people.select(key, PERSON, IDENTITY).where(F.col(IDENTITY).isNotNull())
        # whoever has no household is nobody that a record could be of
        own = own.join(households.select(key).distinct(), key, "left_semi")
        named = _standard(own, own.dtypes).where(F.col(TEXT).isNotNull())
        owners = named.groupBy(TEXT).agg(F.count(F.lit(1)).alias("many"), F.min(key).alias(HOME))
        self._owners = owners.where("many = 1").select(TEXT, HOME)
        self.twice = named.join(owners.where("many > 1").select(TEXT), TEXT, "left_semi").select(key, PERSON, IDENTITY)

    def records(self, items: Mapping[str, DataFrame], first: int) -> DataFrame:
        """The records that are somebody's, as rows of all tables; the first item has the place ``first``. Records of nobody are left out."""
        from pyspark.sql import functions as F

        parts = []
        for tag, (name, item) in enumerate(items.items(), start=first):
            number = F.col(NUMBER) if dict(item.dtypes).get(NUMBER) == "string" else F.lit(None).cast("string")
            row = F.struct(*(F.col(quoted(c)) for c in item.columns)).alias(_local.ITEM + name)
            rank = order(name, item).alias(ORDER)
            parts.append(item.select(F.lit(tag).alias(TAG), rank, F.col(IDENTITY).alias(TEXT), number.alias(NUMBER), row))
        all_ = reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts).where(F.col(TEXT).isNotNull())
        # few in a thousand are written otherwise: only these are read by the library
        odd = all_.where(~F.col(TEXT).rlike(STANDARD)).select(F.col(TEXT).alias(IDENTITY)).distinct()
        mended = F.broadcast(_standard(odd, odd.dtypes).where(F.col(TEXT).isNotNull()).withColumnRenamed(TEXT, "mended"))
        all_ = all_.join(mended, all_[TEXT] == mended[IDENTITY], "left").withColumn(TEXT, F.coalesce("mended", TEXT))
        routed = all_.drop("mended", IDENTITY).join(self._owners, TEXT, "inner").drop(TEXT)
        # two records of one number leave both their people unclear. Where they go to two households, neither would see the other: so
        # each sees its own twice
        numbers = routed.where(F.col(NUMBER).isNotNull()).groupBy(TAG, NUMBER)
        spoilt = numbers.agg(F.countDistinct(HOME).alias("homes")).where("homes > 1").select(TAG, NUMBER)
        routed = routed.unionByName(routed.join(spoilt, [TAG, NUMBER], "left_semi"))
        return routed.drop(NUMBER).withColumnRenamed(HOME, KEY)


def numbers(items: Mapping[str, DataFrame], first: int) -> DataFrame:
    """The identity numbers of all records, each with the place of its item."""
    from pyspark.sql import functions as F

    parts = [item.select(F.lit(tag).alias(TAG), IDENTITY) for tag, item in enumerate(items.values(), start=first)]
    return reduce(lambda a, b: a.union(b), parts)


def checked(items: Mapping[str, DataFrame]) -> None:
    """Refuses tables of records that can be matched to nobody."""
    for name, item in items.items():
        kind = dict(item.dtypes).get(IDENTITY)
        if kind is None:
            raise _missing(name)
        if kind != "string":
            message = (f"列 `{IDENTITY}` 的类型为 `{kind}`", f"the column `{IDENTITY}` is `{kind}`")
            help_words = ("公民身份号码为文字", "an identity number is text: a number loses its last character")
            raise spark_error("E-SPARK-TYPE", message, help_words, name)


def _missing(table: str) -> Exception:
    help_words = ("按公民身份号码匹配", "records are matched by the identity number")
    return spark_error("E-SPARK-KEY", (f"缺少列 `{IDENTITY}`", f"the column `{IDENTITY}` is missing"), help_words, table)


def _standard(frame: DataFrame, dtypes: list[tuple[str, str]]) -> DataFrame:
    """Adds the column :data:`TEXT`: the number in its one form, null where it is none."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch.append_column(TEXT, _local.standard(batch.column(IDENTITY)))

    schema = ", ".join(f"{quoted(name)} {kind}" for name, kind in dtypes)
    return frame.mapInArrow(task, f"{schema}, {TEXT} string")

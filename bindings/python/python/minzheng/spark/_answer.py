"""An answer in Spark: one frame behind several tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _tally
from ._errors import spark_error
from ._task import Work
from ._types import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from .. import Engine


class Answer:
    """The tables of an answer.

    Nothing is decided before Spark is asked for rows, and everything is decided again for every question put to Spark. Who
    reads more than one table writes :attr:`rows` out first, or calls :meth:`persist`.

    :ivar rows: One column for every table, a struct of the table's columns; in each row exactly one of them is not null. In a
        partition, rows come in the order of households. This is what to write to Parquet.
    """

    def __init__(self, rows: DataFrame, work: Work) -> None:
        self.rows = rows
        self._work = work

    @property
    def tables(self) -> list[str]:
        """The names of the tables: ``households``, ``people``, ``findings``, …"""
        return [name for name, _ in self._work.outputs]

    def table(self, name: str) -> DataFrame:
        """One of the tables, with the columns and types that the local call gives; text that is a dictionary there is text here.

        :raises SparkError: ``E-SPARK-TABLE``: the answer has no such table.
        """
        if name not in self.tables:
            known = ", ".join(self.tables)
            message = (f"结果中没有表 `{name}`", f"the answer has no table `{name}`")
            raise spark_error("E-SPARK-TABLE", message, (f"有：{known}", f"it has {known}"))
        rows = self.rows
        return rows.where(rows[name].isNotNull()).select(f"{quoted(name)}.*")

    @property
    def households(self) -> DataFrame:
        """What is said of households."""
        return self.table("households")

    @property
    def people(self) -> DataFrame:
        """What is said of people."""
        return self.table("people")

    @property
    def findings(self) -> DataFrame:
        """What is wrong with rows. It holds keys in full; the numbers of rows mean nothing in Spark and are left out."""
        return self.table("findings")

    @property
    def engine(self) -> Engine:
        """The packs that decided. Every worker has compared its own with them."""
        return self._work.engine

    def summary(self) -> Any:
        """The summary of the local call, added up over all households: counts, and sums in fen as text.

        This asks Spark for the whole answer, unless it is kept.
        """
        from pyspark.sql import functions as F

        tally = self.table(_tally.TABLE)
        added = tally.groupBy("path", "kind").agg(F.sum("sum").alias("sum"), F.max("word").alias("word"))
        return _tally.document(row.asDict() for row in added.collect())

    def with_rows_of(self, other: Answer) -> Answer:
        """The rows of both; the tables of the other are among those of this one."""
        more = other.rows
        rows = self.rows.unionByName(more, allowMissingColumns=True)
        return Answer(rows.select(*(quoted(name) for name in self.tables)), self._work)

    def persist(self) -> Answer:
        """Keeps the answer where Spark keeps frames, once it has been worked out."""
        self.rows = self.rows.persist()
        return self

    def unpersist(self) -> Answer:
        """Lets go of what :meth:`persist` kept."""
        self.rows = self.rows.unpersist()
        return self

    def __repr__(self) -> str:
        return f"Answer({', '.join(self.tables)})"

"""Settings of Spark that are worth a thought. None is set here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def advice(spark: SparkSession, rows: int | None = None) -> list[str]:
    """What we would set otherwise in a session, each with its reason; an empty list: nothing.

    :param spark: The session.
    :param rows: Rows of all tables together, if known.
    """

    def of(name: str, otherwise: str) -> str:
        return spark.conf.get(name, otherwise) or otherwise

    out = []
    batch = int(of("spark.sql.execution.arrow.maxRecordsPerBatch", "10000"))
    if not 10_000 <= batch <= 65_536:
        out.append(f"spark.sql.execution.arrow.maxRecordsPerBatch is {batch}: 10000 to 65536 costs least for a row")
    if of("spark.python.worker.reuse", "true") != "true":
        out.append("spark.python.worker.reuse is false: every task then compiles the packs again")
    if int(of("spark.task.cpus", "1")) > 1:
        out.append("spark.task.cpus is more than 1: a task decides in one thread, the other cores would wait")
    if of("spark.executor.memoryOverhead", "") == "" and of("spark.executor.pyspark.memory", "") == "":
        out.append("spark.executor.memoryOverhead is not set: Python lives beside the heap; 1 GB for each core is plenty")
    partitions = int(of("spark.sql.shuffle.partitions", "200"))
    if rows is not None and rows > partitions * 3_000_000:
        out.append(f"spark.sql.shuffle.partitions is {partitions}: give `partitions={-(-rows // 2_000_000)}`, one to three million rows each")
    if rows is not None and rows < partitions * 50_000:
        out.append(f"spark.sql.shuffle.partitions is {partitions}: so few rows are dearer to hand out than to decide; give `partitions=`")
    return out

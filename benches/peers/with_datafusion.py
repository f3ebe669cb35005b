"""DataFusion: SQL over batches in memory, one partition."""

from pathlib import Path

import datafusion
import pyarrow as pa

import statements


class Engine:
    version = f"DataFusion {datafusion.__version__}"

    def __init__(self, bench: str, households: pa.Table, members: pa.Table, folder: Path, _variant: str) -> None:
        config = datafusion.SessionConfig().with_target_partitions(1).with_batch_size(8192)
        self.context = datafusion.SessionContext(config)
        tables = {"households": households, "members": members}
        if bench == "matching":
            tables = {"households": households} | statements.sources(members)
        for name, table in tables.items():
            # a table without rows has no batches, and then no schema: nothing reads it
            if table.num_rows:
                self.context.register_record_batches(name, [table.to_batches(max_chunksize=8192)])
        if bench == "models":
            for statement in statements.emitted(bench, folder):
                # it has no temporary views, and its division of whole numbers is written as any
                self.context.sql(statement.replace("TEMP VIEW", "VIEW").replace(" // ", " / "))
        self.statement = getattr(statements, bench.upper()).format(div="/")

    def prepare(self) -> None:
        pass

    def run(self) -> list[pa.RecordBatch]:
        return self.context.sql(self.statement).collect()

    def table(self, result: list[pa.RecordBatch]) -> pa.Table:
        return pa.Table.from_batches(result)

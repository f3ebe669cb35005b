"""DuckDB: SQL over its own tables in memory."""

from pathlib import Path

import duckdb
import pyarrow as pa

import figures
import statements


class Engine:
    version = f"DuckDB {duckdb.__version__}"

    def __init__(self, bench: str, households: pa.Table, members: pa.Table, folder: Path, _variant: str) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        records = statements.sources(members) if bench == "matching" else {"members": members}
        tables = {"households": households} | records | figures.tables(folder)
        for name, table in tables.items():
            self.connection.register("given", table)
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            self.connection.unregister("given")
        if bench in ("models", "shipped"):
            for statement in statements.emitted(bench, folder):
                self.connection.execute(statement)
        self.statement = getattr(statements, bench.upper()).format(div="//")

    def prepare(self) -> None:
        pass

    def run(self) -> pa.Table:
        return self.connection.sql(self.statement).to_arrow_table()

    def table(self, result: pa.Table) -> pa.Table:
        return result


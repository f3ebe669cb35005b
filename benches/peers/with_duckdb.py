"""DuckDB: SQL over its own tables in memory."""

import json
from pathlib import Path

import duckdb
import pyarrow as pa

import statements


class Engine:
    version = f"DuckDB {duckdb.__version__}"

    def __init__(self, bench: str, households: pa.Table, members: pa.Table, folder: Path, _variant: str) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        tables = {"households": households, "members": members}
        if bench == "reference":
            tables |= figures(folder)
        for name, table in tables.items():
            self.connection.register("given", table)
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            self.connection.unregister("given")
        self.statement = getattr(statements, bench.upper()).format(div="//")

    def prepare(self) -> None:
        pass

    def run(self) -> pa.Table:
        return self.connection.sql(self.statement).to_arrow_table()

    def table(self, result: pa.Table) -> pa.Table:
        return result


def figures(folder: Path) -> dict[str, pa.Table]:
    """The figures of the reference rule as tables."""
    given = json.loads((folder / "figures.json").read_text("utf-8"))
    rows = [
        (area, registration, period, value)
        for area, kinds in enumerate(given.pop("standard"))
        for registration, values in enumerate(kinds)
        for period, value in enumerate(values)
    ]
    names = ["area", "registration", "period", "standard"]
    standards = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    return {"figures": pa.table(given | {"period": [0, 1, 2, 3]}), "standards": standards}

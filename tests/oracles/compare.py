"""Runs exported plans in DuckDB and Polars and compares every value with those of the scalar program.

`compare.py FOLDER…`: each folder holds one batch as tests/suites/oracles.rs writes it. Prints one JSON line per batch and
engine: how many values were compared, how many differ, and the first that do.
"""

import json
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

SQL_TYPES = {"truth": "BOOLEAN", "number": "BIGINT", "date": "DATE"}
POLARS_TYPES = {"truth": pl.Boolean, "number": pl.Int64, "date": pl.Date}
LEAST, GREATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
SHOWN = 5


def as_ends(values, is_null):
    """A column of values and nulls as the ends of intervals: any number where it is null."""
    return {"_lo": np.where(is_null, LEAST, values), "_hi": np.where(is_null, GREATEST, values)}


def in_duckdb(folder, batch):
    connection = duckdb.connect()
    for table in batch["tables"]:
        columns = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, kind in table["columns"])
        connection.execute(f'CREATE TABLE "{table["name"]}"({columns})')
        connection.execute(f"COPY \"{table['name']}\" FROM '{folder / table['name']}.csv' (HEADER true)")
    connection.execute((folder / "duckdb.sql").read_text(encoding="utf-8"))
    out = {}
    for result in batch["results"]:
        if batch["says"] != "intervals":
            columns = ", ".join(f'CAST("{name}" AS BIGINT) AS "{name}"' for name, _ in result["outputs"])
            found = connection.execute(f'SELECT {columns} FROM "{result["name"]}" ORDER BY "{result["key"]}"').fetchnumpy()
            out[result["name"]] = {
                name + end: values
                for name, column in found.items()
                for end, values in as_ends(np.ma.getdata(column), np.ma.getmaskarray(column)).items()
            }
            continue
        found = connection.execute(f'SELECT * FROM "{result["name"]}"').fetchnumpy()
        for name, column in found.items():
            # a masked array would hold nulls
            if np.ma.is_masked(column) or column.dtype != np.int64:
                raise TypeError(f"{result['name']}.{name}: {column.dtype}, masked {np.ma.is_masked(column)}")
        out[result["name"]] = found
    return out


def in_polars(folder, batch):
    tables = {}
    for table in batch["tables"]:
        schema = {name: POLARS_TYPES[kind] for name, kind in table["columns"]}
        tables[table["name"]] = pl.read_csv(folder / f"{table['name']}.csv", schema=schema)
    module = {}
    source = (folder / "polars.py").read_text(encoding="utf-8")
    exec(compile(source, str(folder / "polars.py"), "exec"), module)
    out = {}
    frames = module["run"](tables)
    for result in batch["results"]:
        name, frame = result["name"], frames[result["name"]]
        if batch["says"] != "intervals":
            frame = frame.sort(result["key"]).drop(result["key"]).cast(pl.Int64)
            out[name] = {
                column.name + end: values
                for column in frame
                for end, values in as_ends(column.fill_null(0).to_numpy(), column.is_null().to_numpy()).items()
            }
            continue
        for column in frame.columns:
            if frame[column].dtype != pl.Int64 or frame[column].null_count():
                raise TypeError(f"{name}.{column}: {frame[column].dtype}, {frame[column].null_count()} nulls")
        out[name] = {column: frame[column].to_numpy() for column in frame.columns}
    return out


def compare(folder, batch, found):
    compared, wrong, shown = 0, 0, []
    for result in batch["results"]:
        rows = result["rows"]
        expected = np.fromfile(folder / f"{result['name']}.bin", dtype="<i8")
        expected = expected.reshape(len(result["outputs"]), 2, rows)
        columns = found[result["name"]]
        for (name, words), ends in zip(result["outputs"], expected):
            lo, hi = columns[f"{name}_lo"], columns[f"{name}_hi"]
            if batch["says"] != "intervals":
                # null says no more than unknown
                ends = np.where(ends[0] != ends[1], [[LEAST], [GREATEST]], ends)
            differs = (lo != ends[0]) | (hi != ends[1])
            if batch["says"] == "nulls at least":
                differs &= lo == hi
            compared += rows
            wrong += int(differs.sum())
            for row in np.flatnonzero(differs)[: 1 if len(shown) < SHOWN else 0]:
                shown.append(
                    {
                        "table": result["name"],
                        "row": int(row),
                        "output": name,
                        "node": words,
                        "scalar": [int(ends[0][row]), int(ends[1][row])],
                        "found": [int(lo[row]), int(hi[row])],
                    }
                )
    return compared, wrong, shown


def main(folders):
    for folder in map(Path, folders):
        batch = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
        for engine, run in (("duckdb", in_duckdb), ("polars", in_polars)):
            begun = time.perf_counter()
            report = {"batch": folder.name, "engine": engine}
            try:
                compared, wrong, shown = compare(folder, batch, run(folder, batch))
                report |= {"compared": compared, "wrong": wrong, "first": shown}
            except Exception as problem:  # the report says it, the suite fails on it
                report |= {"compared": 0, "wrong": 0, "error": f"{type(problem).__name__}: {problem}"[:2000]}
            report["seconds"] = round(time.perf_counter() - begun, 2)
            print(json.dumps(report), flush=True)


main(sys.argv[1:])

"""The figures of the reference rule, as tables to join."""

import json
from pathlib import Path

import pyarrow as pa


def read(folder: Path) -> dict:
    """As they are written: standards by area, registration and half-year; all else by half-year."""
    return json.loads((folder / "figures.json").read_text("utf-8"))


def tables(folder: Path) -> dict[str, pa.Table]:
    """`figures` by period; `standards` by area, registration and period, in that order."""
    given = read(folder)
    rows = [
        {"area": area, "registration": registration, "period": period, "standard": value}
        for area, kinds in enumerate(given.pop("standard"))
        for registration, values in enumerate(kinds)
        for period, value in enumerate(values)
    ]
    keys = {name: pa.uint8() for name in ["area", "registration", "period"]}
    standards = pa.Table.from_pylist(rows, pa.schema(keys | {"standard": pa.int64()}))
    periods = pa.array(range(4), pa.uint8())
    return {"figures": pa.table(given | {"period": periods}), "standards": standards}

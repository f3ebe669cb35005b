"""Parquet files by the library of analysts that is installed: the extension carries no reader of its own."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .errors import refused
from .words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

# what the library reads of a folder (`Format::of`): a folder of several kinds is left to it, that no rows are left out
_TABLES = (".parquet", ".arrow", ".arrows", ".ipc", ".feather", ".csv")


def files_of(path: str) -> list[str]:
    """The Parquet files that a path stands for: itself, or a folder of nothing else, in the order of their names. None: it stands for none."""
    if os.path.isfile(path):
        return [path] if path.lower().endswith(".parquet") else []
    if not os.path.isdir(path):
        return []
    tables = sorted(name for name in os.listdir(path) if name.lower().endswith(_TABLES))
    is_all = all(name.lower().endswith(".parquet") for name in tables)
    return [os.path.join(path, name) for name in tables] if is_all else []


def read(files: Sequence[str], name: str) -> object | None:
    """Their rows; ``None`` where no library is installed that reads them.

    :raises TableError: where one is no Parquet file, or the files of a folder have different columns.
    """
    rows: object | None = None
    try:
        if find_spec("pyarrow"):
            import pyarrow
            from pyarrow.parquet import ParquetFile

            rows = pyarrow.concat_tables([ParquetFile(file).read() for file in files])
        elif find_spec("polars"):
            import polars

            rows = polars.concat([polars.read_parquet(file, hive_partitioning=False) for file in files])
        elif find_spec("duckdb"):
            import duckdb

            parts = [duckdb.read_parquet(file, hive_partitioning=False) for file in files]
            # it would leave out in silence what only a later file has
            if len({(*part.columns, *map(str, part.types)) for part in parts}) > 1:
                raise ValueError("the files have different columns")
            rows = duckdb.read_parquet(list(files), hive_partitioning=False)
    except Exception as cause:
        message = Words("该文件不是 Parquet 文件、已损坏，或文件夹内各文件的列不同", "a file is no Parquet file, is damaged, or has other columns than the rest of its folder")
        raise refused("E-FILE-FORMAT", message, Words("请重新写出", "write it again"), name) from cause
    return rows

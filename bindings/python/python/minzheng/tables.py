"""Whole tables: anything that hands over Arrow goes in, and comes out without being copied.

In: whatever has ``__arrow_c_stream__`` or ``__arrow_c_array__`` (polars, pandas, pyarrow, a DuckDB relation), a :class:`Table`, or the path of a
file: Arrow, CSV, and Parquet where pyarrow, polars or DuckDB is installed. Which columns a table may have stands in ``docs/guide/tables.md`` and in :attr:`minzheng.Engine.tables`. Money is a decimal in
yuan, or whole fen in a column named ``…_fen``; floating-point columns are refused.

Out: a :class:`Table`, that can be read any number of times: ``pl.DataFrame(table)``, ``pa.table(table)``, DuckDB by its name in SQL, or
:meth:`Table.to_polars`, :meth:`Table.to_pandas`, :meth:`Table.to_arrow`; :meth:`Table.like` gives the caller's own kind. Amounts are decimals
in yuan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal

from . import _native
from .assessment import card
from .errors import refused
from .typing import Json, TableLike
from .words import Lang, Words

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Comparison", "Field", "QualityReport", "Table", "Tables"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table."""

    name: str
    type: str
    """The Arrow type in words: ``Decimal128(18, 2)``."""
    nullable: bool
    metadata: Mapping[str, str]
    """Of money ``unit`` and ``per``."""


class Table:
    """A table that was answered. It shows its columns and how many rows it has, never a row: rows are personal data.

    >>> from minzheng import Engine
    >>> import pyarrow as pa                                             # doctest: +SKIP
    >>> ids = pa.table({"household_id": ["h1", "h2"]})                   # doctest: +SKIP
    >>> answer = Engine().run(households=ids, people=ids, on="2026-08-25")   # doctest: +SKIP
    >>> len(answer.households)                                           # doctest: +SKIP
    2
    """

    __slots__ = ("_native", "name")

    def __init__(self, native: _native.Table, name: str) -> None:
        self._native = native
        self.name = name
        """``households``, ``people``, ``findings``, …"""

    def __len__(self) -> int:
        return len(self._native)

    @property
    def schema(self) -> tuple[Field, ...]:
        """The columns."""
        return tuple(Field(*field) for field in self._native.fields())

    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""
        return [name for name, *_ in self._native.fields()]

    @property
    def metadata(self) -> dict[str, str]:
        """What was decided by: engine, plan, packs with their digests, days."""
        return self._native.metadata()

    def __arrow_c_schema__(self) -> object:
        return self._native.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow table; nothing is copied."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """As a polars data frame."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self, dtype_backend: Literal["pyarrow", "numpy"] = "pyarrow") -> pandas.DataFrame:
        """As a pandas data frame, exact by default: decimals stay decimals, and what is unknown stays unknown.

        With ``"numpy"`` the columns have the classic types of pandas: decimals become objects, and whole numbers with nulls floats.
        """
        import pandas

        arrow = self.to_arrow()
        if dtype_backend == "numpy":
            return arrow.to_pandas()
        return arrow.to_pandas(types_mapper=pandas.ArrowDtype)

    def to_dicts(self) -> list[dict[str, Any]]:
        """As a list of dictionaries, one a row. It needs pyarrow."""
        rows: list[dict[str, Any]] = self.to_arrow().to_pylist()
        return rows

    def like(self, other: object) -> Any:
        """As the kind of table that another one is: polars, pandas or pyarrow; itself where that is none of them."""
        module = type(other).__module__.partition(".")[0]
        if module == "polars":
            frame = self.to_polars()
            return frame.lazy() if type(other).__name__ == "LazyFrame" else frame
        if module == "pandas":
            return self.to_pandas()
        return self.to_arrow() if module in ("pyarrow", "duckdb", "_duckdb") else self

    def __repr__(self) -> str:
        return f"Table({self.name}: {len(self):,} rows, {len(self.schema)} columns)"

    def _repr_html_(self) -> str:
        import html

        def cells(field: Field) -> str:
            unit = " ".join(field.metadata.get(key, "") for key in ("unit", "per")).strip()
            return "".join(f"<td>{html.escape(text)}</td>" for text in (field.name, field.type, unit))

        rows = "".join(f"<tr>{cells(field)}</tr>" for field in self.schema)
        head = "<tr><th>列 column</th><th>类型 type</th><th>单位 unit</th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and other._native.to_bytes() == self._native.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return _table_of, (self._native.to_bytes(), self.name)


def _table_of(table: bytes, name: str) -> Table:
    return Table(_native.Table.from_bytes(table), name)


class Tables(Mapping[str, Table]):
    """The tables of an answer by name, with the summary.

    ``tables.households`` is ``tables["households"]``; ``status/people`` is ``tables["status/people"]``.
    """

    __slots__ = ("_tables", "summary")

    def __init__(self, tables: Mapping[str, Table], summary: Mapping[str, Json]) -> None:
        self._tables = dict(tables)
        self.summary: dict[str, Json] = dict(summary)
        """Counts; sums of money are text in fen, for they may be larger than 64 bits."""

    @classmethod
    def of(cls, answer: tuple[dict[str, _native.Table], dict[str, Json]]) -> Tables:
        """What the library gives."""
        native, summary = answer
        return cls({name: Table(table, name) for name, table in native.items()}, summary)

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __getattr__(self, name: str) -> Table:
        tables: dict[str, Table] = object.__getattribute__(self, "_tables")
        if name in tables:
            return tables[name]
        raise AttributeError(f"there is no table `{name}`; there are {', '.join(tables)}")

    @property
    def findings(self) -> Table | None:
        """What is wrong with rows, with their keys in full: personal data. ``None`` where nothing is."""
        return self._tables.get("findings")

    def like(self, other: object) -> dict[str, Any]:
        """Every table as the kind that another one is."""
        return {name: table.like(other) for name, table in self._tables.items()}

    def __repr__(self) -> str:
        return f"Tables({', '.join(f'{name}: {len(table):,} rows' for name, table in self._tables.items())})"

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self._tables.values())

    def __reduce__(self) -> tuple[object, ...]:
        return Tables, (self._tables, self.summary)


class _Report:
    """A report: a value and a page. What travels is the value; the page is made where the report was."""

    __slots__ = ("_native", "_value")

    def __init__(self, native: _native.Report) -> None:
        self._native = native
        self._value: dict[str, Json] | None = None

    def to_dict(self) -> dict[str, Json]:
        """The whole report."""
        if self._value is None:
            self._value = self._native.to_dict()
        return self._value

    def html(self, lang: Lang = "zh") -> str:
        """As a page that stands alone."""
        return self._native.render("page", lang)

    def _repr_html_(self) -> str:
        return card(self.html())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, _Report) and other.to_dict() == self.to_dict()

    __hash__ = None  # type: ignore[assignment]


class QualityReport(_Report):
    """What the quality rules of the catalogue come to over tables (``docs/reference/quality-report.schema.json``)."""

    __slots__ = ()

    def text(self, lang: Lang = "zh") -> str:
        """As text: what does not hold, with the first rows."""
        return self._native.render("text", lang)

    def junit(self, lang: Lang = "zh") -> str:
        """As JUnit XML."""
        return self._native.render("junit", lang)

    def __repr__(self) -> str:
        return f"QualityReport({len(self.to_dict()['rules'])} rules)"


class Comparison(_Report):
    """Two pack sets, or a what-if, over the same tables: who changes, by how much, where, and by which condition."""

    __slots__ = ("movers",)

    def __init__(self, movers: Mapping[str, Table], native: _native.Report) -> None:
        super().__init__(native)
        self.movers: dict[str, Table] = dict(movers)
        """The rows that change, by table: ``households`` and ``people``. They hold keys."""

    def __repr__(self) -> str:
        movers = ", ".join(f"{name}: {len(table):,}" for name, table in self.movers.items())
        return f"Comparison({self.to_dict()['households']:,} households, movers: {movers or 'none'})"


def given(**tables: TableLike | None) -> dict[str, object]:
    """The tables that were given, by name. A table of a cluster, or one that is not computed yet, is refused with words."""
    for name, table in tables.items():
        if table is not None:
            _refuse_elsewhere(name, table)
    return {name: _rows(name, table) for name, table in tables.items() if table is not None}


def _rows(name: str, table: TableLike) -> object:
    """The rows of Parquet files, where a path stands for such and something reads them; else what was given, of which the library says what it is."""
    if not isinstance(table, (str, PathLike)):
        return table
    from . import _parquet

    files = _parquet.files_of(fspath(table))
    rows = _parquet.read(files, name) if files else None
    return table if rows is None else rows


def _refuse_elsewhere(name: str, table: object) -> None:
    module = type(table).__module__.partition(".")[0]
    if module == "pyspark":
        message = Words("这是集群上的表，不应取到一台机器上", "this is a table of a cluster: it would be drawn to one machine")
        help_words = Words("请用 minzheng.spark", "use minzheng.spark, which works where the rows are")
        raise refused("E-HOST-TABLE", message, help_words, name)
    if module == "polars" and type(table).__name__ == "LazyFrame":
        message = Words("这是尚未计算的表", "this is a plan of a table, no table yet")
        raise refused("E-HOST-TABLE", message, Words("请先 .collect()", "call .collect() first"), name)


def mapping_of(mapping: Mapping[str, Mapping[str, Mapping[str, Any]]] | str | PathLike[str] | None) -> str | None:
    """The text of a mapping of columns: from its text, its path, or ``{"people": {"月工资": {"fact": "wage", "unit": "yuan"}}}``.

    >>> print(mapping_of({"people": {"户号": {"column": "household_id"}}}))
    ["people"]
    "户号" = { "column" = "household_id" }
    """
    if mapping is None:
        return None
    if isinstance(mapping, Mapping):
        lines = []
        for table, columns in mapping.items():
            lines.append(f"[{_text(table)}]")
            for column, said in columns.items():
                pairs = ", ".join(f"{_text(key)} = {_text(value)}" for key, value in said.items())
                lines.append(f"{_text(column)} = {{ {pairs} }}")
        return "\n".join(lines)
    if isinstance(mapping, str) and "\n" in mapping:
        return mapping
    with open(fspath(mapping), encoding="utf-8") as file:
        return file.read()


def _text(value: object) -> str:
    import json

    # a basic string of TOML is written as one of JSON is
    return json.dumps(value, ensure_ascii=False)

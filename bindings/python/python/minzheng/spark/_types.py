"""Types of Spark and of Arrow, by their names: nothing of Spark is imported."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa

from ._errors import spark_error

_PLAIN = {
    "string": pa.string(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "float": pa.float32(),
    "double": pa.float64(),
    "binary": pa.binary(),
    "timestamp_ntz": pa.timestamp("us"),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


def arrow_schema(table: str, dtypes: Iterable[tuple[str, str]]) -> pa.Schema:
    """The schema that Spark hands over for ``DataFrame.dtypes``.

    >>> arrow_schema("people", [("wage", "decimal(12,2)"), ("birth", "date")])
    wage: decimal128(12, 2)
    birth: date32[day]
    """
    return pa.schema([(name, _arrow(table, name, word)) for name, word in dtypes])


def _arrow(table: str, column: str, word: str) -> pa.DataType:
    if found := _PLAIN.get(word):
        return found
    if found := re.fullmatch(r"decimal\((\d+),(-?\d+)\)", word):
        return pa.decimal128(int(found[1]), int(found[2]))
    if re.fullmatch(r"(var)?char\(\d+\)", word):
        return pa.string()
    raise spark_error(
        "E-SPARK-TYPE",
        (f"列的类型为 `{word}`，表中没有这种类型", f"the column is `{word}`, which no table of the library has"),
        ("请去掉该列，或转为文字、整数、日期、decimal", "leave it out, or cast it to text, whole numbers, days or decimals"),
        f"{table}.{column}",
    )


def plain(schema: pa.Schema) -> pa.Schema:
    """A schema as Spark can read it: no dictionaries, views or unsigned numbers.

    >>> plain(pa.schema({"a": pa.dictionary(pa.int8(), pa.string()), "b": pa.uint64()}))
    a: string
    b: int64
    """
    return pa.schema([pa.field(f.name, _plain(f.type)) for f in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_unsigned_integer(kind):
        return pa.int64()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_plain(kind.value_type))
    return kind


def spark_type(kind: pa.DataType) -> str:
    """The name of a type of :func:`plain` in Spark's language of data definition.

    >>> spark_type(pa.list_(pa.string())), spark_type(pa.decimal128(18, 2))
    ('array<string>', 'decimal(18,2)')
    """
    if pa.types.is_decimal128(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"array<{spark_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        fields = (f"{quoted(f.name)}: {spark_type(f.type)}" for f in kind)
        return f"struct<{', '.join(fields)}>"
    for word, own in _PLAIN.items():
        if own.equals(kind):
            return word
    raise spark_error("E-SPARK-TYPE", (f"Spark 没有类型 `{kind}`", f"Spark has no type for `{kind}`"), ("请报告", "report it"))


def quoted(name: str) -> str:
    """A name as Spark reads it whatever it holds: ``finding:dibao/property``, ``dibao.status``."""
    return "`" + name.replace("`", "``") + "`"

"""Summaries of parts to the summary of the whole: counts and sums by their place in a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

TABLE = "tally"
"""The name of the table of tallies."""

SCHEMA = pa.schema([("path", pa.list_(pa.string())), ("kind", pa.string()), ("sum", pa.decimal128(38, 0)), ("word", pa.string())])
"""One row is one leaf: its path; ``count`` and ``sum`` are added (a sum stands as text in the document), of ``word`` and ``empty`` there
is one."""


def rows(document: Any, path: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The leaves of a document.

    >>> [(r["path"], r["sum"]) for r in rows({"a": {"n": 2, "amount": "700"}})]
    [(['a', 'n'], Decimal('2')), (['a', 'amount'], Decimal('700'))]
    """
    if isinstance(document, Mapping) and document:
        return [row for name, value in document.items() for row in rows(value, (*path, str(name)))]
    if isinstance(document, list) and document:
        return [row for at, value in enumerate(document) for row in rows(value, (*path, f"[{at}]"))]
    kind, number, word = "word", None, None
    if isinstance(document, (Mapping, list)):
        kind, word = "empty", "{}" if isinstance(document, Mapping) else "[]"
    elif isinstance(document, bool) or document is None:
        word = {True: "true", False: "false", None: "null"}[document]
        kind = "plain"
    elif isinstance(document, int):
        kind, number = "count", Decimal(document)
    elif isinstance(document, str) and _is_sum(path, document):
        kind, number = "sum", Decimal(document)
    else:
        word = str(document)
    return [{"path": list(path), "kind": kind, "sum": number, "word": word}]


def _is_sum(path: tuple[str, ...], text: str) -> bool:
    return path[-1:] in (("amount",), ("difference",)) and text.lstrip("-").isdigit()


def table(document: Any) -> pa.Table:
    """The leaves of a document as a table."""
    return pa.Table.from_pylist(rows(document), SCHEMA)


def document(leaves: Iterable[Mapping[str, Any]]) -> Any:
    """The document of leaves that were added up by path and kind.

    >>> document(rows({"a": {"n": 2, "amount": "700"}, "none": None, "list": [{"b": {}}]}))
    {'a': {'n': 2, 'amount': '700'}, 'none': None, 'list': [{'b': {}}]}
    """
    root: dict[str, Any] = {}
    # a place that is empty in one part may hold something in another: what it holds comes first
    order = {"empty": 1}
    for leaf in sorted(leaves, key=lambda leaf: (order.get(leaf["kind"], 0))):
        _put(root, [str(step) for step in leaf["path"]], _value(leaf), leaf["kind"] == "empty")
    return _lists(root)


def _value(leaf: Mapping[str, Any]) -> Any:
    kind, word = leaf["kind"], leaf["word"]
    if kind == "count":
        return int(leaf["sum"])
    if kind == "sum":
        return str(int(leaf["sum"]))
    if kind == "plain":
        return {"true": True, "false": False, "null": None}[word]
    if kind == "empty":
        return _Empty(word)
    return word


class _Empty(str):
    """A place with nothing in it: ``{}`` or ``[]``."""


def _put(root: dict[str, Any], path: list[str], value: Any, yields: bool) -> None:
    for step in path[:-1]:
        below = root.setdefault(step, {})
        if not isinstance(below, dict):
            below = root[step] = {}
        root = below
    if not path or (yields and path[-1] in root):
        return
    root[path[-1]] = value


def _lists(node: Any) -> Any:
    if isinstance(node, _Empty):
        return {} if node == "{}" else []
    if not isinstance(node, dict):
        return node
    if node and all(name.startswith("[") for name in node):
        return [_lists(node[f"[{at}]"]) for at in range(len(node))]
    return {name: _lists(value) for name, value in node.items()}

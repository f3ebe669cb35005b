"""The library as a worker calls it: tables of pyarrow in, tables of pyarrow and a summary out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from .. import _native
from ..tables import Comparison, Tables

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["ANSWERS", "ITEM", "STRAYS", "TWICE", "ask", "standard", "summary", "tables"]

ANSWERS, ITEM = "answers", "item/"
"""Names of tables beside households, people and records: the answers of sources, and before the id of an item its records."""

TWICE = "twice"
"""What is asked of people whose identity number another person has."""

STRAYS = "strays"
"""What is asked of records whose identity number is missing or wrong, and so of nobody."""

FINDINGS, DIFFERENCES = "findings", "differences"
_TEXT = ("table", "column", "code", "effect", "message", "masked_key", "key")
_FINDINGS = pa.schema([(name, pa.string()) for name in _TEXT])

_IN_TWO = "E-MATCH-TWICE"
_VERIFY = ("verify_tables", TWICE, STRAYS)


def ask(engine: Engine, method: str, given: Mapping[str, pa.Table], options: Mapping[str, Any]) -> tuple[dict[str, pa.Table], Any]:
    """The answer of one thread of the library."""
    both = {name: given[name] for name in ("households", "people")}
    if method in _VERIFY:
        items = {name.removeprefix(ITEM): table for name, table in given.items() if name.startswith(ITEM)}
        answer: Any = engine.verify_tables(**both, items=items, answers=given.get(ANSWERS), **options)
    else:
        records = {name: table for name, table in given.items() if name not in both}
        answer = getattr(engine, method)(**both, records=records, **options)
    return tables(method, answer), summary(method, answer)


def tables(method: str, answer: Tables | Comparison) -> dict[str, pa.Table]:
    """The tables of a local answer as Spark gives them: findings always, and no numbers of rows, for rows of Spark have none."""
    if isinstance(answer, Comparison):
        return {name: pa.table(table) for name, table in answer.movers.items()}
    out = {name: pa.table(answer[name]) for name in answer}
    if DIFFERENCES in out:
        out[DIFFERENCES] = out[DIFFERENCES].drop_columns("row")
    found = out.pop(FINDINGS, None)
    findings = _FINDINGS.empty_table() if found is None else found.select(_TEXT).cast(_FINDINGS)
    if method in _VERIFY:
        of_two = pc.equal(findings["code"], _IN_TWO)
        # both who have a number need not be seen together where households are decided
        findings = findings.filter(of_two if method == TWICE else pc.invert(of_two))
    if method in (TWICE, STRAYS):
        return {FINDINGS: findings}
    return {**out, FINDINGS: findings}


_OF_ROWS = ("rows", "matched", "people", "unmatched", "bad_keys", "ambiguous", "twice")
"""Of an item, what is counted by rows of its table: those of nobody do not reach a worker."""


def summary(method: str, answer: Tables | Comparison) -> Any:
    """The summary of a local answer, without what cannot be added up."""
    if isinstance(answer, Comparison):
        whole = dict(answer.to_dict())
        # which files were read is nothing that a cluster can say
        whole.pop("tables", None)
        return whole
    whole = dict(answer.summary)
    if method == TWICE:
        found = whole["findings"].get(_IN_TWO, 0)
        return {"duplicate_people": whole["duplicate_people"], "findings": {_IN_TWO: found} if found else {}}
    if method == STRAYS:
        return {"findings": whole["findings"]}
    if method == "verify_tables":
        for name in ("duplicate_people", "table_bytes", "matching_bytes", "mapping"):
            whole.pop(name, None)
        whole["findings"] = {code: many for code, many in whole["findings"].items() if code != _IN_TWO}
        whole["items"] = {
            item: {name: many for name, many in tally.items() if name not in _OF_ROWS} for item, tally in whole["items"].items()
        }
    return whole


def standard(numbers: pa.Array) -> pa.Array:
    """Identity numbers in their one form; null where one is missing or wrong."""
    return pa.array(_native.standard_numbers(numbers.to_pylist()), pa.string())

"""Every vector of the house: through the classes, the JSON call, and, for households, as tables.

The vectors of ``tests/vectors/published`` are cases in words of their own, which the test kit of the library turns into households: ``test_calls``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from conftest import vectors

import minzheng as mz

HOUSEHOLDS = [(name, vector) for area in ("eligibility", "models") for name, file in vectors(area) for vector in file]


def _split(engine: mz.Engine, path: str) -> tuple[str | None, str]:
    """``person.p1.wage`` is a value of a person, ``dibao.amount`` one of the household."""
    parts = path.split(".", 2)
    below = {fact["entity"] for fact in engine.facts} - {"household"}
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] in below else (None, path)


def _same(found: str, wanted: object) -> bool:
    """Equal words, or amounts written with and without fen."""
    words = wanted if isinstance(wanted, str) else json.dumps(wanted)
    if found == words:
        return True
    (amount, _, per), (other, _, other_per) = found.partition("/"), words.partition("/")
    try:
        return per == other_per and Decimal(amount) == Decimal(other)
    except ArithmeticError:
        return False


@pytest.mark.parametrize("name", sorted({name for name, _ in HOUSEHOLDS}))
def test_households_through_classes_and_json(engine: mz.Engine, name: str) -> None:
    for vector in (vector for file, vector in HOUSEHOLDS if file == name):
        household = mz.Household.from_dict(vector["input"])
        answer = engine.assess(household)
        for path, wanted in vector["expect"].items():
            person, id = _split(engine, path)
            found = answer.value(id, person)
            assert found is not None and _same(found.word, wanted), f"{vector['id']} {path}: {wanted}, {found and found.word}"
        assert mz.Household.from_json(household.to_json()) == household
        text = engine.call_json(json.dumps({"call": vector["call"], "household": vector["input"]}, ensure_ascii=False))
        if vector["call"] == "warn":
            assert json.loads(text)["ok"] == engine.warn(household).to_dict(), vector["id"]
        else:
            assert text == f'{{"ok":{answer.to_json()}}}', vector["id"]


def _tables(engine: mz.Engine) -> dict[str, dict[str, dict[str, Any]]]:
    return {table["name"]: {column["name"]: column for column in table["columns"]} for table in engine.tables["tables"]}


class _Sheet:
    """The rows of a table as text, by column; what differs in its period is given as fen of the fact's own."""

    def __init__(self, columns: dict[str, dict[str, Any]]) -> None:
        self.columns = columns
        self.rows: list[dict[str, str | None]] = []

    def cell(self, name: str, value: Any) -> tuple[str, str | None]:
        kind = self.columns[name]["type"]
        per = None
        if isinstance(value, dict):
            if value.get("status") in ("pending", "refused", "unavailable"):
                return name, None
            if value.get("status") == "none":
                return name, "0" if kind not in ("bool",) else "false"
            value, per = value["value"], value.get("per")
        if isinstance(value, bool):
            return name, "true" if value else "false"
        if kind.startswith("money/") and isinstance(value, (str, int)):
            amount, _, said = str(value).partition("/")
            per = said or per
            yuan = Decimal(amount)
            if kind == "money/year" and per == "month":
                yuan *= 12
            if kind == "money/month" and per == "year":
                yuan /= 12
            return name, format(yuan, "f")
        return name, str(value)

    def arrow(self) -> Any:
        import pyarrow as pa

        names = sorted({"household_id"} | {name for row in self.rows for name in row})
        return pa.table({name: pa.array([row.get(name) for row in self.rows], pa.string()) for name in names})


def test_households_as_tables(engine: mz.Engine) -> None:
    """The same facts as columns of text: every verdict and amount is that of the household alone."""
    pytest.importorskip("pyarrow")
    contract = _tables(engine)
    kinds = {"obligor": "obligors", "parent": "parents"}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, vector in HOUSEHOLDS:
        tree = vector["input"]
        status = tree.get("default_status", "declared")
        groups[json.dumps([tree.get("known_on"), status, tree.get("overlay", [])])].append(vector)
    compared = 0
    for key, members in groups.items():
        known_on, status, overlays = json.loads(key)
        sheets = {name: _Sheet(columns) for name, columns in contract.items()}
        for vector in members:
            tree, id = vector["input"], vector["id"]
            found = [{"row": None, **row} for row in tree.get("finding", ())]
            home: dict[str, str | None] = {"household_id": id, "on": tree["on"]}
            home.update(sheets["households"].cell(name, value) for name, value in tree.get("household", {}).items())
            home.update(sheets["households"].cell(f"finding:{f['of']}", f["value"]) for f in found if f["row"] is None)
            sheets["households"].rows.append(home)
            for person in tree.get("person", ()):
                row: dict[str, str | None] = {"household_id": id, "person_id": person["id"]}
                row.update(sheets["people"].cell(name, value) for name, value in person.items() if name != "id")
                row.update(sheets["people"].cell(f"finding:{f['of']}", f["value"]) for f in found if f["row"] == person["id"])
                sheets["people"].rows.append(row)
            for kind, table in kinds.items():
                for record in tree.get(kind, ()):
                    row = {"household_id": id}
                    for name, value in record.items():
                        plain = name in ("of", "person", "id")
                        row.update([(name, value)] if plain else [sheets[table].cell(name, value)])
                    sheets[table].rows.append(row)
        records = {table: sheets[table].arrow() for table in kinds.values() if sheets[table].rows}
        figures = [mz.Figure(o["parameter"], o["value"], o.get("key")) for o in overlays]
        tables = engine.run(
            households=sheets["households"].arrow(),
            people=sheets["people"].arrow(),
            records=records,
            known_on=known_on,
            status=status,
            figures=figures,
        )
        assert tables.findings is None and tables.summary["set_aside"] == 0, tables.summary
        homes = {row["household_id"]: row for row in tables.households.to_dicts()}
        people = {(row["household_id"], row["person_id"]): row for row in tables.people.to_dicts()}
        for vector in members:
            for outcome in engine.assess(vector["input"]).programmes:
                row = homes[vector["id"]] if outcome.person is None else people[vector["id"], outcome.person]
                assert row[f"{outcome.id}.status"] == outcome.verdict.value, (vector["id"], outcome)
                assert row.get(f"{outcome.id}.amount") == outcome.amount, (vector["id"], outcome)
                compared += 1
    assert compared > 2_000, compared


def _brief(engine: mz.Engine, call: dict[str, Any]) -> Any:
    """The answer, or of an error the code and path of every finding."""
    try:
        answer = engine.call(call)
        if isinstance(answer, dict):
            # pages are told apart from their words elsewhere
            answer.update({key: "…" for key in ("html",) if key in answer})
        return answer
    except mz.MinzhengError as error:
        return {"error": [[finding.code, finding.path] for finding in error.findings]}


@pytest.mark.parametrize("area", ["authorization", "gate", "audit", "warning"])
def test_calls_of_gate_audit_and_alerts(engine: mz.Engine, area: str) -> None:
    run = 0
    for _, file in vectors(area):
        for vector in file:
            answer = _brief(engine, vector["call"])
            assert answer == vector["answer"], vector["id"]
            text = json.loads(engine.call_json(json.dumps(vector["call"])))
            if "ok" in text:
                if isinstance(text["ok"], dict) and "html" in text["ok"]:
                    text["ok"]["html"] = "…"
                assert text["ok"] == answer
            else:
                all_of = [text["error"], *text["error"]["more"]]
                assert [[one["code"], one["path"]] for one in all_of] == answer["error"]
            run += 1
    assert run > 5


def test_calls_of_the_catalogue(engine: mz.Engine) -> None:
    run = 0
    for _, file in vectors("catalog"):
        for vector in file:
            request, wanted = vector["request"], vector["answer"]
            assert json.loads(engine.call_json(json.dumps(request, ensure_ascii=False))) == wanted, vector["id"]
            if "ok" in wanted:
                assert engine.call(request) == wanted["ok"], vector["id"]
            else:
                with pytest.raises(mz.MinzhengError) as caught:
                    engine.call(request)
                assert (caught.value.code, caught.value.path) == (wanted["error"]["code"], wanted["error"]["path"])
            run += 1
    assert run > 20


def test_verifications_through_classes_and_json(engine: mz.Engine) -> None:
    run = 0
    for _, file in vectors("verification"):
        for vector in file:
            request = {"call": "verify", "verification": vector["verification"], "assess": True}
            text = json.loads(engine.call_json(json.dumps(request, ensure_ascii=False)))
            run += 1
            if "error" in vector:
                with pytest.raises(mz.MinzhengError) as caught:
                    engine.verify(vector["verification"])
                found = [(finding.code, finding.path) for finding in caught.value.findings]
                assert (vector["error"], vector["path"]) in found, vector["id"]
                assert text["error"]["code"] == caught.value.code
                continue
            checked = engine.verify(vector["verification"], assess=True)
            assert checked.to_dict() == text["ok"], vector["id"]
            lines = [line for ledger in checked.report["ledgers"] for line in ledger["lines"]]
            for path, wanted in vector["expect"].items():
                person, _, fact = path.rpartition(".")
                line = next(one for one in lines if one["fact"] == fact and (one["person"] or "") == person)
                grade = line["difference"] and line["difference"]["grade"]
                said = [line["adopted"]["value"], line["adopted"]["status"], line["reason"], grade]
                assert said == wanted, f"{vector['id']} {path}"
    assert run > 40

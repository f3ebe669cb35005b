"""Whatever is given, what is raised is the documented exception, with code, words and path; the interpreter goes on."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

import minzheng as mz
from minzheng import _native

DAY = "2026-08-25"


def one(**facts: Any) -> dict[str, Any]:
    """A household with facts of its own."""
    return {"on": DAY, "household": {"registration_place": "159921", **facts}}


def person(**facts: Any) -> dict[str, Any]:
    """A household with one person."""
    return {"on": DAY, "household": {}, "person": [{"id": "p1", **facts}]}


def _self_holding() -> dict[str, Any]:
    tree = one()
    tree["household"]["deep"] = tree
    return tree


@dataclass(frozen=True)
class Bad:
    """One kind of bad input."""

    name: str
    tree: Callable[[], Any]
    raised: type[mz.MinzhengError]
    code: str
    path: str | None = None
    builtin: type[Exception] = field(default=ValueError)


HOUSEHOLDS = [
    Bad("float money", lambda: one(deposits=12.5), mz.InexactError, "E-VALUE-FLOAT", "household.deposits", TypeError),
    Bad("nan", lambda: one(deposits=float("nan")), mz.InexactError, "E-VALUE-FLOAT", builtin=TypeError),
    Bad("infinite", lambda: one(deposits=float("inf")), mz.InexactError, "E-VALUE-FLOAT", builtin=TypeError),
    Bad("float count", lambda: one(houses=1.0), mz.InexactError, "E-VALUE-FLOAT", builtin=TypeError),
    Bad("float in a fact", lambda: person(wage={"value": 2600.5, "per": "month"}), mz.InexactError, "E-VALUE-FLOAT", "person[0].wage.value", TypeError),
    Bad("decimal nan", lambda: one(deposits=Decimal("NaN")), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("decimal infinite", lambda: one(deposits=Decimal("-Infinity")), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("huge decimal", lambda: one(deposits=Decimal("1e999999999")), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("tiny decimal", lambda: one(deposits=Decimal("1e-999999")), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("three places", lambda: one(deposits=Decimal("0.001")), mz.FactValueError, "E-VALUE-NUMBER", "household.deposits"),
    Bad("too large decimal", lambda: one(deposits=Decimal(10) ** 30), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("too large int", lambda: one(deposits=10**30), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("largest money", lambda: one(deposits=2**63 - 1), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("negative money", lambda: one(deposits="-1"), mz.HouseholdError, "E-FACT-RANGE"),
    Bad("a year for a sum", lambda: one(deposits="100/year"), mz.FactValueError, "E-VALUE-UNIT"),
    Bad("no period", lambda: person(wage="2600"), mz.FactValueError, "E-VALUE-UNIT", "person[0].wage"),
    Bad("strange period", lambda: person(wage="2600/week"), mz.FactValueError, "E-VALUE-UNIT"),
    Bad("a year that does not divide", lambda: one(previous_amount="1/year"), mz.FactValueError, "E-VALUE-UNIT"),
    Bad("two periods", lambda: person(wage={"value": "1/year", "per": "month"}), mz.FactValueError, "E-VALUE-UNIT"),
    Bad("words for money", lambda: one(deposits="many"), mz.FactValueError, "E-VALUE-NUMBER"),
    Bad("truth for money", lambda: one(deposits=True), mz.FactValueError, "E-VALUE-TYPE"),
    Bad("number for truth", lambda: one(members_complete=1), mz.FactValueError, "E-VALUE-TYPE"),
    Bad("text for truth", lambda: one(members_complete="yes"), mz.FactValueError, "E-VALUE-TYPE"),
    Bad("none", lambda: one(deposits=None), mz.FactValueError, "E-VALUE-TYPE"),
    Bad("a list for a value", lambda: one(deposits=["1"]), mz.FactValueError, "E-VALUE-TYPE"),
    Bad("code outside its list", lambda: one(hukou="moon"), mz.FactValueError, "E-VALUE-CODE", "household.hukou"),
    Bad("place of five digits", lambda: one(registration_place="15992"), mz.FactValueError, "E-VALUE-PLACE"),
    Bad("place as a number", lambda: {"on": DAY, "household": {"registration_place": 159921}}, mz.FactValueError, "E-VALUE-TYPE"),
    Bad("impossible day", lambda: person(birth="1990-02-30"), mz.FactValueError, "E-VALUE-DATE", "person[0].birth"),
    Bad("a moment", lambda: person(birth=dt.datetime(1990, 2, 1)), mz.HostTypeError, "E-HOST-TYPE", "person[0].birth", TypeError),
    Bad("a moment of a zone", lambda: person(birth=dt.datetime(1990, 2, 1, 23, tzinfo=dt.timezone(dt.timedelta(hours=-8)))), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("a moment as text", lambda: person(birth="1990-02-01T00:00:00+08:00"), mz.FactValueError, "E-VALUE-DATE"),
    Bad("a time", lambda: person(birth=dt.time(1, 2)), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("no day decided", lambda: {"household": {}}, mz.HouseholdError, "E-DOC-DATE"),
    Bad("day decided is a moment", lambda: {"on": dt.datetime(2026, 8, 25), "household": {}}, mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("unknown key", lambda: {"on": DAY, "houshold": {}}, mz.HouseholdError, "E-DOC-KEY"),
    Bad("unknown fact", lambda: one(hukuo="urban"), mz.HouseholdError, "E-FACT-NAME", "household.hukuo"),
    Bad("a formula as a fact", lambda: person(age_years=3), mz.HouseholdError, "E-FACT-FORMULA"),
    Bad("unknown part of a fact", lambda: one(deposits={"value": "1", "sourse": "BNK"}), mz.HouseholdError, "E-FACT-SHAPE"),
    Bad("unknown status", lambda: one(deposits={"value": "1", "status": "sure"}), mz.HouseholdError, "E-FACT-STATUS"),
    Bad("a value beside none", lambda: one(deposits={"value": "1", "status": "none"}), mz.HouseholdError, "E-FACT-STATUS"),
    Bad("no value", lambda: one(deposits={"source": "BNK"}), mz.HouseholdError, "E-FACT-VALUE"),
    Bad("persons are no list", lambda: {"on": DAY, "household": {}, "person": {"id": "p1"}}, mz.HouseholdError, "E-DOC-SHAPE"),
    Bad("a person with an empty key", lambda: {"on": DAY, "household": {}, "person": [{"id": ""}]}, mz.HouseholdError, "E-ROW-ID"),
    Bad("two persons of one key", lambda: {"on": DAY, "household": {}, "person": [{"id": "p1"}, {"id": "p1"}]}, mz.HouseholdError, "E-ROW-TWICE"),
    Bad("key is an identity number", lambda: {"on": DAY, "household": {}, "person": [{"id": "11010519491231002X"}]}, mz.HouseholdError, "E-ROW-ID"),
    Bad("an orphan record", lambda: {"on": DAY, "household": {}, "person": [{"id": "p1"}], "obligor": [{"of": "p9"}]}, mz.HouseholdError, "E-ROW-OF"),
    Bad("a link to nobody", lambda: {"on": DAY, "household": {}, "person": [{"id": "p1"}], "obligor": [{"of": "p1", "person": "p9"}]}, mz.HouseholdError, "E-ROW-LINK"),
    Bad("wrong check character", lambda: person(identity="110105194912310021"), mz.HouseholdError, "E-ID-CHECK", "person[0].identity"),
    Bad("identity of a spreadsheet", lambda: person(identity="1.10105E+17"), mz.HouseholdError, "E-ID-SPREADSHEET"),
    Bad("identity as a number", lambda: person(identity=110105194912310020), mz.HouseholdError, "E-ID-SHAPE"),
    Bad("identity against birth", lambda: person(identity="11010519491231002X", birth="1950-01-01"), mz.HouseholdError, "E-ID-CONTRADICTION", "person[0].birth"),
    Bad("finding of nothing", lambda: {**one(), "finding": [{"of": "dibao/moon", "value": True, "by": "a", "on": DAY}]}, mz.HouseholdError, "E-FINDING-OF"),
    Bad("overlay of nothing", lambda: {**one(), "overlay": [{"parameter": "standard.moon", "value": "1/month"}]}, mz.HouseholdError, "E-OVERLAY-NAME"),
    Bad("overlay with a strange key", lambda: {**one(), "overlay": [{"parameter": "standard.dibao", "value": "1/month", "key": {"moon": "full"}}]}, mz.HouseholdError, "E-OVERLAY-KEY"),
    Bad("half a pair", lambda: one(hukou="\ud800"), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("bytes", lambda: one(hukou=b"urban"), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("a set", lambda: one(hukou={"urban"}), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("an object", lambda: one(hukou=object()), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("a complex number", lambda: one(deposits=1j), mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("a key that is no text", lambda: {"on": DAY, "household": {1: 2}}, mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("what holds itself", _self_holding, mz.HostTypeError, "E-HOST-TYPE", builtin=TypeError),
    Bad("no dictionary", lambda: ["on"], mz.HouseholdError, "E-DOC-SHAPE"),
    Bad("nothing at all", lambda: None, mz.HouseholdError, "E-DOC-SHAPE"),
]


@pytest.mark.parametrize("bad", HOUSEHOLDS, ids=lambda bad: bad.name)
def test_a_bad_household_is_refused(engine: mz.Engine, bad: Bad) -> None:
    with pytest.raises(bad.raised) as caught:
        engine.assess(bad.tree())
    error = caught.value
    assert error.code == bad.code, str(error)
    assert isinstance(error, bad.builtin)
    assert bad.path is None or error.path == bad.path
    assert error.message.zh and error.message.en and error.message.zh != error.message.en
    assert "110105" not in str(error) and "110105" not in error.lines("zh")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and again == error
    # and the next one is decided
    assert engine.assess(one()).programmes


def test_there_are_enough_kinds() -> None:
    assert len(HOUSEHOLDS) >= 60
    assert len({bad.name for bad in HOUSEHOLDS}) == len(HOUSEHOLDS)


CALLS: list[tuple[str, Callable[[mz.Engine], object], type[mz.MinzhengError], str]] = [
    ("no such call", lambda e: e.call({"call": "asses"}), mz.CallError, "E-API-CALL"),
    ("no call", lambda e: e.call({}), mz.CallError, "E-API-CALL"),
    ("call is a number", lambda e: e.call({"call": 1}), mz.CallError, "E-API-SHAPE"),
    ("unknown field", lambda e: e.call({"call": "packs", "lnag": "zh"}), mz.CallError, "E-API-KEY"),
    ("unknown language", lambda e: e.call({"call": "packs", "lang": "fr"}), mz.CallError, "E-API-SHAPE"),
    ("unknown programme", lambda e: e.explain(one(), "moon"), mz.CallError, "E-PROGRAMME-NAME"),
    ("unknown model", lambda e: e.warn(one(), model="moon"), mz.AlertError, "E-WARNING-NONE"),
    ("unknown resource", lambda e: e.catalog.show("moon", on=DAY), mz.CatalogError, "E-CATALOG-NONE"),
    ("day of the catalogue", lambda e: e.catalog.show("income_tax", on="2026-13-01"), mz.FactValueError, "E-VALUE-DATE"),
    ("months backwards", lambda e: e.arrears(one(), first="2026-08-01", last="2026-07-01", known_before=DAY), mz.CallError, "E-ARREARS-MONTHS"),
    ("figure of nothing", lambda e: e.simulate(one(), [mz.Figure("standard.moon", "1/month")]), mz.HouseholdError, "E-OVERLAY-NAME"),
    ("figure as a float", lambda e: e.simulate(one(), [mz.Figure("standard.dibao", 1.5)]), mz.InexactError, "E-VALUE-FLOAT"),  # type: ignore[arg-type]
    ("unknown parameter", lambda e: e.parameter("standard.moon"), mz.HouseholdError, "E-OVERLAY-NAME"),
    ("place of a parameter", lambda e: e.parameter("standard.dibao", place="x"), mz.FactValueError, "E-VALUE-PLACE"),
    ("a request that is none", lambda e: e.verify({"on": DAY, "household": {}}), mz.VerificationError, "E-REQUEST-SHAPE"),
    ("an alert that is none", lambda e: e.alerts.step({}, {}), mz.AlertError, "E-ALERT-SHAPE"),
    ("an audit event that is none", lambda e: e.audit.append([{}]), mz.AuditError, "E-AUDIT-SHAPE"),
    ("a head that is none", lambda e: e.audit.verify("", head="x"), mz.AuditError, "E-AUDIT-HEAD"),
    ("a request to the gate that is none", lambda e: e.gate.decide({}), mz.GateError, "E-GATE-SHAPE"),
    ("an authorisation that is none", lambda e: e.gate.authorize({}, [{}]), mz.RefusedError, "E-"),
    ("not TOML", lambda e: mz.Household.from_toml("on = "), mz.HouseholdError, "E-DOC-TOML"),
    ("not JSON", lambda e: mz.Household.from_json("{"), mz.HouseholdError, "E-DOC-JSON"),
    ("a pack that is none", lambda e: mz.Engine.with_packs("[pack]\n"), mz.PackError, "E-PACK-TOML"),
    ("a pack that is not TOML", lambda e: mz.Engine.with_packs("x = \n"), mz.PackError, "E-PACK-TOML"),
    ("no folder of a pack", lambda e: mz.Engine.with_packs("/no/such/folder"), mz.PackError, "E-PACK-HEAD"),
    ("a dialect that is none", lambda e: e.export("excel", on=DAY, place="159921"), mz.CallError, "E-API-SHAPE"),  # type: ignore[arg-type]
    ("bytes that are no table", lambda e: _native.Table.from_bytes(b"no table"), mz.TableError, "E-FILE-FORMAT"),
]


@pytest.mark.parametrize(("call", "raised", "code"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_a_bad_call_is_refused(
    engine: mz.Engine, call: Callable[[mz.Engine], object], raised: type[mz.MinzhengError], code: str
) -> None:
    with pytest.raises(raised) as caught:
        call(engine)
    assert caught.value.code.startswith(code), str(caught.value)


def test_everything_wrong_is_said_at_once(engine: mz.Engine) -> None:
    with pytest.raises(mz.MinzhengError) as caught:
        engine.assess({"on": DAY, "household": {"hukou": "moon", "hukuo": "urban"}, "person": [{"id": "p1", "birth": "x"}]})
    codes = {finding.code for finding in caught.value.findings}
    assert {"E-VALUE-CODE", "E-FACT-NAME", "E-VALUE-DATE"} <= codes


def test_a_panic_is_an_exception_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(mz.FaultError) as caught:
        _native.fault()
    assert isinstance(caught.value, RuntimeError) and caught.value.code == "E-HOST-FAULT"
    capfd.readouterr()


def test_every_code_of_the_reference_has_a_class() -> None:
    from conftest import ROOT
    from minzheng.errors import class_of

    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    codes = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `E-")]
    assert len(codes) > 200
    of_packs = [code for code in codes if class_of(code) is mz.PackError]
    # what falls to packs is of packs and their expressions
    area = ("E-PACK-", "E-EXPR-", "E-NAME", "E-TYPE", "E-ROW", "E-CALL", "E-MACRO", "E-PARAM-KEYS", "E-SHOWN", "E-SYNTH-", "E-VERIFY-", "E-SPARK-")
    assert [code for code in of_packs if not code.startswith(area)] == []

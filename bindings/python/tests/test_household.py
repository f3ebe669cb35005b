"""One household: classes in, classes out."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import ROOT, data

import minzheng as mz
from minzheng.assessment import yuan

FAMILY = data("low-income-family.toml")


@pytest.fixture(scope="module")
def answer(engine: mz.Engine) -> mz.Assessment:
    return engine.assess(mz.Household.from_file(FAMILY))


def test_an_answer_is_typed(answer: mz.Assessment) -> None:
    dibao = answer.programme("dibao")
    assert dibao is not None and dibao.verdict is mz.Verdict.ELIGIBLE and dibao.is_eligible is True
    assert isinstance(dibao.amount, Decimal) and dibao.per == "month"
    assert dibao.amount_value is not None and dibao.amount_value.money == dibao.amount
    assert dibao.amount_value.lowest == dibao.amount == dibao.amount_value.highest
    assert isinstance(dibao.first_month, date) and dibao.title.zh.startswith("最低生活保障")
    assert [c.id for c in dibao.conditions if c.truth is mz.Truth.YES] == [c.id for c in dibao.conditions] and len(dibao.conditions) == 4
    assert f"{dibao.amount}/month" == dibao.amount_value.word
    assert answer.on == date(2026, 8, 25) or answer.on.year == 2026
    assert answer.receipt.engine == mz.__version__ and len(answer.receipt.input) == 64
    income = answer.value("dibao/income")
    assert income is not None and income.truth is mz.Truth.YES
    assert answer.value("no such thing") is None


def test_the_classes_say_what_json_says(engine: mz.Engine, answer: mz.Assessment) -> None:
    household = mz.Household.from_file(FAMILY)
    assert engine.call({"call": "assess", "household": household.to_dict()}) == answer.to_dict()
    missing = engine.call({"call": "missing", "household": household.to_dict()})
    assert [m.id for m in engine.missing(household)] == [m["id"] for m in missing]
    explanation = engine.explain(household, "dibao")
    said = engine.call({"call": "explain", "household": household.to_dict(), "programme": "dibao", "lang": "zh"})
    assert explanation.text("zh") == said.pop("text") and said.pop("html") in explanation.html("zh")
    assert explanation.to_dict() == said


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@pytest.mark.parametrize("name", ["low-income-family.toml", "undetermined.toml", "child.toml"])
def test_outcomes_say_what_json_says(engine: mz.Engine, name: str) -> None:
    answer = engine.assess(mz.Household.from_file(data(name)))
    said = answer.to_dict()
    assert (_day(answer.on), _day(answer.known_on)) == (said["on"], said["known_on"])
    assert [m.id for m in answer.missing] == [m["id"] for m in said["missing"]]
    assert [(f.id, f.row) for f in answer.provisional] == [(f["id"], f.get("row")) for f in said["provisional"]]
    assert list(answer.unconfirmed) == said["unconfirmed"] and answer.receipt.output == said["receipt"]["output"]
    assert len(answer.programmes) == len(said["programmes"]) > 5
    for outcome, wanted in zip(answer.programmes, said["programmes"], strict=True):
        assert answer.programme(outcome.id, outcome.person) is outcome
        assert (outcome.id, outcome.person, outcome.verdict.value) == (wanted["id"], wanted["person"], wanted["verdict"])
        assert {"zh": outcome.title.zh, "en": outcome.title.en} == wanted["title"]
        assert outcome.amount == (None if wanted["amount_fen"] is None else yuan(wanted["amount_fen"]))
        assert (outcome.amount_value and outcome.amount_value.word) == wanted["amount"]
        per = (wanted["amount"] or "").partition("/")[2] if outcome.amount is not None else ""
        assert (outcome.per or "") == per
        for day in ("first_month", "review_date", "valid_until"):
            assert _day(getattr(outcome, day)) == wanted[day], (outcome, day)
        assert [(f.id, f.word) for f in outcome.figures] == [(f["id"], f["value"]) for f in wanted["figures"]]
        for condition in outcome.conditions:
            found = answer.value(condition.id, outcome.person)
            assert found is not None and found.truth is condition.truth


def test_an_outcome_is_a_plain_value_wherever_its_fields_came_from(answer: mz.Assessment) -> None:
    outcome = answer.programmes[0]
    told = {field.name: getattr(outcome, field.name) for field in fields(mz.ProgrammeOutcome)}
    made = mz.ProgrammeOutcome(**told)
    assert made == outcome and hash(made) == hash(outcome) and repr(made) == repr(outcome)
    assert not hasattr(outcome, "no_such_field") and not hasattr(made, "no_such_field")
    with pytest.raises(FrozenInstanceError):
        outcome.id = "other"  # type: ignore[misc]


def test_money_is_exact(engine: mz.Engine) -> None:
    def deposits(value: object) -> mz.Assessment:
        return engine.assess({"on": "2026-08-25", "household": {"deposits": value}})

    exact = deposits("123456789.01").value("financial_assets")
    same = deposits(Decimal("123456789.01"))
    assert exact is not None
    assert same.to_dict() == deposits("123456789.01").to_dict()
    # a whole number is whole yuan, as in a household file
    assert deposits(12).to_dict() == deposits("12").to_dict() == deposits(Decimal(12)).to_dict()
    assert deposits(Decimal("1.2E+3")).to_dict() == deposits("1200").to_dict()
    with pytest.raises(mz.InexactError, match="Decimal"):
        deposits(12.5)
    assert (yuan(-5), yuan(0), yuan(100)) == (Decimal("-0.05"), Decimal("0.00"), Decimal("1.00"))
    assert yuan(2**63 - 1) == Decimal("92233720368547758.07")


def test_built_as_written(engine: mz.Engine) -> None:
    built = mz.Household(
        date(2026, 8, 25),
        place="159921",
        known_on=date(2026, 8, 30),
        default_status=mz.FactStatus.VERIFIED,
        hukou="urban",
        deposits=mz.Fact(Decimal("30000"), status="verified", source="BNK", as_of=date(2026, 8, 1)),
        persons=[
            mz.Person("p1", relation="self", identity="11010519491231002X", wage=mz.Fact.per_month(Decimal("2600.50"))),
            mz.Person("p2", relation="child", birth=date(2015, 1, 1), wage=mz.Fact.nothing()),
        ],
        records={"obligor": [{"of": "p1", "person": "p2", "kind": "child"}]},
        findings=[mz.OfficialFinding("dibao/property", True, by="示范旗民政局", on=date(2026, 8, 10), ground="现场核查")],
        figures=[mz.Figure("standard.dibao", "705/month", {"hukou": "urban"})],
    )
    text = """
    on = 2026-08-25
    known_on = 2026-08-30
    default_status = "verified"
    [household]
    registration_place = "159921"
    handling_place = "159921"
    hukou = "urban"
    deposits = { value = "30000", status = "verified", source = "BNK", as_of = 2026-08-01 }
    [[person]]
    id = "p1"
    relation = "self"
    identity = "11010519491231002X"
    wage = { value = "2600.50", per = "month" }
    [[person]]
    id = "p2"
    relation = "child"
    birth = 2015-01-01
    wage = { status = "none" }
    [[obligor]]
    of = "p1"
    person = "p2"
    kind = "child"
    [[finding]]
    of = "dibao/property"
    value = true
    by = "示范旗民政局"
    on = 2026-08-10
    ground = "现场核查"
    [[overlay]]
    parameter = "standard.dibao"
    value = "705/month"
    key = { hukou = "urban" }
    """
    written = mz.Household.from_toml(text)
    assert engine.assess(built).to_dict() == engine.assess(written).to_dict()
    assert built.known_on == date(2026, 8, 30) and [p.id for p in built.persons] == ["p1", "p2"]
    with_more = built.with_figures(mz.Figure("standard.dibao", "706/month"))
    assert with_more != built and len(with_more.to_dict()["overlay"]) == 2


def test_no_value_and_no_number_is_shown(engine: mz.Engine) -> None:
    number = "11010519491231002X"
    household = mz.Household("2026-08-25", persons=[mz.Person("p1", identity=number, wage=mz.Fact.per_month("2600"))])
    answer = engine.assess(household)
    for shown in (repr(household), repr(household.persons[0]), repr(answer), answer.to_json(), str(engine.explain(household))):
        assert number not in shown
    assert "2600" not in repr(household) + repr(household.persons)
    kept = mz.Household.from_toml(f"on = 2026-08-25\n[[person]]\nid = 'p1'\nidentity = '{number}'")
    assert number not in kept.to_json() and kept.persons[0].facts["birth"] == "1949-12-31"


def test_what_is_not_known_is_not_no(engine: mz.Engine) -> None:
    answer = engine.assess({"on": "2026-08-25", "household": {"registration_place": "150121"}, "person": [{"id": "p1"}]})
    dibao = answer.programme("dibao")
    assert dibao is not None and dibao.is_eligible is None and dibao.amount is None
    assert all(isinstance(m, mz.MissingFact) for m in answer.missing) and answer.missing_for("dibao")
    assert answer.programme("dibao", "p1") is None


def test_notebooks_show_the_page_of_the_library(answer: mz.Assessment) -> None:
    shown = answer._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and "&lt;!doctype html&gt;" in shown
    assert "<script" not in shown and "http" not in shown
    assert answer.explanation("dibao").markdown("en") != answer.explanation("dibao").text("en")


def test_pickled_and_copied(engine: mz.Engine, answer: mz.Assessment) -> None:
    household = mz.Household.from_file(FAMILY)
    things = [
        household,
        household.persons[0],
        answer,
        answer.explanation("dibao"),
        answer.programmes[0],
        answer.missing,
        answer.receipt,
        engine,
        engine.packs,
        engine.warn(household),
        engine.simulate(household, [mz.Figure("standard.dibao", "900/month")]),
        engine.verify(data("verification-family.toml")),
    ]
    for thing in things:
        assert pickle.loads(pickle.dumps(thing)) == thing
        assert copy.copy(thing) == thing
    assert pickle.loads(pickle.dumps(engine)) is pickle.loads(pickle.dumps(engine))
    assert hash(pickle.loads(pickle.dumps(engine))) == hash(engine)


def test_another_version_is_refused(engine: mz.Engine) -> None:
    rebuild, (_, above, built_in, digests) = engine.__reduce__()  # type: ignore[misc]
    for arguments in [("0.0.0", above, built_in, digests), (mz.__version__, above, built_in, digests[:1])]:
        with pytest.raises(mz.VersionError) as caught:
            rebuild(*arguments)  # type: ignore[operator]
        assert caught.value.code == "E-HOST-VERSION"


PACK = """
[pack]
id = "own"
title = { zh = "自用", en = "own" }
publisher = "示范旗民政局"
version = "1"
level = "county"
place = "159921"
extends = ["cn-15"]
reviewed_on = 2026-01-01
"""


def test_packs_of_your_own(engine: mz.Engine) -> None:
    own = mz.Engine.with_packs(PACK)
    assert [pack.id for pack in own.packs] == ["cn", "cn-15", "demo", "own"] and own != engine
    assert pickle.loads(pickle.dumps(own)) == own
    from_folder = mz.Engine.with_packs(ROOT / "crates" / "minzheng" / "packs" / "demo")
    assert [pack.id for pack in from_folder.packs] == ["cn", "cn-15", "demo"]
    assert from_folder.packs == engine.packs
    nation = mz.Engine.with_packs(built_in=["cn"])
    assert [pack.id for pack in nation.packs] == ["cn"] and pickle.loads(pickle.dumps(nation)) == nation
    with pytest.raises(mz.PackError):
        mz.Engine.with_packs(built_in=["moon"])
    assert all(remark.severity == "warning" for remark in mz.lint_pack(PACK))
    broken = mz.lint_pack(PACK.replace("2026-01-01", "2026-13-01"))
    assert broken[0].severity == "error" and broken[0].line > 0


def test_what_the_packs_hold(engine: mz.Engine) -> None:
    assert len(engine.parameters) > 50 and all(p.title.zh for p in engine.parameters)
    everything = engine.parameter("standard.dibao")
    today = engine.parameter("standard.dibao", place="159921", on=date(2026, 8, 25))
    assert everything.many_rows == len(everything.rows) > len(today.rows) == 2
    before = engine.parameter("standard.dibao", place="159921", on="2026-08-25", known_on="2026-08-01")
    assert before.rows != today.rows
    assert len(engine.facts) > 200 and engine.vocabulary["codes"]["hukou"]["urban"]["zh"] == "城镇"
    assert "SELECT" in engine.export("duckdb", on="2026-08-25", place="159921").upper()
    assert "polars" in engine.export("polars", on="2026-08-25", place="159921", outputs=["dibao.eligible"])


def test_simulate_and_arrears(engine: mz.Engine) -> None:
    household = mz.Household.from_file(FAMILY)
    changes = engine.simulate(household, [mz.Figure("standard.dibao", "2000/month")])
    dibao = next(change for change in changes if change.id == "dibao")
    assert dibao.changed and dibao.amount_after != dibao.amount_before
    backwards = mz.Household.from_file(data("raised-backwards.toml"))
    owed = engine.arrears(backwards, first="2026-07-01", last=date(2026, 8, 1), known_before="2026-08-15")
    assert owed == engine.call(
        {
            "call": "arrears",
            "household": backwards.to_dict(),
            "first": "2026-07-01",
            "last": "2026-08-01",
            "known_before": "2026-08-15",
        }
    )


def test_every_call_has_a_method_of_its_own(engine: mz.Engine) -> None:
    with pytest.raises(mz.CallError) as caught:
        engine.call({"call": ""})
    named = {word.strip(" ,") for word in caught.value.help.en.removeprefix("the calls are").split(",")}
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bindings/python/python/minzheng").glob("*.py"))
    # these are properties and classes
    apart = {"assess", "explain", "missing"}
    assert {call for call in named - apart if f'"{call}"' not in sources} == set()
    assert len(named) > 30


def test_threads_decide_together(engine: mz.Engine, answer: mz.Assessment) -> None:
    household = mz.Household.from_file(FAMILY)
    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(lambda _: engine.assess(household).to_json(), range(64)))
    assert texts == {answer.to_json()}


def test_numbers_of_other_libraries(engine: mz.Engine) -> None:
    numpy = pytest.importorskip("numpy")
    tree = {"on": "2026-08-25", "household": {"houses": numpy.int64(1), "members_complete": numpy.bool_(True)}}
    plain = {"on": "2026-08-25", "household": {"houses": 1, "members_complete": True}}
    assert engine.assess(tree).to_dict() == engine.assess(plain).to_dict()
    for wrong in (numpy.float64(1.5), Fraction(1, 2), numpy.datetime64("2026-08-25")):
        with pytest.raises(TypeError):
            engine.assess({"on": "2026-08-25", "household": {"deposits": wrong}})


def _modules_after(code: str) -> set[str]:
    code = f"import sys, minzheng; {code}; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(said.stdout.split())


def test_nothing_else_is_imported() -> None:
    heavy = {"numpy", "pandas", "polars", "pyarrow", "pyspark", "duckdb", "tqdm"}
    assert not _modules_after("from minzheng import *; minzheng.default_engine()") & heavy


def test_who_decides_waits_for_nothing_else() -> None:
    loaded = _modules_after("minzheng.default_engine().assess(minzheng.Household('2026-08-25')).programmes")
    assert "minzheng.assessment" in loaded
    assert not loaded & {"html", "json", "logging", "pathlib", "minzheng.tables", "minzheng.errors", "minzheng.catalog"}


def test_every_name_is_found_in_its_module() -> None:
    found = {name for names in mz._MODULES.values() for name in names}
    assert found | {"errors", "typing", "__version__"} == set(mz.__all__) and set(mz.__all__) <= set(dir(mz))
    for name in mz.__all__:
        thing = getattr(mz, name)
        assert getattr(thing, "__module__", "minzheng").startswith("minzheng"), name
    with pytest.raises(AttributeError, match="Engin"):
        mz.Engin  # type: ignore[attr-defined]

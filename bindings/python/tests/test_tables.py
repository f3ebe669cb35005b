"""Tables in of every kind, tables out to every kind."""

from __future__ import annotations

import copy
import logging
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import data

import minzheng as mz
from minzheng import typing as mzt

HOUSEHOLDS, PEOPLE = data("province/households.csv"), data("province/people.csv")
ON = date(2026, 8, 25)


@pytest.fixture(scope="module")
def from_files(engine: mz.Engine) -> mz.Tables:
    return engine.run(households=HOUSEHOLDS, people=str(PEOPLE), on=ON)


@pytest.fixture(scope="module")
def arrow(engine: mz.Engine) -> tuple[Any, Any]:
    """The tables of the examples in pyarrow, as text."""
    pa = pytest.importorskip("pyarrow")
    csv = pytest.importorskip("pyarrow.csv")

    def read(path: Path) -> Any:
        names = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        as_text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        return csv.read_csv(path, convert_options=as_text)

    return read(HOUSEHOLDS), read(PEOPLE)


def test_an_answer_without_any_library(from_files: mz.Tables) -> None:
    assert set(from_files) >= {"households", "people"} and from_files.summary["households"] == len(from_files.households)
    households = from_files["households"]
    names = households.column_names
    assert names[:2] == ["household_id", "on"] and "dibao.status" in names and "dibao.amount" in names
    amount = next(field for field in households.schema if field.name == "dibao.amount")
    assert amount.type == "Decimal128(18, 2)" and amount.metadata == {"unit": "yuan", "per": "month"}
    assert households.metadata["minzheng.schema"] == "minzheng/answer/1"
    with pytest.raises(AttributeError, match="there is no table"):
        _ = from_files.moon


def test_tables_show_no_row(from_files: mz.Tables) -> None:
    shown = repr(from_files) + repr(from_files.people) + from_files._repr_html_() + from_files.people._repr_html_()
    assert "rows" in shown and "dibao.status" in shown
    for key in {line.split(",")[0] for line in HOUSEHOLDS.read_text(encoding="utf-8").splitlines()[1:] if len(line.split(",")[0]) > 3}:
        assert key not in shown


def test_tables_travel(from_files: mz.Tables) -> None:
    again = pickle.loads(pickle.dumps(from_files))
    assert again.summary == from_files.summary and again.households == from_files.households
    assert copy.copy(from_files.people) == from_files.people and again.people != from_files.households


def _rows(table: mz.Table) -> list[dict[str, Any]]:
    return table.to_dicts()


def test_every_kind_goes_in_and_comes_out(engine: mz.Engine, arrow: tuple[Any, Any], from_files: mz.Tables) -> None:
    pa = pytest.importorskip("pyarrow")
    wanted = _rows(from_files.households), _rows(from_files.people)
    kinds: dict[str, tuple[Any, Any]] = {
        "pyarrow": arrow,
        "reader": tuple(t.to_reader() for t in arrow),  # type: ignore[dict-item]
        "batch": tuple(t.combine_chunks().to_batches()[0] for t in arrow),  # type: ignore[dict-item]
        "chunks": tuple(pa.concat_tables([t.slice(0, 3), t.slice(3)]) for t in arrow),  # type: ignore[dict-item]
        "large text": tuple(t.cast(pa.schema([f.with_type(pa.large_string()) for f in t.schema])) for t in arrow),  # type: ignore[dict-item]
        "dictionary": tuple(pa.table({n: t[n].dictionary_encode() for n in t.column_names}) for t in arrow),  # type: ignore[dict-item]
    }
    try:
        import polars as pl

        kinds["polars"] = tuple(pl.DataFrame(t) for t in arrow)  # type: ignore[assignment]
    except ImportError:
        pass
    try:
        import pandas as pd

        kinds["pandas"] = tuple(t.to_pandas(types_mapper=pd.ArrowDtype) for t in arrow)  # type: ignore[assignment]
        kinds["pandas objects"] = tuple(t.to_pandas() for t in arrow)  # type: ignore[assignment]
    except ImportError:
        pass
    try:
        import duckdb

        kinds["duckdb"] = tuple(duckdb.from_arrow(t) for t in arrow)  # type: ignore[assignment]
    except ImportError:
        pass
    for kind, (households, people) in kinds.items():
        tables = engine.run(households=households, people=people, on=ON)
        found = _rows(tables.households), _rows(tables.people)
        assert found == wanted, kind
        like = tables.households.like(households)
        module = type(like).__module__.split(".")[0]
        assert module == {"duckdb": "pyarrow", "large text": "pyarrow"}.get(kind, module), kind
        assert len(like) == len(tables.households), kind


def test_an_answer_is_read_again_and_again_without_copying(from_files: mz.Tables) -> None:
    pa = pytest.importorskip("pyarrow")
    first, second = pa.table(from_files.households), pa.table(from_files.households)
    assert first.equals(second)
    at = first.column_names.index("dibao.amount")
    addresses = [[b.address for b in t.column(at).chunk(0).buffers() if b] for t in (first, second)]
    assert addresses[0] == addresses[1]


def test_amounts_are_decimals_and_days_are_days(from_files: mz.Tables) -> None:
    pytest.importorskip("pyarrow")
    rows = _rows(from_files.households)
    assert {type(row["on"]) for row in rows} == {date}
    amounts = [row["dibao.amount"] for row in rows if row["dibao.amount"] is not None]
    assert amounts and all(isinstance(amount, Decimal) for amount in amounts)
    assert all((row["dibao.amount"] is None) or row["dibao.status"] == "eligible" for row in rows)
    pd = pytest.importorskip("pandas")
    frame = from_files.households.to_pandas()
    assert str(frame.dtypes["dibao.amount"]) == "decimal128(18, 2)[pyarrow]"
    assert isinstance(from_files.households.to_pandas("numpy"), pd.DataFrame)
    pl = pytest.importorskip("polars")
    assert from_files.households.to_polars().schema["dibao.amount"] == pl.Decimal(18, 2)


def test_a_household_of_a_table_is_the_household_alone(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    households = pa.table({"household_id": ["b", "a"], "registration_place": ["159921", "150121"], "hukou": ["urban", "城镇"]})
    people = pa.table(
        {
            "household_id": ["a", "b", "b"],
            "birth": [date(1990, 5, 1), date(1940, 1, 1), None],
            "pension": pa.array([None, Decimal("9600.00"), Decimal("0.00")], pa.decimal128(12, 2)),
            "wage_fen": pa.array([100, None, 0], pa.int64()),
        }
    )
    tables = engine.run(households=households, people=people, on=ON, reasons=True, conditions=True, missing=2, formulas=["counted_income"])
    rows = {row["household_id"]: row for row in tables.households.to_dicts()}
    assert list(rows) == ["a", "b"] and isinstance(rows["a"]["dibao.missing"], list)
    for id, place, persons in [
        ("a", "150121", [{"id": "1", "birth": "1990-05-01", "wage": "1.00/year"}]),
        ("b", "159921", [{"id": "1", "birth": "1940-01-01", "pension": "9600/year"}, {"id": "2", "pension": "0/year", "wage": "0/year"}]),
    ]:
        alone = engine.assess({"on": ON, "household": {"registration_place": place, "hukou": "urban"}, "person": persons})
        for outcome in alone.programmes:
            if outcome.person is None:
                assert rows[id][f"{outcome.id}.status"] == outcome.verdict.value
        truth = alone.value("dibao/property")
        assert truth is not None and rows[id]["dibao/property"] == {"yes": True, "no": False}.get(truth.word)


def test_nothing_depends_on_threads_or_order(engine: mz.Engine, arrow: tuple[Any, Any], from_files: mz.Tables) -> None:
    backwards = [t.take(list(reversed(range(t.num_rows)))) for t in arrow]
    turned = engine.run(households=backwards[0], people=backwards[1], on=ON, threads=2)
    assert turned.households.to_arrow().equals(from_files.households.to_arrow())
    assert turned.summary == from_files.summary


def test_wrong_rows_are_findings(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    households = pa.table({"household_id": ["h1", "h1", "h2", None], "hukou": ["urban", "urban", "moon", "rural"]})
    people = pa.table({"household_id": ["h1", "h9", "h2"], "id_number": ["110105194912310021", None, None]})
    tables = engine.run(households=households, people=people, on=ON)
    assert tables.findings is not None
    codes = {row["code"] for row in tables.findings.to_dicts()}
    assert {"E-ROW-TWICE", "E-VALUE-CODE", "E-ROW-KEY", "E-ROW-HOUSEHOLD", "E-ID-CHECK"} <= codes
    assert all(row["dibao.status"] == "undetermined" for row in tables.households.to_dicts())


def _table(**columns: Any) -> Any:
    pa = pytest.importorskip("pyarrow")
    return pa.table({"household_id": ["h1"], **columns})


def _broken() -> Iterator[Any]:
    pa = pytest.importorskip("pyarrow")
    yield pa.record_batch({"household_id": ["h1"]})
    raise RuntimeError("the source went away")


def _failing() -> Any:
    pa = pytest.importorskip("pyarrow")
    return pa.RecordBatchReader.from_batches(pa.schema([("household_id", pa.string())]), _broken())


class _Spark:
    """Looks like a table of a cluster, that newer versions hand over too."""

    __module__ = "pyspark.sql.classic.dataframe"

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise AssertionError("it was drawn to one machine")


def _pa() -> Any:
    return pytest.importorskip("pyarrow")


BAD_TABLES: list[tuple[str, Any, type[mz.MinzhengError], str]] = [
    ("a float column", lambda: _table(deposits=[1.5]), mz.InexactError, "E-TABLE-FLOAT"),
    ("a whole number without unit", lambda: _table(deposits=[1]), mz.TableError, "E-TABLE-UNIT"),
    ("an unknown column", lambda: _table(hukuo=["urban"]), mz.TableError, "E-TABLE-UNKNOWN"),
    ("a column twice", lambda: _table(deposits=["1"], deposits_fen=[100]), mz.TableError, "E-TABLE-TWICE"),
    ("no key", lambda: _pa().table({"hukou": ["urban"]}), mz.TableError, "E-TABLE-COLUMN"),
    ("key of another kind", lambda: _pa().table({"household_id": [1]}), mz.TableError, "E-TABLE-KEY"),
    ("key is a day", lambda: _pa().table({"household_id": [ON]}), mz.TableError, "E-TABLE-TYPE"),
    ("a list", lambda: _table(hukou=[["urban"]]), mz.TableError, "E-TABLE-TYPE"),
    ("truth for money", lambda: _table(deposits=[True]), mz.TableError, "E-TABLE-TYPE"),
    ("a moment of a zone", lambda: _table(accepted_on=_pa().array([0], _pa().timestamp("us", "Asia/Shanghai"))), mz.TableError, "E-TABLE-TYPE"),
    ("bytes", lambda: _table(hukou=[b"\xb3\xc7"]), mz.TableError, "E-TABLE-TYPE"),
    ("no table", lambda: object(), mz.TableError, "E-HOST-TABLE"),
    ("a dictionary", lambda: {"household_id": ["h1"]}, mz.TableError, "E-HOST-TABLE"),
    ("a list of rows", lambda: [{"household_id": "h1"}], mz.TableError, "E-HOST-TABLE"),
    ("a source that fails", _failing, mz.TableError, "E-HOST-TABLE"),
    ("a table of a cluster", _Spark, mz.TableError, "E-HOST-TABLE"),
    ("no such file", lambda: "no/such/file.parquet", mz.TableError, "E-FILE-READ"),
    ("a file of another kind", lambda: __file__, mz.TableError, "E-FILE-KIND"),
]


@pytest.mark.parametrize(("table", "raised", "code"), [row[1:] for row in BAD_TABLES], ids=[row[0] for row in BAD_TABLES])
def test_a_bad_table_is_refused(engine: mz.Engine, table: Any, raised: type[mz.MinzhengError], code: str) -> None:
    people = _table()
    with pytest.raises(raised) as caught:
        engine.run(households=table(), people=people, on=ON)
    assert caught.value.code == code, str(caught.value)
    assert caught.value.message.zh and len(engine.run(households=people, people=people, on=ON).households) == 1


def test_bad_options_are_refused(engine: mz.Engine) -> None:
    table = _table()

    def run(**options: Any) -> Any:
        return lambda: engine.run(**{"households": table, "people": table, "on": ON, **options})

    cases = [
        (run(on=None), mz.TableError, "E-TABLE-DAY"),
        (run(on="2026-02-30"), mz.FactValueError, "E-VALUE-DATE"),
        (run(programmes=["moon"]), mz.CallError, "E-PROGRAMME-NAME"),
        (run(formulas=["moon"]), mz.CallError, "E-OUTPUT-NAME"),
        (run(figures=["standard.dibao"]), mz.HouseholdError, "E-SET"),
        (run(figures=[mz.Figure("standard.dibao", 900.5)]), mz.InexactError, "E-VALUE-FLOAT"),  # type: ignore[arg-type]
        (run(status="sure"), mz.HouseholdError, "E-FACT-STATUS"),
        (run(threads=-1), mz.HostTypeError, "E-HOST-TYPE"),
        (run(threads=1.5), mz.InexactError, "E-VALUE-FLOAT"),
        (run(missing="many"), mz.HostTypeError, "E-HOST-TYPE"),
        (run(mapping={"moon": {}}), mz.TableError, "E-MAP-NAME"),
        (run(mapping={"people": {"x": {"moon": 1}}}), mz.TableError, "E-MAP-TOML"),
        (run(records={"moons": table}), mz.TableError, "E-TABLE-NAME"),
        (lambda: engine.quality({"moon": table}, as_of=ON), mz.CatalogError, "E-CATALOG-NONE"),
        (lambda: engine.verify_tables(households=table, people=table, items={"moon": table}, as_of=ON), mz.CatalogError, "E-CATALOG-NONE"),
        (lambda: engine.warn_tables(households=table, people=table, on=ON, only=["moon"]), mz.AlertError, "E-WARNING-NONE"),
        (lambda: engine.compare(households=table, people=table, on=ON, figures=["x=1"]), mz.MinzhengError, "E-"),
    ]
    for call, raised, code in cases:
        with pytest.raises(raised) as caught:
            call()
        assert caught.value.code.startswith(code), str(caught.value)


def test_a_mapping_gives_other_names(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    households = pa.table({"户号": ["h1"], "户籍": ["城镇"], "备注": ["x"]})
    people = pa.table({"户号": ["h1"], "月工资": [100]})
    mapping = {
        "households": {"户号": {"column": "household_id"}, "户籍": {"fact": "hukou"}, "备注": {"ignore": True}},
        "people": {"户号": {"column": "household_id"}, "月工资": {"fact": "wage", "unit": "yuan", "per": "month"}},
    }
    tables = engine.run(households=households, people=people, on=ON, mapping=mapping)
    assert len(tables.households) == 1 and tables.findings is None


def test_warnings_over_tables(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    households = pa.table({"household_id": ["h1"], "registration_place": ["159921"]})
    people = pa.table({"household_id": ["h1", "h1"], "death_certified": [True, None], "cancelled_by_death": [False, None], "died_on": [date(2026, 5, 3), None], "dibao_recipient": [True, True]})
    tables = engine.warn_tables(households=households, people=people, on=ON, only=["c01_dead_on_dibao"])
    assert [row["model"] for row in tables.alerts.to_dicts()] == ["c01_dead_on_dibao"]
    tally = next(iter(tables.summary["leagues"].values()))["models"]["c01_dead_on_dibao"]
    assert (tally["hit"], tally["unknown"], tally["miss"]) == (1, 1, 0)
    alone = engine.warn(
        {
            "on": ON,
            "household": {"registration_place": "159921"},
            "person": [{"id": "1", "death_certified": True, "cancelled_by_death": False, "died_on": date(2026, 5, 3), "dibao_recipient": True}, {"id": "2", "dibao_recipient": True}],
        },
        model="c01_dead_on_dibao",
    )
    assert len(alone.hits) == 1 and alone.hits[0].due == tables.alerts.to_dicts()[0]["due"] and len(alone.unknown) == 1
    quiet = engine.warn_tables(households=households, people=people, on=ON, words=False)
    assert "sentence_zh" not in quiet.alerts.column_names


def test_a_what_if_over_tables(engine: mz.Engine, arrow: tuple[Any, Any]) -> None:
    households, people = arrow
    raised = engine.compare(households=households, people=people, on=ON, figures=[mz.Figure("standard.dibao", "2000/month")])
    told = raised.to_dict()
    assert told["schema"] == "minzheng/comparison/1" and told["households"] == households.num_rows
    before = engine.run(households=households, people=people, on=ON).households.to_dicts()
    after = engine.run(households=households, people=people, on=ON, figures=["standard.dibao=2000/month"]).households.to_dicts()
    changed = {a["household_id"] for a, b in zip(before, after, strict=True) if (a["dibao.status"], a["dibao.amount"]) != (b["dibao.status"], b["dibao.amount"])}
    movers = {row["household_id"] for row in raised.movers["households"].to_dicts() if row["programme"] == "dibao"}
    assert movers == changed and changed
    assert raised.html("en").startswith("<!doctype html>") and "srcdoc" in raised._repr_html_()
    same = engine.compare(households=households, people=people, on=ON, before=mz.Engine())
    assert all(len(table) == 0 for table in same.movers.values()) and "movers" in repr(same)


def test_arrears_over_tables(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    households = pa.table({"household_id": ["h2", "h1"], "registration_place": ["159921", "moon"], "hukou": ["urban", "urban"]})
    people = pa.table({"household_id": ["h2", "h1"], "relation": ["self", "self"], "birth": [date(1950, 1, 1), None]})
    asked: Any = {"first": "2026-07-01", "last": date(2026, 8, 1), "known_before": "2026-08-15"}
    owed = engine.arrears_tables(households=households, people=people, programmes=["dibao", "tekun"], **asked)
    rows = [(row["household_id"], row["programme"], row["month"], row["difference"]) for table in (owed.people, owed.households) for row in table.to_dicts()]
    alone = engine.arrears(
        {"household": {"registration_place": "159921", "hukou": "urban"}, "person": [{"id": "1", "relation": "self", "birth": "1950-01-01"}], "on": "2026-07-01"},
        **asked,
    )
    # what makes no difference has no row
    want = [
        ("h2", row["programme"], date.fromisoformat(month["month"]), None)
        for row in alone["rows"]
        if row["programme"] in ("dibao", "tekun")
        for month in row["months"]
        if month["difference_fen"] is None
    ]
    assert want and [row for row in rows if row[0] == "h2"] == want
    # a household with a wrong row is undetermined in every month
    assert len([row for row in rows if row[0] == "h1"]) == 4 and owed.summary["set_aside"] == 1
    assert owed.summary["total"]["months_unknown"] == len(rows) and owed.findings is not None
    with pytest.raises(mz.CallError) as caught:
        engine.arrears_tables(households=households, people=people, first="2026-08-01", last="2026-07-01", known_before=ON)
    assert caught.value.code == "E-ARREARS-MONTHS"


def test_sources_are_matched_and_adopted(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    number = "11010519491231002X"
    households = pa.table({"household_id": ["h1"], "registration_place": ["159921"]})
    people = pa.table({"household_id": ["h1", "h1"], "person_id": ["p1", "p2"], "id_number": [number, None], "wage_fen": pa.array([100, 200], pa.int64())})
    months = [date(2026, 6, 1), date(2026, 7, 1)]
    items = {
        "income_tax": pa.table(
            {"record_no": ["r1", "r2"], "id_number": [number] * 2, "income_kind": ["wages"] * 2, "month": months, "amount": ["1000.00", "1000.01"], "tax": ["0", "0"]}
        )
    }
    answers = pa.table({"household_id": ["h1"], "person_id": ["p1"], "item": ["income_tax"], "status": ["hit"], "as_of": [date(2026, 7, 31)]})
    steps: list[mzt.Progress] = []
    tables = engine.verify_tables(households=households, people=people, items=items, answers=answers, as_of=ON, progress=steps.append)
    assert set(tables) == {"households", "people", "status/households", "status/people", "differences", "findings"}
    adopted = tables.people.to_dicts()
    assert [row["wage_fen"] for row in adopted] == [200_001, 200]
    assert tables["status/people"].to_dicts()[0]["wage"] == "verified"
    assert tables.summary["items"]["income_tax"]["matched"] == 2 and steps
    decided = engine.run(households=tables.households, people=tables.people, on=ON, status="verified")
    assert len(decided.households) == 1
    assert len(tables.differences) == 1


def test_quality_over_tables(engine: mz.Engine) -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"record_no": ["R1", "R1"], "id_number": ["11010519491231002X", "110105194912310021"], "died_on": ["2026-08-01", None]})
    report = engine.quality({"death_certificate": table}, as_of=ON)
    failed = [rule for rule in report.to_dict()["rules"] if rule["verdict"] == "failed"]
    assert {rule["rule"] for rule in failed} >= {"number_valid", "record_once"}
    assert "R1" not in report.text("zh") and report.html("zh").startswith("<!doctype html>") and "<testsuite" in report.junit()
    none = engine.quality({}, as_of=ON, deliveries=[{"resource": "income_tax", "as_of": ON, "received": ON}])
    assert none.to_dict()["rules"]


def _many(rows: int) -> tuple[Any, Any]:
    pa = pytest.importorskip("pyarrow")
    ids = [f"h{number:07}" for number in range(rows)]
    return pa.table({"household_id": ids, "registration_place": ["159921"] * rows}), pa.table({"household_id": ids, "birth": ["1950-01-01"] * rows})


def test_progress_is_told_and_can_stop(engine: mz.Engine, caplog: pytest.LogCaptureFixture) -> None:
    households, people = _many(40_000)
    steps: list[mzt.Progress] = []
    with caplog.at_level(logging.INFO, logger="minzheng.tables"):
        engine.run(households=households, people=people, on=ON, progress=steps.append)
    assert steps[-1].done == steps[-1].of == 40_000 and steps[-1].share == 1.0
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert any("deciding households" in record.getMessage() for record in caplog.records)
    with pytest.raises(mz.StoppedError) as caught:
        engine.run(households=households, people=people, on=ON, progress=lambda step: False)
    assert caught.value.code == "E-RUN-STOPPED"

    def fails(step: mzt.Progress) -> None:
        raise LookupError("of the callback")

    with pytest.raises(LookupError, match="of the callback"):
        engine.run(households=households, people=people, on=ON, progress=fails)


def test_the_bar_is_drawn(engine: mz.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    households, people = _many(10)
    engine.run(households=households, people=people, on=ON, progress=True)
    assert "100 %" in capsys.readouterr().err


def test_ctrl_c_stops_and_leaves_everything_usable(engine: mz.Engine) -> None:
    households, people = _many(400_000)
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        engine.run(households=households, people=people, on=ON)
        # where the machine was quicker than the timer
        time.sleep(10)
    assert time.monotonic() - begun < 9
    timer.join()
    assert len(engine.run(households=households.slice(0, 5), people=people.slice(0, 5), on=ON).households) == 5


def test_other_threads_go_on(engine: mz.Engine) -> None:
    households, people = _many(60_000)
    done = threading.Event()
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    engine.run(households=households, people=people, on=ON)
    done.set()
    thread.join()
    assert ticks > 10


@pytest.mark.parametrize("reader", ["pyarrow", "polars", "duckdb"])
def test_parquet_is_read_by_what_is_installed(engine: mz.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str) -> None:
    from minzheng import _parquet

    pytest.importorskip(reader)
    parquet = pytest.importorskip("pyarrow.parquet")
    households, people = _table(deposits=["12.50"]), _table()
    (tmp_path / "people").mkdir()
    parquet.write_table(households, tmp_path / "households.parquet")
    parquet.write_table(people, tmp_path / "people" / "part-0.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    monkeypatch.setattr(_parquet, "find_spec", lambda name: name == reader)
    found = engine.run(households=tmp_path / "households.parquet", people=str(tmp_path / "people"), on=ON)
    wanted = engine.run(households=households, people=people, on=ON)
    assert found.households.to_arrow().to_pylist() == wanted.households.to_arrow().to_pylist()  # keys come back as they came
    with pytest.raises(mz.TableError) as caught:
        engine.run(households=tmp_path / "bad.parquet", people=people, on=ON)
    assert (caught.value.code, caught.value.path) == ("E-FILE-FORMAT", "households")
    parquet.write_table(_table(deposits=["1"]), tmp_path / "people" / "part-1.parquet")
    with pytest.raises(mz.TableError) as caught:
        engine.run(households=households, people=tmp_path / "people", on=ON)
    assert (caught.value.code, caught.value.path) == ("E-FILE-FORMAT", "people")


def test_parquet_without_a_reader_is_refused_with_words(engine: mz.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from minzheng import _parquet

    monkeypatch.setattr(_parquet, "find_spec", lambda name: None)
    (tmp_path / "people.parquet").write_bytes(b"PAR1")
    with pytest.raises(mz.TableError) as caught:
        engine.run(households=tmp_path / "people.parquet", people=tmp_path / "people.parquet", on=ON)
    assert caught.value.code == "E-FILE-BUILD"

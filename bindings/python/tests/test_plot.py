"""What is drawn, by its data."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pa = pytest.importorskip("pyarrow")

from matplotlib import pyplot  # noqa: E402

from minzheng import plot  # noqa: E402

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def heights(container):
    return [bar.get_height() for bar in container]


def widths(container):
    return [bar.get_width() for bar in container]


def labels(ax):
    return {c.get_label(): c for c in ax.containers}


def shift(before, after, **changes):
    return {
        "changes": {name: {"rows": rows, "amount": "0"} for name, rows in changes.items()},
        "before": {"amount": str(before), "unknown": 0},
        "after": {"amount": str(after), "unknown": 0},
    }


@pytest.fixture
def comparison():
    dibao = {
        "id": "dibao",
        "title": {"zh": "最低生活保障", "en": "dibao"},
        "table": "households",
        "per_before": "month",
        "per_after": "month",
        "leagues": {"1501": shift(0, 0, gained=7, lost=1), "1599": shift(0, 0, gained=2, up=30), "": shift(0, 0, opened=4)},
        "total": shift(123456, 234567),
    }
    dibao["total"]["after"]["unknown"] = 3
    old_age = {**dibao, "id": "old_age", "per_before": "year", "per_after": "year", "leagues": {}, "total": shift(5, 5)}
    edge = {**dibao, "id": "edge", "per_before": None, "per_after": None, "leagues": {}, "total": shift(0, 0)}
    leagues = {"1501": {"name": "呼和浩特市"}, "1599": {"name": ""}, "": {"name": ""}}
    return {"schema": "minzheng/comparison/1", "leagues": leagues, "programmes": [dibao, old_age, edge]}


def test_movers_go_right_and_left_by_league(comparison):
    ax = plot.movers(comparison, lang="en")
    bars = labels(ax)
    assert set(bars) == {"gained", "amount up", "lost", "became open"}
    # leagues in the order of their codes: not known, 1501, 1599
    assert [t.get_text() for t in ax.get_yticklabels()] == ["not known", "1501", "1599"]
    assert widths(bars["gained"]) == [0, 7, 2]
    assert widths(bars["amount up"]) == [0, 0, 30]
    assert [bar.get_x() for bar in bars["amount up"]] == [0, 7, 2]
    assert widths(bars["lost"]) == [0, -1, 0]
    assert widths(bars["became open"]) == [-4, 0, 0]
    assert ax.get_xlabel() == "households"
    assert ax.get_title() == "Who changes: dibao"


def test_movers_of_a_programme_that_does_not_change_or_exist(comparison):
    ax = plot.movers(comparison, "old_age", lang="en")
    assert [t.get_text() for t in ax.texts] == ["nothing changes"]
    with pytest.raises(ValueError, match="it has dibao, old_age, edge"):
        plot.movers(comparison, "dibbao")


def test_budget_is_in_yuan_and_counts_what_is_unknown(comparison):
    ax = plot.budget(comparison, lang="en")
    bars = labels(ax)
    assert heights(bars["before"]) == [1234.56]
    assert heights(bars["after"]) == [2345.67]
    assert [t.get_text() for t in ax.texts if t.get_text()] == ["+ 3 ?"]
    assert ax.get_ylabel() == "yuan/month"


def test_budget_does_not_mix_periods(comparison):
    assert heights(labels(plot.budget(comparison, per="year", lang="en"))["after"]) == [0.05]
    with pytest.raises(ValueError, match="`old_age` does not pay by `month`"):
        plot.budget(comparison, programmes=["dibao", "old_age"])
    with pytest.raises(ValueError, match="no programme"):
        plot.budget(comparison, per="once")


def test_income_is_counted_exactly_at_the_line():
    line = Decimal("9600.00")
    incomes = [line, line - Decimal("0.01"), Decimal(0), line * 9, None, line, Decimal("-5")]
    table = pa.table(
        {
            "per_capita_income": pa.array(incomes, pa.decimal128(18, 2)),
            "standard_year": pa.array([line] * 5 + [None, line], pa.decimal128(18, 2)),
        }
    )
    ax = plot.income(table, lang="en")
    bars = heights(ax.containers[0])
    assert len(bars) == 17
    assert {at: many for at, many in enumerate(bars) if many} == {0: 2, 3: 1, 4: 1, 16: 1}
    assert ax.get_title() == "Income and the standard: 3 below it, 2 unknown"
    (at,) = set(ax.lines[0].get_xdata())
    assert at == 1
    assert [bar.get_x() for bar in ax.containers[0]][4] == 1.0


def test_precision_has_no_dot_where_nothing_is_known():
    def tally(confirmed, refuted, low=None, high=None):
        found = None if low is None else {"low": low, "high": high}
        return {"confirmed": confirmed, "refuted": refuted, "precision": found}

    models = [
        {"model": "none", "tally": tally(0, 0)},
        {"model": "b", "tally": tally(1, 1, 945, 9055)},
        {"model": "a", "tally": tally(2, 1, 2076, 9386)},
    ]
    ax = plot.precision({"models": models}, lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b", "none"]
    lines = [list(line.get_xdata()) for line in ax.lines]
    assert lines == [[20.76, 93.86], [pytest.approx(66.667, abs=0.001)], [9.45, 90.55], [50.0]]
    assert [t.get_text() for t in ax.texts] == ["2/3", "1/2", "nothing to count"]


def test_freshness_has_no_bar_where_nothing_came():
    lines = [
        {"resource": "tax", "as_of": "2026-10-31", "state": "late"},
        {"resource": "deaths", "as_of": "2026-11-25", "state": "fresh"},
        {"resource": "cards", "as_of": None, "state": "never"},
    ]
    ax = plot.freshness({"on": "2026-11-28", "lines": lines}, lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cards", "tax", "deaths"]
    bars = labels(ax)
    assert widths(bars["late"]) == [28] and [b.get_y() + b.get_height() / 2 for b in bars["late"]] == [1]
    assert widths(bars["fresh"]) == [3]
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"fresh", "late", "never came"}
    assert "2026-11-28" in ax.get_title()
    some = plot.freshness({"on": "2026-11-28", "lines": lines}, resources=["tax"], lang="en")
    assert [t.get_text() for t in some.get_yticklabels()] == ["tax"]


def test_axes_that_are_given_are_drawn_on_and_returned(comparison):
    figure, own = pyplot.subplots()
    assert plot.budget(comparison, ax=own, lang="en") is own
    assert pyplot.get_fignums() == [figure.number]


def test_titles_are_in_the_language_asked_for(comparison):
    from minzheng.plot import _axes

    # text is tested, not fonts: a machine without Chinese fonts warns
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert plot.budget(comparison, lang="zh").get_title() == "预算"
        assert plot.budget(comparison, lang="both").get_title() == "预算 Budget"
    expected = "预算 Budget" if _axes.font() else "Budget"
    assert plot.budget(comparison).get_title() == expected
    with pytest.raises(ValueError, match="zh, en, both"):
        plot.budget(comparison, lang="fr")


def test_chinese_without_a_font_is_told(comparison, monkeypatch):
    from minzheng.plot import _axes

    monkeypatch.setattr(_axes, "font", lambda: None)
    with pytest.warns(UserWarning, match="no font with Chinese"):
        plot.budget(comparison, lang="zh")


def test_the_shared_vectors_can_be_drawn():
    calls = json.loads((ROOT / "tests/vectors/warning/alerts.json").read_text())
    review = next(v["answer"] for v in calls if v["id"] == "review")
    ax = plot.precision(review, lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a01", "c01"]

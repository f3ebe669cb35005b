"""What a worker does, without Spark: a partition in any batches gives the local answer."""

import random

import pytest

pa = pytest.importorskip("pyarrow")
import pyarrow.compute as pc  # noqa: E402

import minzheng  # noqa: E402
from minzheng.spark import _local, _tally, _task, _types  # noqa: E402
from minzheng.spark._task import HOME, KEY, ORDER, TAG, Work  # noqa: E402

ON = "2026-08-25"


@pytest.fixture(scope="module")
def engine():
    return minzheng.Engine()


@pytest.fixture(scope="module")
def given():
    made = minzheng.synth(600, seed=3)
    tables = {"households": made.households, "people": made.people, **made.records}
    plain = {}
    for name, table in tables.items():
        table = pa.table(table)
        plain[name] = table.cast(_types.plain(table.schema))
    return plain


def united(tables, key="household_id"):
    """The rows of one partition as Spark hands them over, sorted by household and table."""
    parts = []
    for tag, (name, table) in enumerate(tables.items()):
        others = table.drop_columns([key]).combine_chunks()
        row = pa.StructArray.from_arrays([c.combine_chunks() for c in others.columns], fields=list(others.schema))
        many = table.num_rows
        columns = {
            KEY: table[key].combine_chunks(),
            HOME: pa.array([True] * many),
            TAG: pa.array([tag] * many, pa.int32()),
            ORDER: pa.array([f"{at:09}" for at in range(many)]),
            name: row,
        }
        parts.append(pa.table(columns))
    all_ = pa.concat_tables(parts, promote_options="default")
    return all_.sort_by([(KEY, "ascending"), (TAG, "ascending"), (ORDER, "ascending")]).combine_chunks()


def cut(table, rng):
    """Batches of one to forty rows."""
    at = 0
    while at < table.num_rows:
        many = rng.randint(1, 40)
        yield from table.slice(at, many).to_batches()
        at += many


def answered(work, batches):
    """The tables of an answer, put together as Spark's reader would."""
    out = {name: [] for name, _ in work.outputs}
    for batch in _task.answer(work, batches):
        (name,) = [n for n in batch.schema.names if batch.column(n).null_count == 0]
        assert all(batch.column(n).null_count == batch.num_rows for n in batch.schema.names if n != name)
        out[name].append(pa.Table.from_batches([pa.RecordBatch.from_struct_array(batch.column(name))]))
    return {name: pa.concat_tables(parts) if parts else None for name, parts in out.items()}


@pytest.mark.parametrize("method", ["run", "warn_tables", "compare"])
def test_the_answer_does_not_depend_on_batches(engine, given, method):
    options = {"on": ON}
    if method == "compare":
        options["figures"] = ["standard.dibao=900/month"]
    if method == "run":
        options |= {"reasons": True, "formulas": ["per_capita_income"]}
    records = {name: given[name] for name in ("obligors", "parents")}
    local = getattr(engine, method)(households=given["households"], people=given["people"], records=records, **options)
    expected = _local.tables(method, local)
    work = Work.of(engine, method, options, {n: t.schema for n, t in given.items()}, "household_id", rows=50)
    assert {name for name, _ in work.outputs} == {*expected, _tally.TABLE}
    rng = random.Random(7)
    for _ in range(3):
        found = answered(work, cut(united(given), rng))
        tally = found.pop(_tally.TABLE).to_pylist()
        for name, table in found.items():
            wanted = expected[name].cast(_types.plain(expected[name].schema))
            rows = wanted.num_rows if table is None else table.num_rows
            assert rows == wanted.num_rows, name
            assert table is None or table.equals(wanted.combine_chunks()) or table.to_pydict() == wanted.to_pydict(), name
        sums = {}
        for leaf in tally:
            where = (tuple(leaf["path"]), leaf["kind"])
            if where in sums:
                leaf = {**leaf, "sum": None if leaf["sum"] is None else leaf["sum"] + sums[where]["sum"]}
            sums[where] = leaf
        assert _tally.document(sums.values()) == _local.summary(method, local)


def test_a_question_is_refused_before_it_travels(engine, given):
    schemas = {n: t.schema for n, t in given.items()}
    with pytest.raises(minzheng.CallError):
        Work.of(engine, "run", {"on": ON, "programmes": ["dibbao"]}, schemas, "household_id", rows=50)
    floats = {**schemas, "people": schemas["people"].append(pa.field("wage_fen", pa.float64()))}
    with pytest.raises(minzheng.MinzhengError):
        Work.of(engine, "run", {"on": ON}, floats, "household_id", rows=50)


def test_a_row_without_a_household_is_a_finding(engine, given):
    people = given["people"].slice(0, 3)
    lost = people.set_column(
        people.schema.get_field_index("household_id"),
        "household_id",
        pa.nulls(3, people.schema.field("household_id").type),
    )
    tables = {**given, "people": pa.concat_tables([given["people"], lost])}
    rows = united(tables).sort_by([(KEY, "ascending"), (TAG, "ascending")])
    # Spark puts null first
    nulls = rows.filter(pc.is_null(rows[KEY]))
    rows = pa.concat_tables([nulls, rows.filter(pc.is_valid(rows[KEY]))]).combine_chunks()
    work = Work.of(engine, "run", {"on": ON}, {n: t.schema for n, t in tables.items()}, "household_id", rows=50)
    found = answered(work, rows.to_batches(max_chunksize=17))
    local = engine.run(households=tables["households"], people=tables["people"], records={n: tables[n] for n in ("obligors", "parents")}, on=ON)
    expected = _local.tables("run", local)
    assert found["findings"].num_rows == expected["findings"].num_rows >= 3
    assert found["households"].num_rows == expected["households"].num_rows

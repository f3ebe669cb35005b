"""Rules and models written out for other engines say what the library says."""

import re

import pytest

import minzheng

ON, PLACE = "2026-08-25", "159921"
# by model: whom it looks at, and the table of its subjects
MODELS = {"g08_age_reached": (None, "person"), "e10_business_capital": ("dibao_household", "household")}
OUTPUTS = [rule for model, (population, _) in MODELS.items() for rule in (population, model) if rule]


@pytest.fixture(scope="module")
def engine():
    return minzheng.Engine()


@pytest.fixture(scope="module")
def province():
    """Households of one place, for an export holds its law alone, and their people."""
    pl = pytest.importorskip("polars")
    made = minzheng.synth(1_500, places={PLACE: 1})
    here = pl.col("registration_place", "handling_place").cast(pl.String) == PLACE
    households = made.households.to_polars().filter(pl.all_horizontal(here))
    people = made.people.to_polars().join(households.select("household_id"), on="household_id", how="semi", maintain_order="left")
    # over tables an identity number tells a day of birth that is not given; an export reads no such numbers
    return households, people.filter(pl.col("birth").is_not_null())


@pytest.fixture(scope="module")
def told(engine, province):
    """What the models say over tables, by model."""
    households, people = province
    answer = engine.warn_tables(households=households, people=people, on=ON, only=list(MODELS), words=False)
    (league,) = answer.summary["leagues"].values()
    return {model: league["models"][model] for model in MODELS}


@pytest.fixture(scope="module")
def tables(engine, province):
    """The tables as an export reads them: rows numbered, days as numbers, amounts in fen."""
    pl = pytest.importorskip("polars")
    households, people = province
    homes = households.with_row_index("household_row")
    rows = people.join(homes.select("household_id", "household_row"), on="household_id").with_row_index("person_row")
    given = {"household": homes, "person": rows}
    head = engine.export("polars", on=ON, place=PLACE, outputs=OUTPUTS)
    out = {}
    for name, columns in re.findall(r"^#   (household|person): (.*)$", head, re.MULTILINE):
        table = given[name]
        cells = []
        for column, kind in re.findall(r"([\w:/]+): (\w+)", columns):
            known = table.schema.get(column)
            if f"{column}_fen" in table.schema:
                cells.append(pl.col(f"{column}_fen").cast(pl.Int64).alias(column))
            elif known is None:
                cells.append(pl.lit(None, dtype=getattr(pl, kind)).alias(column))
            elif kind == "Boolean":
                cells.append(pl.col(column))
            elif known == pl.Date:
                cells.append(pl.col(column).dt.epoch("d").cast(pl.Int64))
            else:
                cells.append(pl.col(column).cast(pl.Int64))
        out[name] = table.select(cells)
    return out


def counted(results):
    """How often each model says what, from the intervals of its population and its trigger."""
    out = {}
    for model, (population, subject) in MODELS.items():
        tally = dict.fromkeys(("hit", "unknown", "miss", "outside"), 0)
        for row in results[subject]:
            within = (row[f"{population}_lo"], row[f"{population}_hi"]) if population else (1, 1)
            trigger = (row[f"{model}_lo"], row[f"{model}_hi"])
            if within == (0, 0):
                word = "outside"
            elif trigger == (0, 0):
                word = "miss"
            else:
                word = "hit" if within == trigger == (1, 1) else "unknown"
            tally[word] += 1
        out[model] = tally
    return out


def matches(counts, told):
    for model, tally in told.items():
        assert counts[model] == {word: tally[word] for word in counts[model]}, model
    assert all(tally["miss"] for tally in told.values())
    assert any(tally["hit"] for tally in told.values())


def test_polars_says_what_the_library_says(engine, tables, told):
    module = {}
    exec(compile(engine.export("polars", on=ON, place=PLACE, outputs=OUTPUTS), "rules.py", "exec"), module)
    results = module["run"](tables)
    matches(counted({name: results[f"result_{name}"].to_dicts() for name in tables}), told)


def test_duckdb_says_what_the_library_says(engine, tables, told):
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register(name, table.to_arrow())
    connection.execute(engine.export("duckdb", on=ON, place=PLACE, outputs=OUTPUTS))
    results = {}
    for name in tables:
        result = connection.execute(f"SELECT * FROM result_{name}")
        names = [column[0] for column in result.description]
        results[name] = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    matches(counted(results), told)


def test_the_head_names_what_it_was_made_from(engine):
    text = engine.export("duckdb", on=ON, place=PLACE)
    for pack in engine.packs:
        assert f"-- pack {pack.id} {pack.version} ({pack.digest[:16]})" in text
    assert engine.export("duckdb", on=ON, place=PLACE) == text


def test_what_cannot_be_written_out_is_refused(engine):
    with pytest.raises(minzheng.CallError):
        engine.export("polars", on=ON, place=PLACE, outputs=["dibbao.eligible"])
    with pytest.raises(minzheng.MinzhengError):
        engine.export("oracle", on=ON, place=PLACE)


def test_over_nulls_an_output_is_one_expression(engine):
    asked = {"on": ON, "place": PLACE, "outputs": ["aged_eighty"]}
    plain = engine.export("duckdb", nulls=True, **asked)
    assert "DATE '" in plain and "_lo" not in plain
    with pytest.raises(minzheng.CallError) as refused:
        engine.export("duckdb", nulls=True, steps=True, **asked)
    assert refused.value.code == "E-API-SHAPE"

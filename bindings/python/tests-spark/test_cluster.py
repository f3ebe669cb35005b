"""The answer of a cluster is that of one machine, also when a machine is lost.

`MINZHENG_SPARK_PEOPLE=1000000 pytest bindings/python/tests-spark -k killed -s` takes two million rows, and says how long.
"""

import os
import threading
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark import TaskContext
from cluster import Cluster
from province import RECORDS, collected, frames, records, rows, spoilt, tables, written

import minzheng
import minzheng.spark
from minzheng.spark import _frames

PEOPLE = int(os.environ.get("MINZHENG_SPARK_PEOPLE", "10000"))
PARTITIONS = 4
ON = date(2026, 8, 25)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="session")
def cluster(folder):
    cluster = Cluster(folder / "cluster")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def spark(cluster):
    spark = cluster.session("minzheng", **{"spark.sql.shuffle.partitions": str(PARTITIONS)})
    spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()


@pytest.fixture(scope="session")
def engine():
    return minzheng.Engine()


@pytest.fixture(scope="session")
def given():
    return spoilt(tables(PEOPLE))


@pytest.fixture(scope="session")
def framed(spark, given, folder):
    return frames(spark, given, folder / "tables")


def parts(framed):
    return {"records": {name: framed[name] for name in RECORDS}}


def local(given):
    return {
        "households": given["households"],
        "people": given["people"],
        "records": {name: given[name] for name in RECORDS},
    }


def same(read, expected):
    """Compares every table, and says what a difference is without pages of rows."""
    for name, table in expected.items():
        ours, theirs = rows(read(name)), rows(table)
        assert ours.column_names == theirs.column_names, name
        assert ours.num_rows == theirs.num_rows, name
        differing = [c for c in ours.column_names if not ours[c].equals(theirs[c])]
        assert not differing, (name, differing[0], ours[differing[0]][:3], theirs[differing[0]][:3])


def of(answer):
    """The tables of an answer as Spark gives them."""
    return lambda name: collected(answer.table(name))


def test_what_is_wrong_with_a_table_is_said_before_spark_begins(framed):
    from minzheng.errors import MinzhengError

    with pytest.raises(MinzhengError) as caught:
        minzheng.spark.assess(framed["households"].withColumnRenamed("hukou", "hukuo"), framed["people"], on=ON)
    assert caught.value.code == "E-TABLE-UNKNOWN"
    with pytest.raises(minzheng.spark.SparkError) as caught:
        minzheng.spark.assess(framed["households"], framed["people"].drop("person_id"), on=ON)
    assert caught.value.code == "E-SPARK-KEY"
    with pytest.raises(minzheng.spark.SparkError) as caught:
        minzheng.spark.assess(framed["households"].selectExpr("array(1) AS household_id"), framed["people"], on=ON)
    assert caught.value.code == "E-SPARK-KEY"


def test_advice_sets_nothing(spark):
    before = dict(spark.sparkContext.getConf().getAll())
    words = minzheng.spark.advice(spark, rows=1_000)
    assert any("memoryOverhead" in word for word in words)
    assert any("spark.sql.shuffle.partitions is 4" in word for word in words)
    assert dict(spark.sparkContext.getConf().getAll()) == before


@pytest.mark.apart
def test_compare_is_the_local_comparison(framed, given, engine):
    options = {"on": ON, "figures": ["standard.dibao[hukou=urban]=900/month"]}
    answer = minzheng.spark.compare(framed["households"], framed["people"], **parts(framed), engine=engine, **options).persist()
    expected = engine.compare(**local(given), **options)
    same(of(answer), minzheng.spark._local.tables("compare", expected))
    ours, theirs = answer.summary(), minzheng.spark._local.summary("compare", expected)
    assert ours == theirs
    assert ours["households"] > 1_000
    answer.unpersist()


@pytest.mark.apart
def test_warn_is_the_local_warning(framed, given, engine):
    answer = minzheng.spark.warn(framed["households"], framed["people"], **parts(framed), engine=engine, on=ON).persist()
    expected = engine.warn_tables(**local(given), on=ON)
    same(of(answer), minzheng.spark._local.tables("warn_tables", expected))
    assert answer.summary() == minzheng.spark._local.summary("warn_tables", expected)
    assert answer.table("alerts").count() > 10
    answer.unpersist()


def test_a_bucketed_table_is_not_taken_for_a_partitioned_one(spark, framed, given, engine):
    for name in ("households", "people"):
        framed[name].write.bucketBy(PARTITIONS, "household_id").mode("overwrite").saveAsTable(name)
    households, people = spark.table("households"), spark.table("people")
    answer = minzheng.spark.assess(households, people, engine=engine, programmes=["dibao"], on=ON)
    found = collected(answer.households)
    expected = engine.run(households=given["households"], people=given["people"], programmes=["dibao"], on=ON)
    wanted = rows(minzheng.spark._local.tables("run", expected)["households"])
    assert rows(found) == wanted
    # what becomes of the answer does not matter
    both = answer.rows.where("people is not null").union(answer.rows.coalesce(2).where("households is not null"))
    assert rows(collected(minzheng.spark.Answer(both, answer._work).households)) == wanted


def test_verify_is_the_local_verification(spark, engine, folder):
    tables_, items, answers = records(1_200)
    framed = frames(spark, {**tables_, "answers": answers}, folder / "verified", files=2)
    item_frames = frames(spark, items, folder / "items", files=1)
    answer = minzheng.spark.verify(
        framed["households"],
        framed["people"],
        items=item_frames,
        answers=framed["answers"],
        engine=engine,
        partitions=2,
        as_of=ON,
    ).persist()
    expected = engine.verify_tables(**tables_, items=items, answers=answers, as_of=ON)
    local_tables = minzheng.spark._local.tables("verify_tables", expected)
    twice = minzheng.spark._local.tables("twice", expected)["findings"]
    local_tables["findings"] = pa.concat_tables([local_tables["findings"], twice])
    # differences name rows, which Spark does not have
    same(of(answer), local_tables)
    assert twice.num_rows == 2
    codes = set(local_tables["findings"]["code"].to_pylist())
    assert {"E-MATCH-TWICE", "E-MATCH-LOST", "E-RECORD-TWICE"} <= codes
    ours, theirs = answer.summary(), minzheng.spark._local.summary("verify_tables", expected)
    assert ours.pop("duplicate_people") == 2
    assert ours["findings"].pop("E-MATCH-TWICE") == 2
    assert ours == theirs
    answer.unpersist()


class Older(minzheng.Engine):
    """An engine that says it comes from an older version."""

    def __reduce__(self):
        made, (_, *rest) = super().__reduce__()
        return made, ("0.0.1", *rest)


def test_a_worker_of_another_version_refuses(framed):
    answer = minzheng.spark.assess(framed["households"], framed["people"], engine=Older(), on=ON)
    with pytest.raises(Exception, match="E-HOST-VERSION"):
        answer.households.count()


@pytest.mark.apart
def test_packs_above_travel_with_the_question(framed, given):
    folder = Path(__file__).parents[3] / "crates/minzheng/packs/demo"
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.toml")}
    raised = {path: text.replace('value = "870"', 'value = "1870"') for path, text in texts.items()}
    assert raised != texts
    changed = minzheng.Engine.with_packs(raised)
    tables_ = {"households": given["households"], "people": given["people"]}
    options = {"programmes": ["dibao"], "on": ON}
    answer = minzheng.spark.assess(framed["households"], framed["people"], engine=changed, **options)
    expected = changed.run(**tables_, **options)
    before = minzheng.Engine().run(**tables_, **options)
    found = rows(collected(answer.households))
    assert found == rows(minzheng.spark._local.tables("run", expected)["households"])
    assert found != rows(minzheng.spark._local.tables("run", before)["households"])


def test_rows_in_another_partition_end_the_job(framed):
    tables_ = {name: framed[name] for name in ("households", "people")}
    parts_ = [_frames.tagged(tag, name, table, "household_id") for tag, (name, table) in enumerate(tables_.items())]
    united = _frames.gathered(parts_, 4)
    task = minzheng.spark._task

    def check(batches):
        for table in task.whole(batches, key=task.KEY, home=task.HOME):
            yield pa.record_batch({"rows": [table.num_rows]})

    sound = united.mapInArrow(check, "rows bigint")
    assert sum(r["rows"] for r in sound.collect()) == framed["households"].count() + framed["people"].count()
    # partitioned by something else than is checked: as when the planner leaves an exchange out
    broken = united.repartition(4, "minzheng_tag").withColumn(task.HOME, home_of(4)).sortWithinPartitions(task.KEY)
    with pytest.raises(Exception, match="E-SPARK-SPLIT"):
        broken.mapInArrow(check, "rows bigint").collect()


def home_of(partitions):
    """What is checked, as `minzheng.spark` writes it."""
    from pyspark.sql import functions as F

    key = minzheng.spark._task.KEY
    return F.pmod(F.hash(F.col(key), F.lit(0)), F.lit(partitions)) == F.spark_partition_id()


@pytest.mark.apart
def test_order_in_a_partition_is_that_of_households(framed, engine):
    answer = minzheng.spark.assess(framed["households"], framed["people"], engine=engine, programmes=["dibao"], on=ON)

    def keys(batches):
        for batch in batches:
            own = batch.column("households")
            homes = pa.compute.struct_field(own, "household_id").drop_null()
            at = TaskContext.get().partitionId()
            yield pa.record_batch({"partition": [at] * len(homes), "key": homes.cast(pa.string())})

    first = collected(answer.rows.mapInArrow(keys, "partition bigint, key string"))
    again = collected(answer.rows.mapInArrow(keys, "partition bigint, key string"))
    by = {}
    for row in first.to_pylist():
        by.setdefault(row["partition"], []).append(row["key"])
    assert len(by) == PARTITIONS
    assert all(keys == sorted(keys) for keys in by.values())
    assert sorted(map(repr, first.to_pylist())) == sorted(map(repr, again.to_pylist()))


def test_a_killed_worker_changes_nothing(cluster, framed, given, engine, folder):
    """A worker and its executor get SIGKILL when some tasks are done and others are not."""
    options = {"on": ON, "reasons": True, "programmes": ["dibao", "tekun", "old_age"]}
    begun = time.perf_counter()
    expected = engine.run(**local(given), **options)
    alone = time.perf_counter() - begun
    answer = minzheng.spark.assess(
        framed["households"], framed["people"], **parts(framed), engine=engine, partitions=12, rows=2_000 if PEOPLE < 100_000 else 65_536, **options
    )
    marks = folder / "marks"
    marks.mkdir()

    def slowly(batches):
        # in the same tasks as the answer, so that there is a middle to be killed in
        at = TaskContext.get().partitionId()
        for batch in batches:
            yield batch
        time.sleep(1)
        (marks / f"{at}-{os.getpid()}").touch()

    out = folder / "killed"
    begun = time.perf_counter()
    failures = []

    def write():
        try:
            answer.rows.mapInArrow(slowly, answer.rows.schema).write.parquet(str(out))
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    while writing.is_alive() and len(list(marks.iterdir())) < 3:
        time.sleep(0.05)
    done = len({Path(m).name.split("-")[0] for m in marks.iterdir()})
    assert writing.is_alive() and done < 12, "the job was over before a worker could be killed"
    cluster.kill(1)
    writing.join()
    took = time.perf_counter() - begun
    assert not failures, failures
    assert "removing it" in cluster.log("master"), "the master did not lose a worker"
    again = len(list(marks.iterdir())) - 12
    same(lambda name: written(out, name), minzheng.spark._local.tables("run", expected))
    households = given["households"].num_rows
    print(
        f"\n{sum(t.num_rows for t in given.values())} rows, {households} households: alone {alone:.1f} s, "
        f"cluster {took:.1f} s; worker killed after {done} of 12 tasks, {again} finished tasks run again; equal"
    )

"""Whole households out of any batches."""

from itertools import product

import pytest

pa = pytest.importorskip("pyarrow")

from minzheng.spark import GroupingError  # noqa: E402
from minzheng.spark._whole import whole  # noqa: E402

LISTS = [
    [1, 1, 2, 3, 3, 3, 4, 4],
    [5, 5, 5, 5, 5, 5, 5, 5],
    [1, 2, 3, 4, 5, 6, 7, 8],
    [None, None, 1, 2, 2, 2, 3, 3],
    [None] * 8,
    ["a", "a", "ab", "b", "b", "é", "户", "户"],
]


def table(keys):
    kind = pa.string() if isinstance(keys[-1], str) else pa.int64()
    return pa.table({"k": pa.array(keys, kind), "row": list(range(len(keys)))})


def splits(many):
    """Every way to cut rows into batches."""
    for cuts in product([False, True], repeat=many - 1):
        ends = [at for at, cut in enumerate(cuts, start=1) if cut]
        yield list(zip([0, *ends], [*ends, many], strict=True))


@pytest.mark.parametrize("keys", LISTS, ids=range(len(LISTS)))
@pytest.mark.parametrize("rows", [1, 3, 100])
def test_no_split_of_batches_is_seen(keys, rows):
    all_ = table(keys)
    seen = 0
    for parts in splits(len(keys)):
        batches = [all_.slice(begin, end - begin).to_batches()[0] for begin, end in parts]
        tables = list(whole(batches, key="k", rows=rows))
        assert pa.concat_tables(tables).equals(all_.combine_chunks()) or pa.concat_tables(tables).to_pydict() == all_.to_pydict()
        met = [set(t["k"].to_pylist()) for t in tables]
        assert sum(len(m) for m in met) == len(set(keys)), "a household is in two tables"
        assert all(t.num_rows >= rows for t in tables[:-1])
        seen += 1
    assert seen == 2 ** (len(keys) - 1)


def test_what_is_given_out_does_not_wait_for_the_end():
    given = []

    def batches():
        for key in range(5):
            given.append(key)
            yield pa.record_batch({"k": [key, key]})

    first = next(whole(batches(), key="k", rows=1))
    assert first["k"].to_pylist() == [0, 0]
    assert given == [0, 1]


def test_empty_batches_and_no_batches():
    assert list(whole([], key="k")) == []
    empty = pa.record_batch({"k": pa.array([], pa.int64())})
    some = pa.record_batch({"k": [1]})
    assert [t.num_rows for t in whole([empty, some, empty, some, empty], key="k")] == [2]


@pytest.mark.parametrize(
    "batches",
    [
        [[2, 1]],
        [[1, 2], [1]],
        [[1, None]],
        [[1], [None]],
        [[1, 2, 1]],
        [[3], [], [2]],
    ],
)
def test_a_household_that_comes_back_is_refused(batches):
    with pytest.raises(GroupingError) as caught:
        list(whole([pa.record_batch({"k": pa.array(keys, pa.int64())}) for keys in batches], key="k"))
    assert caught.value.code == "E-SPARK-ORDER"


@pytest.mark.parametrize("homes", [[True, True, False], [False] * 3, [True, None, True]])
def test_a_row_of_another_partition_is_refused(homes):
    batch = pa.record_batch({"k": [1, 1, 2], "home": pa.array(homes, pa.bool_())})
    with pytest.raises(GroupingError) as caught:
        list(whole([batch], key="k", home="home"))
    assert caught.value.code == "E-SPARK-SPLIT"


def test_a_household_as_large_as_a_partition_is_held_once():
    batches = [pa.record_batch({"k": [1] * 10}) for _ in range(1_000)]
    (only,) = whole(batches, key="k", rows=5)
    assert only.num_rows == 10_000

"""Summaries of parts add up to the summary of the whole."""

import json
from collections import defaultdict

import pytest

pytest.importorskip("pyarrow")

from minzheng.spark import _tally  # noqa: E402

DOCUMENT = {
    "schema": "minzheng/comparison/1",
    "on": "2026-08-25",
    "known_on": None,
    "read_once": True,
    "households": 3,
    "leagues": {"1599": {"name": "", "households": 3}},
    "programmes": [
        {"id": "dibao", "difference": "-200", "leagues": {"1599": {"before": {"amount": "123456789012345678901"}}}},
        {"id": "edge", "difference": None, "leagues": {}},
    ],
}


def added(*documents):
    sums, words = defaultdict(int), {}
    for document in documents:
        for leaf in _tally.rows(document):
            where = (tuple(leaf["path"]), leaf["kind"])
            sums[where] += leaf["sum"] or 0
            words[where] = leaf["word"]
    return _tally.document({"path": p, "kind": k, "sum": s, "word": words[p, k]} for (p, k), s in sums.items())


def test_one_document_comes_back():
    assert added(DOCUMENT) == DOCUMENT
    assert added(json.loads(json.dumps(DOCUMENT))) == DOCUMENT


def test_counts_and_sums_are_added_and_words_kept():
    twice = added(DOCUMENT, DOCUMENT)
    assert twice["households"] == 6
    assert twice["leagues"]["1599"] == {"name": "", "households": 6}
    assert twice["programmes"][0]["difference"] == "-400"
    assert twice["programmes"][0]["leagues"]["1599"]["before"]["amount"] == "246913578024691357802"
    assert twice["read_once"] is True and twice["known_on"] is None


def test_what_is_empty_in_one_part_is_filled_by_another():
    more = {"programmes": [{"id": "dibao", "leagues": {}}, {"id": "edge", "leagues": {"1501": {"n": 1}}}]}
    both = added(DOCUMENT, more)
    assert both["programmes"][1]["leagues"] == {"1501": {"n": 1}}
    assert set(both["programmes"][0]["leagues"]) == {"1599"}


def test_more_than_ten_things_of_a_list_keep_their_order():
    assert added({"list": list(range(12))}) == {"list": list(range(12))}

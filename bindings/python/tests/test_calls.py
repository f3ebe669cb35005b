"""Random calls: the answers are those of Rust, byte for byte. ``MINZHENG_CALLS`` is the folder that the program ``calls`` wrote."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import minzheng as mz

FOLDER = os.environ.get("MINZHENG_CALLS")


@pytest.mark.skipif(FOLDER is None, reason="MINZHENG_CALLS says where the calls are; cargo xtask ci python sets it")
def test_published_cases_are_answered_as_by_rust() -> None:
    """The published cases, which Rust alone turns into households, under national law alone; and packs that may or may not set a figure."""
    assert FOLDER is not None
    folder, nation = Path(FOLDER), mz.Engine.with_packs(built_in=["cn"])
    calls, answers, packs = (
        (folder / name).read_text(encoding="utf-8").splitlines()
        for name in ("published.jsonl", "published-answers.jsonl", "packs.jsonl")
    )
    for call, wanted in zip(calls, answers, strict=True):
        assert nation.call_json(call) == wanted, call
    for question in map(json.loads, packs):
        found = []
        try:
            mz.Engine.with_packs(question["pack"], built_in=["cn"])
        except mz.PackError as error:
            found = [finding.code for finding in error.findings]
        assert found == question["codes"]
    assert len(calls) > 50 and packs


@pytest.mark.skipif(FOLDER is None, reason="MINZHENG_CALLS says where the calls are; cargo xtask ci python sets it")
def test_answers_are_those_of_rust(engine: mz.Engine) -> None:
    assert FOLDER is not None
    folder = Path(FOLDER)
    run = 0
    with (folder / "calls.jsonl").open(encoding="utf-8") as calls, (folder / "answers.jsonl").open(encoding="utf-8") as answers:
        for call, wanted in zip(calls, answers, strict=True):
            call, wanted = call.rstrip("\n"), wanted.rstrip("\n")
            assert engine.call_json(call) == wanted, call
            # and through values of Python
            request = json.loads(call)
            try:
                mine = json.dumps({"ok": engine.call(request)}, ensure_ascii=False, separators=(",", ":"))
                assert mine == wanted, call
            except mz.MinzhengError as error:
                assert json.loads(wanted)["error"]["code"] == error.code, call
            run += 1
    assert run > 0

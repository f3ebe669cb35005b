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
    """The published cases, which Rust alone turns into households, under national law alone; each line has the call and its answer."""
    assert FOLDER is not None
    folder, nation = Path(FOLDER), mz.Engine.with_packs(built_in=["cn"])
    lines = (folder / "published.jsonl").read_text(encoding="utf-8").splitlines()
    beside = folder / "published-answers.jsonl"
    answers = beside.read_text(encoding="utf-8").splitlines() if beside.exists() else [None] * len(lines)
    run = 0
    for line, wanted in zip(lines, answers, strict=True):
        vector = json.loads(line)
        if "pack" in vector:
            continue
        call, wanted = (vector["call"], vector["answer"]) if wanted is None else (line, wanted)
        assert nation.call_json(call) == wanted, call
        run += 1
    assert run > 50


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

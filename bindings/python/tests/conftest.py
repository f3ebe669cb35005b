"""What the tests share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import minzheng as mz

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def engine() -> mz.Engine:
    """The built-in packs."""
    return mz.default_engine()


def data(name: str) -> Path:
    """A file of the examples."""
    return ROOT / "examples" / "data" / name


def vectors(area: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The files of vectors of an area."""
    files = sorted((ROOT / "tests" / "vectors" / area).glob("*.json"))
    return [(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files]

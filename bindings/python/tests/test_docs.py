"""What the pages and the docstrings show is run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT

import minzheng


def _modules() -> Iterator[ModuleType]:
    yield minzheng
    for found in pkgutil.iter_modules(minzheng.__path__):
        if not found.name.startswith("_") and found.name not in _APART:
            yield importlib.import_module(f"minzheng.{found.name}")


# they need packages that are not everywhere
_APART = {"spark", "plot"}


@pytest.mark.parametrize("module", list(_modules()), ids=lambda module: module.__name__)
def test_examples_of_docstrings(module: ModuleType) -> None:
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_everything_public_says_what_it_is() -> None:
    silent, examples = [], 0
    for name in minzheng.__all__:
        thing = getattr(minzheng, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        examples += ">>>" in (thing.__doc__ or "")
        members = vars(thing).items() if inspect.isclass(thing) else ()
        all_of = [(name, thing), *((f"{name}.{key}", value) for key, value in members if not key.startswith("_"))]
        for key, value in all_of:
            told = value.fget if isinstance(value, property) else getattr(value, "func", value)
            if (callable(told) or isinstance(told, (classmethod, staticmethod))) and not inspect.getdoc(told):
                silent.append(key)
    assert silent == []
    assert examples >= 15


PAGES = [ROOT / "docs" / "guide" / "python.md", ROOT / "bindings" / "python" / "README.md", ROOT / "README.md", ROOT / "docs" / "zh" / "README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_examples_of_pages(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every block of Python in a page is run, one after the other, at the top of the repository; ``python no_run`` is only compiled."""
    monkeypatch.chdir(ROOT)
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python( no_run| needs=([\w,]+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert blocks, f"{page} shows no Python"
    space: dict[str, object] = {"__name__": "page"}
    for kind, needs, code in blocks:
        compiled = compile(code, str(page), "exec")
        if kind == " no_run":
            continue
        for need in filter(None, needs.split(",")):
            pytest.importorskip(need)
        exec(compiled, space)

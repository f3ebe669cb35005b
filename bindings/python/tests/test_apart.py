"""What stands on packages of others: their examples, and that nothing is imported before it is needed."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import minzheng

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("package", "needs"), [("spark", "pyarrow"), ("plot", "matplotlib")])
def test_examples_of_docstrings(package, needs):
    pytest.importorskip(needs)
    whole = importlib.import_module(f"minzheng.{package}")
    modules = [whole, *(importlib.import_module(f"{whole.__name__}.{found.name}") for found in pkgutil.iter_modules(whole.__path__))]
    tried = 0
    for module in modules:
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
        assert result.failed == 0, module.__name__
        tried += result.attempted
    assert tried > 1
    for name in whole.__all__:
        assert getattr(whole, name).__doc__, name


def test_examples_of_the_guide(monkeypatch):
    for needs in ("matplotlib", "polars", "pyarrow"):
        pytest.importorskip(needs)
    import matplotlib

    matplotlib.use("Agg")
    monkeypatch.chdir(ROOT)
    (ROOT / "target").mkdir(exist_ok=True)
    page = ROOT / "docs/guide/analysis.md"
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 2
    space = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, str(page), "exec"), space)
    assert space["comparison"].to_dict()["households"] > 0


def test_nothing_of_others_is_imported_before_it_is_needed():
    code = "import minzheng, minzheng.plot, sys; print(sorted({m.partition('.')[0] for m in sys.modules} & set(sys.argv[1:])))"
    others = ["pyspark", "pyarrow", "matplotlib", "polars", "pandas", "numpy"]
    out = subprocess.run([sys.executable, "-c", code, *others], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
    assert minzheng.__version__


def test_spark_itself_is_not_imported_with_the_package():
    pytest.importorskip("pyarrow")
    code = "import minzheng.spark, sys; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

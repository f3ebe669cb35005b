"""What the package costs from Python: one household, the first answer, and tables beside the same work of a program in Rust.

``python benches/from_python.py --households FILE --people FILE --tables PROGRAM``: Parquet files as ``minzheng synth`` writes them,
and the program ``tables`` of the benches, built as the wheel is (``cargo build --profile wheel -p minzheng-benches --bin tables``).
The interpreter must have the package and pyarrow. CPU time of a process; of several runs the least, and the most beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent
FAMILY = ROOT / "examples/data/low-income-family.toml"
ON = date(2026, 8, 25)

FIRST = """
import time
begun = time.process_time()
import minzheng
answer = minzheng.Engine().assess({"on": "2026-08-25", "household": {"hukou": "urban"}})
print(time.process_time() - begun, time.process_time())
"""


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=Path, required=True)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--tables", type=Path, required=True, help="the program of the benches")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    one_household()
    first_answer(options.rounds)
    tables(options)
    return 0


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def one_household(calls: int = 500, rounds: int = 30) -> None:
    """A household of three as a dictionary."""
    import minzheng

    engine, family = minzheng.Engine(), tomllib.loads(FAMILY.read_text("utf-8"))

    def work() -> None:
        for _ in range(calls):
            engine.assess(family)

    work()
    found = sorted(timed(work) / calls * 1e6 for _ in range(rounds))
    print(f"assess(dict): {found[0]:.1f} µs at best, {found[len(found) // 2]:.1f} in the middle, {found[-1]:.1f} at worst")


def first_answer(rounds: int) -> None:
    """Import, an engine of the built-in packs, and an answer, in a new interpreter."""
    found = []
    for _ in range(rounds + 1):
        said = subprocess.run([sys.executable, "-c", FIRST], check=True, capture_output=True, text=True).stdout.split()
        found.append([float(word) * 1e3 for word in said])
    # the first run compiled the modules
    without, whole = (sorted(column) for column in zip(*found[1:]))
    print(f"first answer: {without[0]:.0f} to {without[-1]:.0f} ms; with the interpreter's start {whole[0]:.0f} to {whole[-1]:.0f} ms")


def tables(options: argparse.Namespace) -> None:
    """The same Arrow tables here and in Rust, in turn."""
    import minzheng
    import pyarrow.feather
    import pyarrow.parquet

    engine = minzheng.Engine()
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, f"{name}.arrow") for name in ("households", "people")}
        for name, file in files.items():
            table = pyarrow.parquet.read_table(getattr(options, name))
            pyarrow.feather.write_feather(table, str(file), compression="uncompressed")
        given = {name: pyarrow.feather.read_table(str(file), memory_map=False) for name, file in files.items()}
        # the first run of a process has its memory still to get
        command = [str(options.tables), *map(str, files.values()), str(ON), "2"]
        engine.run(**given, on=ON)
        here, there = [], []
        for _ in range(options.rounds):
            here.append(timed(lambda: engine.run(**given, on=ON)))
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            there.append(int(said.split()[-1]) / 1e9)
        people = given["people"].num_rows
        print(f"run over {people:,} people: {min(here):.2f} to {max(here):.2f} s; the program in Rust {min(there):.2f} to {max(there):.2f} s")
        print(f"overhead: {(min(here) / min(there) - 1) * 100:+.1f} %")


if __name__ == "__main__":
    sys.exit(main())

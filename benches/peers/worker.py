"""One peer in a process of its own: python worker.py ENGINE BENCH FOLDER.

It reads the data of FOLDER, says that it is ready, then answers line by line: `run` times one answer and gives its check
value, `write PATH` writes one answer as an Arrow file. ENGINE is the module with_ENGINE; what stands after a hyphen is
a variant that the module knows.
"""

import importlib
import json
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NOTHING = np.iinfo(np.int64).min
NEITHER = 2


def read(folder: Path, name: str) -> pa.Table:
    """A table that the benches wrote, in memory."""
    return pa.ipc.open_file(folder / f"{name}.arrow").read_all()


def columns(table: pa.Table, names: list[str]) -> dict[str, np.ndarray]:
    """The answer in the order of households, as whole numbers; NOTHING where a value is missing, for a truth NEITHER."""
    order = table["household"].to_numpy()
    out = {}
    for name in names:
        column = table[name]
        if pa.types.is_date(column.type):
            column = column.cast(pa.int32())
        values = np.empty(len(order), dtype=np.int64)
        missing = NEITHER if pa.types.is_boolean(column.type) else NOTHING
        values[order] = pc.fill_null(column.cast(pa.int64()), missing).to_numpy()
        out[name] = values
    return out


def check_value(answer: dict[str, np.ndarray], weights: dict[str, int]) -> int:
    """The sum over the rows, from 1, of row × Σ weight × value, wrapping at 64 bits."""
    rows = sum(answer[name].view(np.uint64) * np.uint64(weight) for name, weight in weights.items())
    numbers = np.arange(1, len(rows) + 1, dtype=np.uint64)
    return int((numbers * rows).sum(dtype=np.uint64))


def main() -> None:
    name, bench, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    manifest = tomllib.loads(Path(__file__).with_name("..").joinpath("manifest.toml").read_text("utf-8"))
    weights = next(one["answer"] for one in manifest["bench"] if one["id"] == bench)

    module, _, variant = name.partition("-")
    engine = importlib.import_module(f"with_{module}").Engine(
        bench, read(folder, "households"), read(folder, "members"), folder, variant
    )

    # whatever an engine prints goes to the standard error stream: the standard output carries answers
    out, sys.stdout = sys.stdout, sys.stderr

    def say(**what: object) -> None:
        print(json.dumps(what), file=out, flush=True)

    say(version=engine.version)
    for line in sys.stdin:
        word, _, path = line.strip().partition(" ")
        engine.prepare()
        before = time.process_time_ns()
        result = engine.run()
        cpu = time.process_time_ns() - before
        answer = columns(engine.table(result), list(weights))
        if word == "run":
            say(cpu_ns=cpu, check=f"{check_value(answer, weights):016x}")
        elif word == "write":
            table = pa.table(answer)
            with pa.ipc.new_file(path, table.schema) as file:
                file.write_table(table)
            say()
        else:
            raise ValueError(f"no such word: {word}")


if __name__ == "__main__":
    main()

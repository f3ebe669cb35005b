"""Runs the notebooks of this folder, each in a kernel of its own, and sees that they were kept without outputs.

`check.py [NAME …]`, at the top of the repository. Ends with code 1 and the cell that failed. Nothing is written.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).parent


def kept(notebook):
    """Why a notebook may not be kept as it is, if so."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(cell.outputs or cell.execution_count is not None for cell in code):
        return "it holds outputs: clear them, they may hold rows of people"
    if not any("assert" in cell.source for cell in code):
        return "it asserts nothing"
    return None


def run(path):
    """Runs one notebook; what is wrong with it, if anything is."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    if problem := kept(notebook):
        return problem
    here = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=600, startup_timeout=300, kernel_name="python3", resources=here)
    try:
        client.execute()
    except CellExecutionError as error:
        return str(error)
    return None


def main(names):
    paths = sorted(HERE.glob("*.ipynb"))
    chosen = [path for path in paths if not names or path.stem in names]
    failed = 0
    for path in chosen:
        begun = time.perf_counter()
        problem = run(path)
        print(f"{path.name}: {problem or 'ok'} ({time.perf_counter() - begun:.1f} s)", flush=True)
        failed += problem is not None
    print(f"{len(chosen) - failed} notebooks passed, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

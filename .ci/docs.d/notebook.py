"""Runs a notebook where it lies, and holds what it says against what it has: `notebook.py [--update] FILE`."""

import copy
import difflib
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def outputs(notebook: nbformat.NotebookNode) -> list[str]:
    """What stands below the cells as text, a line each."""
    lines = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            lines += [f"cell {number}: {line}" for line in text.splitlines()]
    return lines


def main(update: bool, file: Path) -> None:
    stored = nbformat.read(file, as_version=4)
    fresh = copy.deepcopy(stored)
    # Errors alone: the kernel warns of its sockets.
    client = NotebookClient(fresh, timeout=300, kernel_name="python3", extra_arguments=["--log-level=ERROR"])
    client.execute(cwd=str(file.parent))
    if update:
        fresh.metadata = stored.metadata
        for cell in fresh.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(fresh, file)
        return
    diff = list(difflib.unified_diff(outputs(stored), outputs(fresh), "as stored", "as run", lineterm=""))
    if diff:
        sys.exit("\n".join([*diff, f"{file}: {Path(__file__).name} --update writes what comes out now"]))


if __name__ == "__main__":
    main("--update" in sys.argv, Path(sys.argv[-1]))

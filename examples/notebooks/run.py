"""Runs the notebooks beside it, one after another. With `--write`, stores what they show.

Usage: python examples/notebooks/run.py [--write] [NOTEBOOK …]; needs `pip install 'volok[notebooks]'`. What is stored should come
from a release build: `make notebooks`.
"""

import argparse
from pathlib import Path

import nbclient
import nbformat

HERE = Path(__file__).parent


def notebooks() -> list[Path]:
    """All of them, in the order in which they are best read."""
    return sorted(HERE.glob("*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def executed(path: Path) -> nbformat.NotebookNode:
    """A notebook done anew, in a kernel of its own.

    Raises `nbclient.exceptions.CellExecutionError` with the cell that failed.
    """
    notebook = read(path)
    nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(HERE)}},
    ).execute()
    return notebook


def store(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Writes a notebook without what differs from machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"
        cell.metadata = {}
        # Warnings of libraries are about this machine.
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def main() -> None:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="store what they show")
    asked = parser.parse_args()
    for path in asked.notebooks or notebooks():
        print(path.name, flush=True)
        notebook = executed(path)
        if asked.write:
            store(notebook, path)


if __name__ == "__main__":
    main()

"""The notebooks of `examples/notebooks` run, and what they show is stored in them."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[3] / "examples" / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
LARGEST = 300_000
"""Bytes a notebook may have with its outputs."""


@pytest.fixture(scope="module")
def run() -> ModuleType:
    """The program that runs them."""
    pytest.importorskip("nbclient", reason="notebooks are run with nbclient: pip install 'volok[notebooks]'")
    pytest.importorskip("ipykernel", reason="notebooks are run in ipykernel: pip install 'volok[notebooks]'")
    spec = importlib.util.spec_from_file_location("run", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 6


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs(name: str, run: ModuleType) -> None:
    # A cell that fails raises, and says which.
    notebook = run.executed(FOLDER / name)
    stored = run.read(FOLDER / name)
    assert (FOLDER / name).stat().st_size < LARGEST
    for now, then in zip(notebook.cells, stored.cells, strict=True):
        kinds = [
            [output.output_type for output in cell.get("outputs", []) if output.get("name") != "stderr"]
            for cell in (now, then)
        ]
        assert kinds[0] == kinds[1], f"store what it shows anew (make notebooks): {now.source}"

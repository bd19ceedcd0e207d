"""Notebooks that carry their helpers run in an empty folder, and change nothing that a machine has."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CARRY = runpy.run_path(str(ROOT / "tools" / "carry.py"))
BARE = """
import importlib.machinery, sys

class Lacks:
    def find_spec(self, name, path=None, target=None):
        if name in {lacks} and not any("learning-rate-" in folder for folder in sys.path):
            raise ModuleNotFoundError(name)
        if name in {lacks}:
            return importlib.machinery.PathFinder.find_spec(name, sys.path[-1:])

sys.meta_path.insert(0, Lacks())
before = list(sys.path)
"""
AFTER = """
import json, anywidget, helpers, psygnal
import matplotlib.pyplot as plt
plt.style.use("helpers.lesson")
explorer = helpers.explore("learning_rate", epochs=3)
print(json.dumps({
    "files": [module.__file__ for module in (helpers, anywidget, psygnal)],
    "path": before == sys.path[1:-1],
    "words": explorer.status.value,
}))
"""


def clean():
    """The environment without a path to the checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def unpacking() -> str:
    """The source of the cell that unpacks."""
    return CARRY["carried"](NOTEBOOKS[0]).cells[2].source


@pytest.mark.parametrize("lacks", [(), ("anywidget", "psygnal")])
def test_where_a_machine_lacks_anywidget_and_only_there_it_comes_along(lacks, tmp_path):
    program = BARE.format(lacks=lacks) + unpacking() + AFTER
    given = {"input": program, "cwd": tmp_path, "env": clean()}
    run = subprocess.run([sys.executable, "-"], **given, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    helpers, *others = said["files"]
    assert "learning-rate-" in helpers
    assert all(("learning-rate-" in other) == bool(lacks) for other in others)
    assert said["path"]
    assert "final test accuracy" in said["words"]
    assert not Path(helpers).exists(), "the temporary folder outlives the kernel"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])
def test_nothing_else_is_changed(path):
    original, carried = nbformat.read(path, as_version=4), CARRY["carried"](path)
    nbformat.validate(carried)
    sources = [cell.source for cell in carried.cells]
    first = next(n for n, cell in enumerate(original.cells) if cell.cell_type == "code")
    added = sources[first : first + 2]
    del sources[first : first + 2]
    assert sources == [cell.source for cell in original.cells]
    assert not any(cell.get("outputs") for cell in carried.cells)
    assert len(added[0]) < 120
    assert len(nbformat.writes(carried)) < 260_000


def test_a_carried_notebook_runs_in_an_empty_folder(tmp_path, monkeypatch):
    carried = CARRY["carried"](NOTEBOOKS[0])
    shows = next(n for n, cell in enumerate(carried.cells) if cell.source.startswith("explore"))
    del carried.cells[shows + 1 :]
    monkeypatch.setattr(os, "environ", clean())
    monkeypatch.chdir(tmp_path)
    NotebookClient(carried, timeout=600, resources={"metadata": {"path": tmp_path}}).execute()
    said = [output for cell in carried.cells for output in cell.get("outputs", [])]
    assert not [output for output in said if output.get("name") == "stderr"]
    assert "image/png" in said[-1].data
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_them(tmp_path):
    command = [sys.executable, str(ROOT / "tools/carry.py"), "out", *map(str, NOTEBOOKS[:2])]
    for _ in range(2):
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == [path.name for path in NOTEBOOKS[:2]]
    for path, source in zip(written, NOTEBOOKS, strict=False):
        assert path.read_text("utf-8") == nbformat.writes(CARRY["carried"](source)) + "\n"

"""Notebooks that carry their helpers run in an empty folder, and change nothing that a machine has."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tools import carry

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BEFORE = """
import sys
before = list(sys.path)
"""
LACKS = """
import importlib.machinery, sys

class Lacks:
    def find_spec(self, name, path=None, target=None):
        if name in ("anywidget", "psygnal"):
            if not any("learning-rate-" in folder for folder in sys.path):
                raise ModuleNotFoundError(name)
            return importlib.machinery.PathFinder.find_spec(name, sys.path[-1:])

sys.meta_path.insert(0, Lacks())
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


def assert_carried(printed, others):
    """Which packages came along is as said, and what they were unpacked into has gone with the process."""
    said = json.loads(printed)
    assert ["learning-rate-" in file for file in said["files"]] == [True, others, others]
    assert said["path"]
    assert "final test accuracy" in said["words"]
    assert not Path(said["files"][0]).exists(), "the temporary folder outlives the kernel"


def test_where_a_machine_lacks_anywidget_it_comes_along(tmp_path):
    unpacking = carry.carried(NOTEBOOKS[0]).cells[2].source
    given = {"input": LACKS + BEFORE + unpacking + AFTER, "cwd": tmp_path, "env": clean()}
    run = subprocess.run([sys.executable, "-"], **given, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert_carried(run.stdout, others=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])
def test_nothing_else_is_changed(path):
    original, carried = nbformat.read(path, as_version=4), carry.carried(path)
    nbformat.validate(carried)
    sources = [cell.source for cell in carried.cells]
    first = next(n for n, cell in enumerate(original.cells) if cell.cell_type == "code")
    added = sources[first : first + 2]
    del sources[first : first + 2]
    assert sources == [cell.source for cell in original.cells]
    assert not any(cell.get("outputs") for cell in carried.cells)
    assert len(added[0]) < 120
    assert len(nbformat.writes(carried)) < 260_000


def test_a_carried_notebook_runs_in_an_empty_folder_with_the_packages_there(tmp_path, monkeypatch):
    carried = carry.carried(NOTEBOOKS[0])
    shows = next(n for n, cell in enumerate(carried.cells) if cell.source.startswith("explore"))
    carried.cells[shows + 1 :] = [new_code_cell(AFTER)]
    carried.cells.insert(0, new_code_cell(BEFORE))
    monkeypatch.setattr(os, "environ", clean())
    monkeypatch.chdir(tmp_path)
    NotebookClient(carried, timeout=600, resources={"metadata": {"path": tmp_path}}).execute()
    said = [output for cell in carried.cells for output in cell.get("outputs", [])]
    assert not [output for output in said if output.get("name") == "stderr"]
    shown, printed = said[-2:]
    assert "image/png" in shown.data
    assert_carried(printed.text, others=False)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_them(tmp_path):
    command = [sys.executable, str(ROOT / "tools/carry.py"), "out", *map(str, NOTEBOOKS[:2])]
    for _ in range(2):
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == [path.name for path in NOTEBOOKS[:2]]
    for path, source in zip(written, NOTEBOOKS, strict=False):
        assert path.read_text("utf-8") == nbformat.writes(carry.carried(source)) + "\n"

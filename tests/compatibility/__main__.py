"""The lesson with Colab's versions, and with the newest that the ranges allow: `make compatibility`.

In an environment of each, nbval executes every notebook and compares its stored texts, and everything on its
explorers is moved by the widget protocol: of the notebooks that carry their helpers, in a folder of their own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from xml.etree import ElementTree

from tools.carry import carried

import nbformat

ROOT = Path(__file__).parents[2]
COLAB = ROOT / "tests" / "colab.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = {"colab": ["--requirement", str(COLAB)], "newest": PROJECT["dependencies"]}
KNOWN = {  # (notebook, cell id): why its text differs
    ("06", "959bfa4d"): "TensorFlow 2.20 rounds otherwise where RMSprop circles about the bottom",
}
ROW = "{:8} {:>8} {:>6} {:>7} {:>6} {:>10} {:>6} {:>7}"


def python_for(name: str) -> str:
    """The Python to build an environment with."""
    colabs = "python" + re.search(r"Python (3\.\d+)", COLAB.read_text("utf-8"))[1]
    runs = (
        shutil.which(colabs) and subprocess.run([colabs, "-V"], capture_output=True).returncode == 0
    )
    return colabs if name == "colab" and runs else sys.executable


def environment(name: str) -> Path:
    """Make it, or bring it up to date; its Python."""
    folder = ROOT / "build" / "compatibility" / name
    subprocess.run([python_for(name), "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    eager = ["--upgrade", "--upgrade-strategy", "eager"]
    subprocess.run([*install, *eager, *PACKAGES[name], "nbval"], check=True)
    return python


def variables() -> dict:
    """Without a way to the checkout, or to somebody's own kernels."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return own | {"JUPYTER_PREFER_ENV_PATH": "1"}


def differences(python: Path, notebook: Path) -> list[str]:
    """The cells in which nbval finds another text than is stored, by their id."""
    report = notebook.with_suffix(".xml")
    options = ["--quiet", "-p", "no:cacheprovider", "--rootdir", str(notebook.parent)]
    options += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
    options += [f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval.cfg'}", f"--junitxml={report}"]
    command = [python, "-m", "pytest", *options, notebook]
    subprocess.run(command, cwd=notebook.parent, env=variables(), capture_output=True)
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    tests = list(ElementTree.parse(report).iter("testcase"))
    failed = [test.get("name") for test in tests if len(test)]
    found = [cells[int(name.removeprefix("Cell "))].id for name in failed]
    return found if len(tests) == len(cells) else [*found, "nbval did not reach every cell"]


def moved(python: Path, notebook: Path) -> dict:
    """What the moves of its explorers came to."""
    command = [python, "-m", "tests.compatibility.moves", notebook]
    run = subprocess.run(command, cwd=ROOT, env=variables(), capture_output=True)
    if run.returncode:
        last = run.stderr.decode("utf-8", "replace").strip().splitlines()[-1]
        return {"explorers": 0, "moves": 0, "faults": [last]}
    return json.loads(run.stdout)


def tried(name: str, python: Path, notebook: Path) -> list[str]:
    """Try one notebook, write its row, and return what is wrong."""
    number, cells = notebook.name[:2], differences(python, notebook)
    said, known = moved(python, notebook), [cell for cell in cells if (number, cell) in KNOWN]
    new, count = [cell for cell in cells if cell not in known], said.get("cells", 0)
    counts = count, len(new), len(known), said["explorers"], said["moves"], len(said["faults"])
    print(ROW.format(name, number, *counts), flush=True)
    texts = [f"{name} {number}: another text below cell {cell}" for cell in new]
    return texts + [f"{name} {number}: {fault}" for fault in said["faults"]]


def main() -> int:
    """Try all; the number of things that are wrong."""
    pythons = {name: environment(name) for name in PACKAGES}
    titles = "notebook", "cells", "differ", "known", "explorers", "moves", "faults"
    print(ROW.format("", *titles), flush=True)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            notebook = Path(folder, path.name)
            nbformat.write(carried(path, outputs=True), notebook)
            for name, python in pythons.items():
                wrong += tried(name, python, notebook)
    print("\n".join(wrong or ["Nothing is wrong."]))
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main() > 0)

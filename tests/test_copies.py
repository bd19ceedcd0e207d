"""`make lab` opens a student's own copies: without outputs, and never written over."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser.lab import ROOT

import nbformat
import pytest

ORIGINALS = ROOT / "notebooks"
NAMES = sorted(path.name for path in ORIGINALS.glob("*.ipynb"))


def copies(*folders, cwd=ROOT):
    command = [sys.executable, str(ROOT / "tools/copies.py"), *map(str, folders)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


@pytest.fixture
def own(tmp_path):
    own = tmp_path / "own"
    made = copies(ORIGINALS, own)
    assert made.returncode == 0
    assert made.stderr == ""
    assert re.search(rf"are in {own}, {len(NAMES)} of them new; .* kept\.$", made.stdout)
    return own


def files_in(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def test_everything_comes_along_and_nothing_else(own):
    hidden = re.compile(r"(^|/)\.")
    assert files_in(own) == {p for p in files_in(ORIGINALS) if not hidden.search(p.as_posix())}
    prose = "".join((own / name).read_text("utf-8") for name in NAMES)
    assert [
        path for path in files_in(own) if path.name not in NAMES and str(path) not in prose
    ] == []


def test_pictures_come_along_as_they_are(tmp_path):
    picture = tmp_path / "originals/images/a.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(bytes(range(256)))
    assert copies(tmp_path / "originals", tmp_path / "own").returncode == 0
    assert (tmp_path / "own/images/a.png").read_bytes() == picture.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_the_original_that_nobody_has_run(own, name):
    copy, original = (nbformat.read(f / name, nbformat.NO_CONVERT) for f in (own, ORIGINALS))
    nbformat.validate(copy)
    assert any(cell.get("outputs") for cell in original.cells)
    for cell in original.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert copy == original
    assert (own / name).stat().st_size < 100_000


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere_from_there(own, name):
    notebook = nbformat.read(own / name, nbformat.NO_CONVERT)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    links = re.findall(r"(?:\]\(|src=\")([^)#:\"]+)[#)\"]", prose)
    assert links
    for link in links:
        assert (own / link).is_file(), link
        assert own in (own / link).resolve().parents, f"JupyterLab serves nothing above: {link}"


def test_what_is_there_stays_and_what_is_new_comes(own):
    (own / NAMES[0]).write_text("mine")
    (own / NAMES[1]).unlink()
    before = {path: (own / path).read_bytes() for path in files_in(own)}
    made = copies(ORIGINALS, own)
    assert "1 of them new" in made.stdout
    assert (own / NAMES[1]).is_file()
    again = copies(ORIGINALS, own)
    assert "new" not in again.stdout
    assert str(own) in again.stdout
    assert {path: (own / path).read_bytes() for path in before} == before


def test_a_copy_that_was_cut_short_is_made_again(own, tmp_path):
    originals = tmp_path / "originals"
    originals.mkdir()
    (originals / "a.ipynb").write_text("{")
    assert copies(originals, own).returncode != 0
    assert not (own / "a.ipynb").exists()
    (originals / "a.ipynb").write_text('{"cells": []}')
    assert "1 of them new" in copies(originals, own).stdout
    assert (own / "a.ipynb").read_text() == '{\n "cells": []\n}\n'


def test_where_nothing_can_be_written_one_sentence_says_so(tmp_path):
    (tmp_path / "own").write_text("a file")
    made = copies(ORIGINALS, "own", cwd=tmp_path)
    assert made.returncode == 1
    assert made.stderr.count("\n") == 1
    assert "No copies can be made in own (" in made.stderr
    assert "make edit" in made.stderr
    assert (tmp_path / "own").read_text() == "a file"


def test_helpers_are_found_from_there(own):
    program = "import importlib.util as u; print(u.find_spec('helpers').origin)"
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=own, env=alone, capture_output=True, text=True)
    assert Path(run.stdout.strip()).name == "__init__.py", run.stderr


@pytest.mark.parametrize(
    ("target", "given", "opened"),
    [
        ("lab", [], "my_notebooks"),
        ("lab", ["MINE=of my own"], "of my own"),
        ("edit", [], "notebooks"),
    ],
)
def test_what_make_opens(target, given, opened, tmp_path):
    """With a JupyterLab that only says what it was asked for."""
    if not shutil.which("make"):
        pytest.skip("no make here")
    shutil.copy(ROOT / "Makefile", tmp_path)
    for folder in ("tools", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name, command in {"jupyter": "echo", "python": f'"{sys.executable}"'}.items():
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        script.chmod(0o755)
    command = ["make", "-o", ".venv/ready", target, "BIN=bin", "DOCTOR=true", *given]
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    run = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == f"lab --notebook-dir={opened}"
    assert sorted(path.name for path in (tmp_path / opened).glob("*.ipynb")) == NAMES
    assert (tmp_path / "my_notebooks").exists() == (opened == "my_notebooks")


def test_git_leaves_the_copies_alone():
    assert "my_notebooks/" in (ROOT / ".gitignore").read_text().splitlines()

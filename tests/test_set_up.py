"""`make env` where it cannot be done: one clear sentence, and nothing that passes for done."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def set_up_after(changes, folder):
    """The set-up, after some lines of Python that change what it sees."""
    program = (
        f"import runpy, sys, sysconfig; {changes}; sys.argv = ['', 'test']; "
        f"runpy.run_path({str(ROOT / 'tools/set_up.py')!r}, run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert list(folder.iterdir()) == []
    return run.stderr.strip()


@pytest.mark.parametrize(
    ("version", "words"),
    [((2, 7), "too old"), ((3, 10), "too old"), ((3, 14), "too new"), ((4, 0), "too new")],
)
def test_a_python_out_of_range_is_told_what_is_needed(version, words, tmp_path):
    sentence = set_up_after(f"sys.version_info = {(*version, 1)}", tmp_path)
    assert sentence.startswith(f"Python {'.'.join(map(str, version))} is {words}")
    assert "3.11, 3.12 or 3.13" in sentence


def test_a_platform_without_tensorflow_is_told_before_anything_is_fetched(tmp_path):
    sentence = set_up_after("sysconfig.get_platform = lambda: 'win-arm64'", tmp_path)
    assert sentence.startswith("TensorFlow has no package for Windows on ARM: call wsl --install")


def test_a_kernel_finds_the_explanation_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "tools/set_up.py"))["explain_missing_names"]()
    config = (tmp_path / ".venv/etc/ipython/ipython_kernel_config.py").read_text()
    assert repr(str(tmp_path / "helpers/missing_names.py")) in config


@pytest.mark.parametrize(("system", "folder"), [("posix", "bin"), ("nt", "Scripts")])
def test_python_is_where_each_system_has_it(system, folder, monkeypatch):
    with monkeypatch.context() as pretence:
        pretence.setattr(os, "name", system)
        python = runpy.run_path(str(ROOT / "tools/set_up.py"))["PYTHON"]
    assert python.split(os.sep)[-2] == folder


def test_the_first_set_up_without_a_network_says_so(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}
    run = subprocess.run(
        ["make", "env", f"PYTHON={sys.executable}"],
        cwd=tmp_path,
        env={**own, **closed, "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "the first set-up needs the network" in run.stderr
    assert len(run.stderr.split("\nmake")[0].strip().splitlines()) == 1
    assert "Traceback" not in run.stderr
    assert not (tmp_path / ".venv/ready").exists(), "a half-made environment counts as made"

"""`make doctor` and `make lab` where something is wrong: one sentence, which mends it when it is followed."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.checkout import STRANGER, checkout, complete, link_packages, python_of, run, seeing

import pytest
from matplotlib import get_cachedir

WELL = [f"ok     {name}" for name in ("Python version", "folder", "environment", "home", "kernel")]
VERSION = "LAB_ARGS=--version"


def doctor(project, *before, **variables):
    """The faults that `make doctor` finds; the check of a kernel is the last one."""
    said, works = run(
        *before, "make", "doctor", f"PYTHON={sys.executable}", cwd=project, **variables
    )
    lines = said.splitlines()
    faults = [line for line in lines if line.startswith("WRONG  ")]
    assert works or len(faults) == 1, said
    assert faults or lines == WELL
    return " ".join(faults)


@pytest.fixture
def project(tmp_path):
    return complete(tmp_path / "project")


def test_no_environment(tmp_path):
    assert doctor(checkout(tmp_path / "project")) == "WRONG  .venv is not made yet: call make env."


def test_an_environment_from_another_folder_or_of_a_python_that_is_gone(project):
    """And what `make clean env` begins with."""
    moved = project.rename(project.with_name("moved"))
    for word in ("made in another folder", "is gone"):
        assert f"{word}: call make clean env." in doctor(moved)
        assert f"{word}: call make clean env." in run("make", "lab", cwd=moved)[0]
        settings = moved / ".venv/pyvenv.cfg"
        settings.write_text(settings.read_text().replace(str(project), str(moved)))
        (moved / ".venv/bin/python").unlink(missing_ok=True)
    assert run("make", "clean", cwd=moved)[1]
    assert "not made yet" in doctor(moved)


def test_a_package_that_is_missing(project):
    (project / ".venv/packages/anywidget").unlink()
    prefix = f"anywidget is missing in {project}/.venv"
    assert doctor(project) == f"WRONG  {prefix}: call make clean env."


def test_a_file_of_the_student_with_the_name_of_a_package(project):
    """Beside a notebook or its copy; of Python's own modules a notebook finds Python's."""
    (project / "my_notebooks").mkdir()
    (project / "my_notebooks/random.py").write_text("seed = 1")
    for name in ("notebooks/keras.py", "my_notebooks/helpers.py"):
        file = project / name
        file.write_text("layers = 3")
        fault = doctor(project)
        assert fault.startswith(f"WRONG  {file} hides the ")
        assert fault.endswith(": rename it, then restart the kernel.")
        file.rename(file.with_name("mine.py"))
    assert doctor(project) == ""


def test_a_kernel_of_the_same_name_in_the_home_folder(project, tmp_path):
    """JupyterLab would take it where .venv is someone else's."""
    kernel = tmp_path / "home/.local/share/jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["false"], "display_name": "Mine", "language": "python"}))
    (project / ".venv/bin/jupyter").write_text(
        "#!/bin/sh\nexec .venv/bin/python -m jupyter_client.kernelspecapp list"
    )
    variables = {"HOME": tmp_path / "home", "JUPYTER_PREFER_ENV_PATH": 0}
    variables["MPLCONFIGDIR"] = get_cachedir()  # or every home folder gets its list of fonts
    assert str(kernel.parent) in run(".venv/bin/jupyter", cwd=project, **variables)[0]
    lab, works = run("make", "lab", f"PYTHON={sys.executable}", cwd=project, **variables)
    assert works
    assert f"python3    {project}/.venv/share/jupyter" in lab
    assert doctor(project, **variables) == ""


def test_a_home_folder_that_is_read_only(project, tmp_path):
    (tmp_path / "home").mkdir()
    before = seeing(["--bind", "-o", "ro", tmp_path / "home", tmp_path / "home"])
    fault = doctor(project, *before, HOME=tmp_path / "home")
    lab = [*before, "make", "lab", f"PYTHON={sys.executable}", VERSION]
    said, works = run(*lab, cwd=project, HOME=tmp_path / "home")
    assert fault in said
    assert not works
    (command,) = re.search("call (make lab .*), or name", fault).groups()
    inside = f"{command} PYTHON={sys.executable} {VERSION}"
    assert run(*before, "sh", "-c", inside, cwd=project, HOME=tmp_path / "home")[1]


def test_little_memory(project):
    """As in a container where root can limit a group's memory; elsewhere as for one process."""
    group = Path(f"/sys/fs/cgroup/memory/lesson{os.getpid()}")
    if not os.access(group.parent, os.W_OK):
        fault = doctor(project, "sh", "-c", 'ulimit -v 1500000; exec "$@"', "sh")
        assert fault.startswith("WRONG  The kernel died, as for want of memory")
        return
    group.mkdir()
    try:
        for limit, fault in (("400M", "WRONG  The kernel died, as for want of memory"), ("4G", "")):
            (group / "memory.limit_in_bytes").write_text(limit)
            found = doctor(project, "sh", "-c", f'echo $$ > {group}/tasks && exec "$@"', "sh")
            assert found.partition(" (")[0] == fault
    finally:
        group.rmdir()


@pytest.fixture
def place():
    """A folder that every user can enter, and in it a home for a user without a name."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    (place / "home").mkdir()
    if subprocess.run(["chown", "12345", place / "home"]).returncode:
        pytest.skip("only root can act for another user")
    yield place
    shutil.rmtree(place)


def test_a_folder_of_another_owner(place):
    """Without .venv: the student works in a copy. With one: there, but for what the student writes."""
    python = python_of(STRANGER)
    variables = {"HOME": place / "home", "PYTHONPATH": link_packages(place / "packages")}
    theirs = ["make", f"PYTHON={python}", VERSION]
    shared = checkout(place / "shared")
    subprocess.run(["git", "init", "--quiet", shared], check=True)
    for target in ("env", "doctor", "lab"):
        said, works = run(*STRANGER, *theirs, target, cwd=shared, **variables)
        assert not works
        assert f"The folder {shared} is read-only" in said
    (command,) = re.search("of your own, with (.*)\\.", said).groups()
    script = ["sh", "-c", command.replace("make lab", "make env doctor PYTHON=") + python]
    said, works = run(*STRANGER, *script, cwd=place, **variables)
    assert works, said
    assert said.splitlines()[-len(WELL) :] == WELL


def test_a_folder_of_another_owner_with_its_environment(place):
    python = python_of(STRANGER)
    shared = complete(place / "shared", python)
    make = ["make", f"PYTHON={python}", VERSION]
    said, works = run(*STRANGER, *make, "doctor", cwd=shared, HOME=place / "home")
    assert (said.splitlines(), works) == (WELL, True)
    said, _ = run(*STRANGER, *make, "lab", cwd=shared, HOME=place / "home")
    assert "make lab MINE=FOLDER makes them in another folder" in said
    make.append(f"MINE={place}/home/mine")
    assert run(*STRANGER, *make, "lab", cwd=shared, HOME=place / "home")[1]
    assert (place / "home/mine/lesson.ipynb").exists()


def test_no_python_at_all(project):
    for target in ("doctor", "env"):
        said, works = run("make", "--always-make", target, "PYTHON=python9", cwd=project)
        assert not works
        assert "No python9 here: these notebooks need Python 3.11, 3.12 or 3.13." in said


AUDITS = {
    "No known vulnerabilities found": (0, "No pinned version has a known vulnerability."),
    "Found 1 known vulnerability in 1 package": (1, "Found 1 known vulnerability in 1 package"),
    "ERROR:pip_audit._cli:x: Dependency not found": (1, "The service that lists"),
    "requests.exceptions.ConnectionError": (1, "The service that lists"),
}


def test_what_make_audit_makes_of_what_pip_audit_says(project):
    tool = project / ".venv/bin/pip-audit"
    (project / ".venv/audit").touch()
    for heard, (code, sentence) in AUDITS.items():
        tool.write_text(f"#!/bin/sh\necho '{heard}' >&2; exit {code}\n")
        tool.chmod(0o755)
        said, works = run("make", "audit", cwd=project)
        assert works == (code == 0), heard
        assert said.startswith(sentence)

"""`make doctor` and `make lab` where something is wrong: one sentence, which mends it when it is followed."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.checkout import STRANGER, complete, link_packages, python_of, run, seeing

import pytest
from matplotlib import get_cachedir

WELL = "Nothing is wrong here: a kernel trains."


def make(goal, project, *before, python=sys.executable, **variables):
    """What `make` says; where it opens JupyterLab, that says its version."""
    command = [*before, "make", goal, "LAB_ARGS=--version", f"PYTHON={python}"]
    return run(*command, cwd=project, **variables)[0]


@pytest.fixture
def project(tmp_path):
    return complete(tmp_path / "project")


def test_an_environment_that_is_broken(project, tmp_path):
    """Without a package, moved, without its Python: one command mends it all."""
    (project / ".venv/packages/nbclient").unlink()
    reason = "No module named 'nbclient'): call make clean env."
    assert reason in make("doctor", project)
    moved = project.rename(tmp_path / "moved")
    fault = ".venv is not made here, or its Python is gone: call make clean env."
    assert fault in make("doctor", moved)
    settings = moved / ".venv/pyvenv.cfg"
    settings.write_text(settings.read_text().replace(str(project), str(moved)))
    (moved / ".venv/bin/python").unlink()
    assert fault in make("lab", moved)
    packages = link_packages(tmp_path / "packages")
    for goal in ("clean", "env"):
        make(goal, moved, PYTHONPATH=packages)
    assert make("doctor", moved, PYTHONPATH=packages) == WELL


def test_what_a_student_has_of_the_same_name(project, tmp_path):
    """Files beside the copies, where of Python's own modules Python's are found; and at home a kernel."""
    mine, home = project / "my_notebooks", tmp_path / "home"
    mine.mkdir()
    (mine / "random.py").write_text("seed = 1")
    for file in (mine / "keras.py", mine / "helpers.py"):
        file.write_text("layers = 3")
        sentence = rf"{file} hides the .*: rename it, then restart the kernel\.\n"
        assert re.match(sentence, make("doctor", project))
        file.rename(mine / "renamed.py")
    kernel = home / ".local/share/jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["false"], "display_name": "Mine", "language": "python"}')
    variables = {"HOME": home, "JUPYTER_PREFER_ENV_PATH": 0, "MPLCONFIGDIR": get_cachedir()}
    assert make("doctor", project, **variables) == WELL


def test_a_home_folder_that_is_read_only(project, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    before = seeing(["--bind", "-o", "ro", home, home])
    said = make("lab", project, *before, HOME=home)
    (variable,) = re.search("call make lab (.*), or name", said).groups()
    before += ["sh", "-c", f'exec "$@" {variable}', "sh"]
    assert make("lab", project, *before, HOME=home).endswith(version("jupyterlab"))


def test_little_memory(project):
    """As in a container where root can limit a group's memory; elsewhere as for one process."""
    group, limit = Path(f"/sys/fs/cgroup/memory/lesson{os.getpid()}"), "ulimit -v 1500000"
    if os.access(group.parent, os.W_OK):
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text("400M")
        limit = f"echo $$ > {group}/tasks"
    said = make("doctor", project, "sh", "-c", f'{limit} && exec "$@"', "sh")
    if group.exists():
        group.rmdir()
    assert said.startswith("The kernel died, as for want of memory")


def test_a_folder_of_another_owner():
    """With its environment students work there, but for what they write; without one, in a copy."""
    python = python_of(STRANGER)
    with tempfile.TemporaryDirectory() as name:  # which every user can enter
        place, own = Path(name), Path(name, "home")
        place.chmod(0o755)
        shutil.copytree(get_cachedir(), own / ".cache/matplotlib")  # the list of fonts
        if subprocess.run(["chown", "-R", "12345", own]).returncode:
            pytest.skip("only root can act for another user")
        shared = complete(place / "shared", python)
        variables = {"python": python, "HOME": own}
        make("lab", shared, *STRANGER, "env", f"MINE={own}/mine", **variables)
        assert (own / "mine/lesson.ipynb").exists()
        (shared / ".venv/ready").unlink()
        said = make("lab", shared, *STRANGER, **variables)
        (command,) = re.search(f"{shared} is read-only: .* with (.*)\\.", said).groups()
        script = ["sh", "-c", command.replace("make lab", "make env doctor PYTHON=") + python]
        packages = link_packages(place / "packages")
        said, _ = run(*STRANGER, *script, cwd=place, HOME=own, PYTHONPATH=packages)
        assert said.endswith(WELL)

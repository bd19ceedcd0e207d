"""Checkouts to set up, to break and to mend: with the packages of this environment, by any user."""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
SITE = Path(sysconfig.get_path("purelib"))
FETCHED = ("setuptools", "jupyter_core")  # what a set-up here has to install
STRANGER = ("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups")


def run(*command, cwd, **variables):
    """What a command says, started with these variables and none of ours or of pip's; whether it works."""
    foreign = ("MAKE", "PIP_", "PYTHON", "JUPYTER")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=own | {name: str(value) for name, value in variables.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert "Traceback" not in ended.stdout
    return ended.stdout.strip(), ended.returncode == 0


def seeing(*mounts):
    """What to put before a command, so that it alone sees what root mounts: each the words of `mount`."""
    inside = "".join(f"mount {shlex.join(map(str, words))} && " for words in mounts)
    before = ["unshare", "--mount", "sh", "-c", f'{inside} cd "$PWD" && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*before, "true"]).returncode:
        pytest.skip("only root can mount, and not in every container")
    return before


def make_wheels(folder):
    """Wheels of installed packages, made of their files."""
    folder.mkdir()
    for name in FETCHED:
        package = distribution(name)
        with ZipFile(folder / f"{name}-{package.version}-py3-none-any.whl", "w") as wheel:
            for file in package.files:
                if ".." not in file.parts and file.suffix != ".pyc":
                    wheel.write(file.locate(), str(file))
    return folder


def link_packages(folder, without=()):
    """A folder with all packages of this environment but ours and some others."""
    folder.mkdir()
    for path in SITE.iterdir():
        if path.name.split("-")[0] not in ("learning_rate_notebooks", *without):
            (folder / path.name).symlink_to(path)
    return folder


def checkout(folder):
    """The project as somebody gets it, with a notebook of no cells."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, folder)
    for name in ("tools", "helpers", "reopened"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "notebooks").mkdir()
    (folder / "notebooks/lesson.ipynb").write_text('{"cells": []}')
    return folder


def complete(folder, python=sys.executable):
    """A checkout with its .venv, which borrows the packages of this environment."""
    checkout(folder)
    subprocess.run([python, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    packages = link_packages(folder / ".venv/packages")
    (site,) = (folder / ".venv").glob("lib/*/site-packages")
    (site / "borrowed.pth").write_text(f"{packages}\n{folder}\n")
    (folder / ".venv/share").symlink_to(Path(sys.prefix) / "share")
    for name, module in (("jupyter", "jupyter_core.command"), ("jupyter-lab", "jupyterlab.labapp")):
        script = folder / ".venv/bin" / name
        script.write_text(f"#!{folder}/.venv/bin/python\nfrom {module} import main\nmain()\n")
        script.chmod(0o755)
    program = "import runpy; runpy.run_path('tools/set_up.py')['explain_missing_names']()"
    subprocess.run([python, "-c", program], cwd=folder, check=True)
    (folder / ".venv/ready").touch()
    return folder


def python_of(user):
    """A Python like this one that a user can start."""
    name = "python{}.{}".format(*sys.version_info)
    for python in (os.path.realpath(sys.executable), f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        starts = ["sh", "-c", 'command -v "$0" && "$0" -c "import ensurepip"', python]
        if subprocess.run([*user, *starts], capture_output=True).returncode == 0:
            return python
    return pytest.skip(f"no {name} here that another user can start")

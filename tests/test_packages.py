"""pyproject.toml, constraints.txt and environment.yml say the same, and pip agrees."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from email.parser import BytesParser
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path
from zipfile import ZipFile

from tests.test_structure import imports_of

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
EXTRAS = PROJECT["optional-dependencies"]
LINES = [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]
LINES.remove(f"{PROJECT['name']}[cluster]")  # one extra may name another
NEEDED = [Requirement(line) for line in LINES]
PINS = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line]
VERSIONS = dict(line.split("==") for line in PINS)
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
CONDA_PIP = next(entry["pip"] for entry in CONDA if isinstance(entry, dict))
MISSION = {"jupyterlab", "tensorflow", "scikit-learn", "matplotlib", "ipywidgets", "nbval"}
FLOORS = {"jupyter-server": ">=2.20", "nbconvert": ">=7.17.1"}
SWITCH = "etc/jupyter/jupyter_server_config.d/reopened.json"
COLAB = (ROOT / "tests" / "colab.txt").read_text("utf-8").splitlines()


def test_every_pin_is_one_exact_version():
    for line in PINS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*==\d+(\.\d+)*(\.post\d+)?", line), line
    assert len(VERSIONS) == len(PINS)


@pytest.mark.parametrize("line", LINES)
def test_every_dependency_is_pinned_and_has_its_reason(line):
    requirement = Requirement(line)
    assert VERSIONS[requirement.name] in requirement.specifier
    assert re.search(rf'"{re.escape(line)}", # \w.{{8}}', PYPROJECT)


OWN = {"helpers", "reopened", "tests", "tools", "set_up"}


def test_every_import_has_its_dependency():
    brought = {
        "ipython": "ipykernel",
        "joblib": "scikit-learn",
        "jupyter-client": "jupyterlab",
        "keras": "tensorflow",
        "nbformat": "nbconvert",
        "packaging": "pytest",
        "pygments": "nbconvert",
        "scipy": "scikit-learn",
        "traitlets": "ipywidgets",
    }
    named = {requirement.name for requirement in NEEDED}
    distributions = packages_distributions()
    for folder in ("helpers", "tests", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            imports = {name.split(".")[0] for name in imports_of(path)}
            for module in imports - set(sys.stdlib_module_names) - OWN:
                sources = map(canonicalize_name, distributions.get(module, [module]))
                assert named & {brought.get(source, source) for source in sources}, (path, module)


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_floors(name, floor):
    (requirement,) = (r for r in NEEDED if r.name == name)
    bound = floor.lstrip(">=")
    assert bound in str(requirement.specifier)
    assert f"{Version(bound).major}.0" not in requirement.specifier
    assert Version(VERSIONS[name]) in requirement.specifier


def test_colabs_versions_are_within_the_ranges():
    date, *pins = COLAB
    assert re.fullmatch(r"# .* \w+ 20\d\d, with Python 3\.\d+\.", date)
    versions = dict(pin.split("==") for pin in pins)
    known = [requirement for requirement in NEEDED if requirement.name in versions]
    assert {requirement.name for requirement in known} == versions.keys() - {
        *("ipython", "keras", "notebook", "scipy"),
    }
    assert all(versions[requirement.name] in requirement.specifier for requirement in known)


def test_what_comes_along_is_pinned_too():
    """On this system: what the dependencies need, what that needs, and so on."""
    left, known = {r.name for r in NEEDED} - {"numba", "pip-audit"}, set()
    while left:
        name = left.pop()
        known.add(name)
        assert name in VERSIONS
        assert version(name) == VERSIONS[name]
        for requirement in map(Requirement, requires(name) or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                left |= {canonicalize_name(requirement.name)} - known


def test_conda_and_binder_get_the_same_packages():
    python, *others = (entry for entry in CONDA if isinstance(entry, str))
    assert re.fullmatch(r"python=3\.\d+", python)
    assert Version(python.split("=")[1]) in Requirement(f"x{PROJECT['requires-python']}").specifier
    assert others == ["pip"]
    versions, *packages, project = CONDA_PIP
    assert (versions, project) == ("-c constraints.txt", ".")  # see environment.yml
    assert set(packages) == MISSION
    assert {requirement.name for requirement in NEEDED} >= MISSION
    assert set(VERSIONS) >= MISSION


def copied(folder: Path) -> Path:
    """What an installation takes from the checkout."""
    source = folder / "source"
    for name in ("helpers", "reopened"):
        shutil.copytree(ROOT / name, source / name)
    for name in ("pyproject.toml", "setup.py", "README.md", *PROJECT["license-files"]):
        shutil.copy(ROOT / name, source)
    return source


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_every_installation_switches_the_server_extension_on(kind, tmp_path):
    source = copied(tmp_path)
    program = f"from setuptools import build_meta as b; b.build_{kind}({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", program], cwd=source, capture_output=True, check=True)
    (wheel,) = map(ZipFile, tmp_path.glob("*.whl"))
    (switch,) = (name for name in wheel.namelist() if name.endswith(".data/data/" + SWITCH))
    assert json.loads(wheel.read(switch)) == {
        "ServerApp": {"jpserver_extensions": {"reopened": True}}
    }
    assert any("reopened" in name or "finder" in name for name in wheel.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """What `pip install git+…` would make and install."""
    folder = tmp_path_factory.mktemp("wheel")
    source = copied(folder)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, env=own_pip(), capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_a_wheel_has_all_of_helpers_and_nothing_else(wheel):
    """The notebooks' style and the explorers' module too, which are no Python."""
    folders = ("helpers", "reopened")
    files = {path for name in folders for path in (ROOT / name).rglob("*.*")}
    files = {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}
    assert "helpers/lesson.mplstyle" in files
    packed = {path for path in ZipFile(wheel).namelist() if ".dist-info/" not in path}
    assert packed - {path for path in packed if path.endswith(SWITCH)} == files


def test_a_wheel_says_what_it_is(wheel):
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (archive.read(name) for name in names if name.endswith("/METADATA"))
    message = BytesParser().parsebytes(metadata)
    assert message["Summary"] == PROJECT["description"]
    assert message["License-Expression"] == "MIT AND CC-BY-4.0"
    assert message["Description-Content-Type"] == "text/markdown"
    assert message.get_payload(decode=True).decode() == (ROOT / "README.md").read_text("utf-8")
    assert message.get_all("Classifier") == PROJECT["classifiers"]
    for minor in ("3.11", "3.12", "3.13"):
        assert f"Programming Language :: Python :: {minor}" in PROJECT["classifiers"]
    urls = PROJECT.get("urls", {})
    assert message.get_all("Project-URL", []) == [f"{name}, {url}" for name, url in urls.items()]
    for name in PROJECT["license-files"]:
        assert any(path.endswith(f".dist-info/licenses/{name}") for path in names)


def test_a_wheel_works_without_the_checkout(wheel, tmp_path):
    ZipFile(wheel).extractall(tmp_path / "installed")
    program = """
import helpers, matplotlib.pyplot as plt
plt.style.use("helpers.lesson")
print(helpers.__file__, helpers.explore("learning_rate", epochs=2).history.val_accuracy.shape)
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
    )
    assert run.stdout.split() == [str(tmp_path / "installed/helpers/__init__.py"), "(2,)"], (
        run.stderr
    )


def own_pip():
    """The environment with pip's own defaults."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**own, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def test_pip_resolves_the_conda_environment(tmp_path):
    """Offline, against the installed packages, at the pinned versions: only the project itself is left to install."""
    requirements = tmp_path / "requirements.txt"  # conda writes the same beside environment.yml
    requirements.write_text("\n".join(CONDA_PIP))
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index"]
    command += ["--no-build-isolation", "--requirement", str(requirements)]
    run = subprocess.run(command, cwd=ROOT, env=own_pip(), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    (left,) = re.findall("^Would install (.*)$", run.stdout, re.MULTILINE)
    assert canonicalize_name(left).startswith(PROJECT["name"])
    assert " " not in left


AUDITS = {
    "No known vulnerabilities found": (0, "No pinned version has a known vulnerability."),
    "Found 1 known vulnerability in 1 package": (1, "Found 1 known vulnerability in 1 package"),
    "ERROR:pip_audit._cli:x: Dependency not found": (1, "The service that lists"),
}


@pytest.mark.skipif(not shutil.which("make"), reason="asks make")
@pytest.mark.parametrize("heard", AUDITS)
def test_what_make_audit_makes_of_what_pip_audit_says(heard, tmp_path):
    code, sentence = AUDITS[heard]
    shutil.copy(ROOT / "Makefile", tmp_path)
    tool = tmp_path / ".venv/bin/pip-audit"
    tool.parent.mkdir(parents=True)
    tool.write_text(f"#!/bin/sh\necho '{heard}' >&2; exit {code}\n")
    tool.chmod(0o755)
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--old-file=.venv/audit", "audit"]
    run = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True)
    assert bool(run.returncode) == bool(code)
    assert (run.stdout + run.stderr).startswith(sentence)

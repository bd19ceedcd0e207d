"""The house stands as the README draws it."""

import ast
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HELPERS = ROOT / "helpers"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(HELPERS.rglob("*.py"))
}
STOREYS = [  # imports go down, or sideways
    {"helpers.start", "helpers.missing_names"},
    {"helpers.data", "helpers.experiment", "helpers.descent"},
    {"helpers.network", "helpers.schedules", "helpers.optimizers"},
    {"helpers.training", "helpers.keras_fit"},
    {
        "helpers.measures",
        "helpers.outcome",
        "helpers.plots",
        "helpers.tables",
        "helpers.keras_code",
    },
    {"helpers.claims", "helpers.exercise"},
    {"helpers.widgets"},
    {"helpers"},
]
NEVER_TRAIN = {"helpers.measures", "helpers.outcome", "helpers.plots", "helpers.tables"}
NEVER_TRAIN |= {"helpers.keras_code"}


def imports_of(path):
    """Every module that a file names in an import, in a function too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in FILES else node.module for name in names)


IMPORTS = {module: set(imports_of(path)) for module, path in FILES.items()}


def storey_of(module):
    room = ".".join(module.split(".")[:2])
    (storey,) = (number for number, rooms in enumerate(STOREYS) if room in rooms)
    return storey


@pytest.mark.parametrize("module", FILES)
def test_imports_run_one_way(module):
    for imported in IMPORTS[module] & set(FILES):
        assert storey_of(imported) <= storey_of(module), f"{module} imports {imported}"


def test_no_circle_of_imports():
    within = {module: imported & set(FILES) for module, imported in IMPORTS.items()}
    assert len(list(TopologicalSorter(within).static_order())) == len(FILES)


@pytest.mark.parametrize("module", sorted(NEVER_TRAIN))
def test_what_draws_or_tells_never_trains(module):
    assert not IMPORTS[module] & {"helpers.training", "helpers.keras_fit"}


@pytest.mark.parametrize("module", FILES)
def test_only_widgets_imports_ipywidgets(module):
    if not module.startswith("helpers.widgets"):
        assert not {name for name in IMPORTS[module] if name.split(".")[0] == "ipywidgets"}


@pytest.mark.parametrize("module", FILES)
def test_a_room_stays_small(module):
    lines = FILES[module].read_text("utf-8").count("\n")
    assert lines <= 250


def test_no_file_names_a_registry():
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    hosts = [b"pypi" + b".org", b"python" + b"hosted.org", b"npm" + b"js.org", b"debian" + b".org"]
    files = [ROOT / name.decode() for name in names.split(b"\0") if name]
    assert len(files) > 20
    for path in (path for path in files if path.is_file()):
        found = [host.decode() for host in hosts if host in path.read_bytes()]
        assert not found, f"{path.relative_to(ROOT)} names {found}"

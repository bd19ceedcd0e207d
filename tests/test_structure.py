"""The house stands as the README draws it."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from helpers.optimizers import OPTIMIZERS
from helpers.problems import PROBLEMS
from helpers.schedules import SCHEDULES

import pytest

ROOT = Path(__file__).parents[1]
HELPERS = ROOT / "helpers"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(HELPERS.rglob("*.py"))
}
STOREYS = [  # imports go down, or sideways
    {"helpers.start", "helpers.machine", "helpers.missing_names"},
    {"helpers.fields", "helpers.kept"},
    {"helpers.problems", "helpers.schedules", "helpers.optimizers"},
    {"helpers.experiment", "helpers.network"},
    {
        "helpers.descent",
        "helpers.gradient",
        "helpers.compiled",
        "helpers.training",
        "helpers.keras_fit",
        "helpers.keras_code",
    },
    {"helpers.measures", "helpers.outcome", "helpers.tables", "helpers.plots", "helpers.regions"},
    {"helpers.claims", "helpers.exercise", "helpers.recipes", "helpers.mysteries"},
    {"helpers.pictures"},
    {"helpers.widgets"},
    {"helpers"},
]
NEVER_TRAIN = ("helpers.measures", "helpers.outcome", "helpers.plots", "helpers.tables")
NEVER_TRAIN += ("helpers.keras_code", "helpers.pictures", "helpers.regions")


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


@pytest.mark.parametrize("module", [m for m in FILES if m.startswith(NEVER_TRAIN)])
def test_what_draws_or_tells_never_trains(module):
    assert not IMPORTS[module] & {"helpers.compiled", "helpers.training", "helpers.keras_fit"}


@pytest.mark.parametrize("module", FILES)
def test_only_widgets_imports_ipywidgets(module):
    if not module.startswith("helpers.widgets"):
        assert not {name for name in IMPORTS[module] if name.split(".")[0] == "ipywidgets"}


@pytest.mark.parametrize("module", FILES)
def test_a_room_stays_small(module):
    text = FILES[module].read_text("utf-8")
    assert text.count("\n") <= 240
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            within = [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.FunctionDef)]
            own = lines_of(node) - sum(map(lines_of, within))
            assert own <= 45, f"{node.name} has {own} lines"


def lines_of(node):
    return node.end_lineno - node.lineno + 1


TABLES = {
    "optimizers": (OPTIMIZERS, {"sgd"}),
    "schedules": (SCHEDULES, {"steps"}),  # that word means other things as well
    "problems": (PROBLEMS, {"blobs"}),
}


@pytest.mark.parametrize("table", TABLES)
def test_an_entry_of_a_table_is_known_to_that_table_alone(table):
    """What else speaks of one is a default, a claim or a riddle: to add one takes this one file."""
    entries, defaults = TABLES[table]
    for module, path in FILES.items():
        if module == f"helpers.{table}" or module.startswith(("helpers.claims", "helpers.recipes")):
            continue
        constants = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not constants & (set(entries) - defaults), module

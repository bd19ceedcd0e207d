"""The explorers of each notebook in JupyterLab, and one of all fields: everything on them is moved."""

import re
import symtable

from helpers.widgets.controls import CONTROLLED
from helpers.widgets.range_test import TESTED
from tests.browser.explorer import Explorer
from tests.browser.lab import ROOT, open_notebook, outputs, run_all, run_cells, write_notebook
from tests.browser.sweep import Sweep

import nbformat
import pytest

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
SHOWN = re.compile(r"^explore(_descent|_range_test)?\(", re.MULTILINE)


def cells_of_explorers(notebook) -> list[int]:
    """Numbers of the cells that show an explorer, and of those that make what they need.

    The other cells run under nbval: all of them together take minutes.
    """
    numbers, needed = [], set()
    for number, cell in reversed([*enumerate(notebook.cells)]):
        if cell.cell_type == "code":
            table = symtable.symtable(cell.source, cell.id, "exec")
            made = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
            if made & needed or SHOWN.search(cell.source):
                numbers.insert(0, number)
                needed = (needed - made) | (names_in(table) - made)
    return numbers


def names_in(table) -> set[str]:
    """The global names that a piece of program uses."""
    at_top = table.get_type() == "module"
    names = {
        s.get_name() for s in table.get_symbols() if s.is_referenced() and (at_top or s.is_global())
    }
    return names.union(*map(names_in, table.get_children()))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_explorer_of_a_notebook_moves(page, lab, folder, name, screenshots):
    open_notebook(page, lab, name)
    run_cells(page, *cells_of_explorers(nbformat.read(folder / name, nbformat.NO_CONVERT)))
    assert not [
        o for o in outputs(page) if o["output_type"] == "error" or o.get("name") == "stderr"
    ]
    page.wait_for_selector(".explorer-figure canvas")
    for number in range(page.locator(".explorer").count()):
        explorer = Explorer(page, number)
        explorer.settle()
        explorer.root.screenshot(path=screenshots / f"{name[:2]}-{number + 1}.png")
        Sweep(explorer).move_all()


WITH_ALL = {
    "all-fields": f"explore({str(CONTROLLED)[1:-1]}, loss=True)",
    "range-test": f"explore_range_test{TESTED}",
    "descent": "explore_descent()",
}


@pytest.mark.parametrize("name", WITH_ALL)
def test_everything_moves_on_an_explorer_of_all_fields(name, page, lab, folder, screenshots):
    cells = ["from helpers import explore, explore_descent, explore_range_test", WITH_ALL[name]]
    open_notebook(page, lab, write_notebook(folder, f"{name}.ipynb", *cells))
    run_all(page)
    page.wait_for_selector(".explorer-figure canvas")
    explorer = Explorer(page)
    explorer.settle()
    explorer.root.screenshot(path=screenshots / f"{name}.png")
    Sweep(explorer).move_all()

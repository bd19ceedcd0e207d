"""A plugin of pytest: each notebook goes back, from its last cell to its first, and shows the same.

In the kernel in which nbval went forwards: a name that a later cell writes over is seen, and so is a cell
that cannot be run again.
"""

from itertools import groupby
from operator import attrgetter

from nbval.plugin import IPyNbCell


def pytest_collection_modifyitems(items):
    """Put the way back behind each notebook's last cell."""
    cells = [item for item in items if isinstance(item, IPyNbCell)]
    for _, own in groupby(cells, attrgetter("parent")):
        back = [*own][::-1]
        place = items.index(back[0]) + 1
        items[place:place] = map(once_more, back)


def once_more(cell):
    """The same cell, compared with the same stored outputs."""
    same = {"cell_num": cell.cell_num, "cell": cell.cell, "options": cell.options}
    return IPyNbCell.from_parent(cell.parent, name=f"{cell.name} once more", **same)

"""One kernel at work: what each notebook takes of the processor until its first explorer is there.

The fourth, which trains most, is run to its end, for the memory that a kernel may come to.
"""

from contextlib import closing
from pathlib import Path

from tests.compatibility.front_end import FrontEnd

import nbformat
import psutil

LONGEST = "04"


def tell(what: str, value: str):
    print(f"{what:60}{value}", flush=True)


def cells_of(notebook: Path) -> list[str]:
    """The code of a notebook."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def memory(process: psutil.Process) -> tuple[float, float]:
    """MiB of a process: its private ones, and with its share of what it has in common (Linux alone)."""
    told = process.memory_full_info()
    return told.uss / 2**20, getattr(told, "pss", float("nan")) / 2**20


def computed(process: psutil.Process) -> float:
    """Seconds that the processor has computed for it."""
    return sum(process.cpu_times()[:2])


def alone(checkout: Path):
    """One notebook after another, with the helpers of that folder; a kernel beside shares the packages."""
    print("\nOne kernel at work, and one with an explorer at rest")
    folder, variables = checkout / "notebooks", {"PYTHONPATH": str(checkout)}
    with closing(FrontEnd(folder, variables)) as at_rest:
        at_rest.run("from helpers import explore\nexplore('learning_rate')")
        for notebook in sorted(folder.glob("[0-9]*.ipynb")):
            with closing(FrontEnd(folder, variables)) as front:
                tell_of(notebook.name[:2], cells_of(notebook), front)


def tell_of(number: str, cells: list[str], front: FrontEnd):
    """Run its cells, as far as they are measured."""
    process, left = psutil.Process(front.manager.provisioner.pid), iter(cells)
    for cell in left:
        front.run(cell)
        if front.explorers():
            break
    tell(f"notebook {number}, processor time to its first explorer", f"{computed(process):.1f} s")
    if number == LONGEST:
        for cell in left:
            front.run(cell)
        private, shared = memory(process)
        tell("    memory at its end, private", f"{private:.0f} MiB")
        tell("    with its share of what all kernels have in common", f"{shared:.0f} MiB")
    if front.faults:
        raise RuntimeError(f"In notebook {number}: {front.faults[0]}")

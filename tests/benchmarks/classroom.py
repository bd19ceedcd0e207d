"""A class on one machine: as many kernels as students, who drag the slider of an explorer.

    python -m tests.benchmarks.classroom [N] [--on plain|everything|both] [--checkout FOLDER]

Of notebook 4 each student runs the first cell and the explorer of rate and momentum, which needs no other: all
cells before it take a minute of processor time each. Each notebook to its first explorer is measured too, one after
another. The kernels take helpers and notebooks from the folder; nothing of it is imported here.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import mean, median, quantiles
from threading import Event

from tests.benchmarks.students import GAP, GIVEN_UP, Student, each_student
from tests.compatibility.front_end import FrontEnd

import nbformat
import psutil

ROOT = Path(__file__).parents[2]
FOURTH = "04_learning_rate_and_momentum.ipynb"
MODES = {
    "plain": "seeds off, no decision regions",
    "everything": "10 more seeds and decision regions",
}
ROOM = 0.4  # GiB that a kernel with an explorer may need


def students(text: str) -> int:
    """How many, from the command line."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 60):
        raise argparse.ArgumentTypeError(f"N must be a whole number from 1 to 60, not {text!r}.")
    return int(text)


def checkout(text: str) -> Path:
    """A folder with helpers and notebooks."""
    folder = Path(text).resolve()
    if not ((folder / "helpers").is_dir() and (folder / "notebooks" / FOURTH).is_file()):
        raise argparse.ArgumentTypeError(f"{text} is no checkout: it needs helpers/, notebooks/.")
    return folder


class Parser(argparse.ArgumentParser):
    """One that says what is wrong in one sentence."""

    def error(self, message):
        self.exit(2, f"{message}\n")


def options(arguments=None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = Parser(prog="classroom", description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=students, default=30, metavar="N")
    parser.add_argument("--on", choices=[*MODES, "both"], default="both")
    parser.add_argument("--checkout", type=checkout, default=ROOT)
    parser.add_argument("--bursts", type=int, choices=range(1, 7), default=3)
    parser.add_argument("--class-only", action="store_true")
    return parser.parse_args(arguments)


def cells_of(notebook: Path) -> list[str]:
    """The code of a notebook."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def first_cells(notebook: Path) -> list[str]:
    """Its first cell, and the explorer of rate and momentum."""
    cells = cells_of(notebook)
    return [cells[0], next(c for c in cells if c.startswith('explore("learning_rate", "momentum"'))]


def memory(process: psutil.Process) -> tuple[float, float]:
    """MiB of a process: its private ones, and with its share of what it has in common (Linux alone)."""
    told = process.memory_full_info()
    return told.uss / 2**20, getattr(told, "pss", float("nan")) / 2**20


def computed(process: psutil.Process) -> float:
    """Seconds that the processor has computed for it."""
    return sum(process.cpu_times()[:2])


def tell(what: str, value: str):
    print(f"{what:60}{value}", flush=True)


def tell_start(started: list[tuple]):
    """When each had its explorer, and what that took."""
    begun, had, seconds, private, shared = zip(*started)
    tell("until all have their explorer", f"{max(had) - min(begun):.1f} s")
    waits = [end - start for start, end in zip(begun, had)]
    tell("    each waits (median, longest)", f"{median(waits):.1f} s, {max(waits):.1f} s")
    tell("    processor time each", f"{mean(seconds):.1f} s")
    tell("memory of a kernel, private", f"{mean(private):.0f} MiB")
    tell("    with its share of what they have in common", f"{mean(shared):.0f} MiB")


def tell_drags(mode: str, drags: list):
    """How long pictures are waited for, and how many come."""
    waits = sorted(1000 * wait for drag in drags for wait in drag.waits())
    print(f"\nDragging, {MODES[mode]}")
    late = quantiles(waits, n=20, method="inclusive")[-1] if len(waits) > 1 else waits[0]
    tell("wait for a picture (median, 95th percentile)", f"{median(waits):.0f} ms, {late:.0f} ms")
    rate = sum(drag.pictures for drag in drags) / sum(drag.seconds for drag in drags)
    tell("pictures a second of a student who drags", f"{rate:.1f}")
    sent = sum(len(drag.wanted) for drag in drags)
    tell("values sent, and of them with no picture of their own", f"{sent}, {sent - len(waits)}")
    last = sum(drag.last_shown for drag in drags)
    tell("bursts that end with the picture of their last value", f"{last} of {len(drags)}")


def lesson(asked):
    """All students at once."""
    halt, modes = Event(), list(MODES) if asked.on == "both" else [asked.on]
    cells = first_cells(asked.checkout / "notebooks" / FOURTH)

    def make():
        return Student(asked.checkout / "notebooks", {"PYTHONPATH": str(asked.checkout)}, halt)

    def learn(number, together):
        """What one student does; everyone waits for all at each `together`."""
        halt.wait(number * min(2, 60 / asked.number))  # their first cells fall within a minute
        begun, student = time.monotonic(), make()
        try:
            for cell in cells:
                student.run(cell)
            process = psutil.Process(student.manager.provisioner.pid)
            had, seconds = time.monotonic(), computed(process)
            student.find_explorer()
            together()
            started, drags = (begun, had, seconds, *memory(process)), {}
            for mode in modes:
                student.show(mode == "everything")
                together()
                offset = GAP * number / asked.number
                drags[mode] = student.drag(asked.bursts, offset)
            together()
            return started, drags, student.faults
        finally:
            student.stop()

    told = each_student(asked.number, learn, halt)
    faults = [fault for _, _, faults in told for fault in faults]
    if faults:
        raise RuntimeError(f"In a kernel: {faults[0]}")
    print(f"{asked.number} students, {os.cpu_count()} processors\n")
    tell_start([started for started, _, _ in told])
    for mode in modes:
        tell_drags(mode, [burst for _, drags, _ in told for burst in drags[mode]])
    tell("\nprocessor time of this program beside them", f"{computed(psutil.Process()):.0f} s")


def alone(asked):
    """One kernel after another: each notebook to its first explorer, the fourth to its end."""
    print("\nOne kernel alone, all cells")
    for path in sorted((asked.checkout / "notebooks").glob("[0-9]*.ipynb")):
        front = FrontEnd(path.parent, {"PYTHONPATH": str(asked.checkout)}, patience=120)
        try:
            process, found = psutil.Process(front.manager.provisioner.pid), False
            for cell in cells_of(path):
                front.run(cell)
                if not found and front.explorers():
                    found = True
                    label = f"{path.name[:2]}: processor time to its first explorer"
                    tell(label, f"{computed(process):.1f} s")
                    if path.name != FOURTH:
                        break
            if path.name == FOURTH:
                private, shared = memory(process)
                tell(
                    "    memory at its end, private; with its share of what others have too",
                    f"{private:.0f} MiB, {shared:.0f} MiB",
                )
        finally:
            front.stop()


def main(arguments=None) -> str | None:
    """Measure and print; what went wrong, in a sentence."""
    asked = options(arguments)
    free = psutil.virtual_memory().available / 2**30
    if free < ROOM * asked.number:
        return (
            f"{asked.number} kernels need {ROOM * asked.number:.0f} GiB, but {free:.0f} are free."
        )
    try:
        lesson(asked)
        if not asked.class_only:
            alone(asked)
    except KeyboardInterrupt:
        return GIVEN_UP
    except (RuntimeError, TimeoutError) as error:
        return str(error)
    print(f"load of the machine, last minute: {os.getloadavg()[0]:.1f}")
    return None


if __name__ == "__main__":
    sys.exit(main())

"""A class on one machine: as many kernels as students, who drag the slider of an explorer.

    python -m tests.benchmarks.classroom [N] [--bursts B] [--checkout FOLDER] [--class-only]

Of notebook 4 each student runs the first cell and the explorer of rate and momentum, which needs no other: all
cells before it take a minute of processor time each. After the class, each notebook is run alone (alone.py). The
kernels take helpers and notebooks from the folder; nothing of it is imported here.
"""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path
from statistics import mean, median, quantiles
from threading import Event

from tests.benchmarks.alone import alone, cells_of, computed, memory, tell
from tests.benchmarks.students import GAP, GIVEN_UP, Student, each_student

import psutil

ROOT = Path(__file__).parents[2]
FOURTH = Path("notebooks", "04_learning_rate_and_momentum.ipynb")
MODES = {  # whether everything is shown
    False: "seeds off, no decision regions",
    True: "10 more seeds and decision regions",
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
    if not ((folder / "helpers").is_dir() and (folder / FOURTH).is_file()):
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
    parser.add_argument("--checkout", type=checkout, default=ROOT)
    parser.add_argument("--bursts", type=int, choices=range(1, 7), default=3)
    parser.add_argument("--class-only", action="store_true")
    return parser.parse_args(arguments)


def first_cells(notebook: Path) -> list[str]:
    """Its first cell, and the explorer of rate and momentum."""
    cells = cells_of(notebook)
    return [cells[0], next(c for c in cells if c.startswith('explore("learning_rate", "momentum"'))]


def tell_start(started: list[tuple]):
    """When each had its explorer, and what that took."""
    begun, had, seconds, private, shared = zip(*started)
    tell("until all have their explorer", f"{max(had) - min(begun):.1f} s")
    waits = [end - start for start, end in zip(begun, had)]
    tell("    each waits (median, longest)", f"{median(waits):.1f} s, {max(waits):.1f} s")
    tell("    processor time each", f"{mean(seconds):.1f} s")
    tell("memory of a kernel, private", f"{mean(private):.0f} MiB")
    tell("    with its share of what they have in common", f"{mean(shared):.0f} MiB")


def tell_drags(everything: bool, drags: list):
    """How long pictures are waited for, and how many come."""
    waits = sorted(1000 * wait for drag in drags for wait in drag.waits())
    print(f"\nDragging, {MODES[everything]}")
    late = quantiles(waits, n=20, method="inclusive")[-1] if len(waits) > 1 else waits[0]
    tell("wait for a picture (median, 95th percentile)", f"{median(waits):.0f} ms, {late:.0f} ms")
    rate = sum(drag.pictures for drag in drags) / sum(drag.seconds for drag in drags)
    tell("pictures a second of a student who drags", f"{rate:.1f}")
    sent = sum(len(drag.wanted) for drag in drags)
    tell("values sent, and of them with no picture of their own", f"{sent}, {sent - len(waits)}")
    last = sum(drag.last_shown for drag in drags)
    tell("bursts that end with the picture of their last value", f"{last} of {len(drags)}")


def learn(asked, halt: Event, number: int, together) -> tuple[tuple, dict]:
    """What one student does, and measures; everyone waits for all at each `together`."""
    halt.wait(number * min(2, 60 / asked.number))  # their first cells fall within a minute
    begun, notebook = time.monotonic(), asked.checkout / FOURTH
    student = Student(notebook.parent, {"PYTHONPATH": str(asked.checkout)}, halt)
    try:
        for cell in first_cells(notebook):
            student.run(cell)
        process = psutil.Process(student.manager.provisioner.pid)
        started = begun, time.monotonic(), computed(process), *memory(process)
        student.find_explorer()
        together()
        drags = {}
        for everything in MODES:
            student.show(everything)
            together()
            drags[everything] = student.drag(asked.bursts, GAP * number / asked.number)
        together()
        if student.faults:
            raise RuntimeError(f"In a kernel: {student.faults[0]}")
        return started, drags
    finally:
        student.close()


def lesson(asked):
    """All students at once."""
    halt = Event()
    told = each_student(asked.number, partial(learn, asked, halt), halt)
    print(f"{asked.number} students, {os.cpu_count()} processors\n")
    tell_start([started for started, _ in told])
    for everything in MODES:
        tell_drags(everything, [burst for _, drags in told for burst in drags[everything]])
    tell("\nprocessor time of this program beside them", f"{computed(psutil.Process()):.0f} s")


def main(arguments=None) -> str | None:
    """Measure and print; what went wrong, in a sentence."""
    asked = options(arguments)
    free = psutil.virtual_memory().available / 2**30
    need = ROOM * asked.number
    if free < need:
        return f"{asked.number} kernels need {need:.0f} GiB, but {free:.0f} are free."
    try:
        lesson(asked)
        if not asked.class_only:
            alone(asked.checkout)
    except KeyboardInterrupt:
        return GIVEN_UP
    except (RuntimeError, TimeoutError) as error:
        return str(error)
    print(f"load of the machine, last minute: {os.getloadavg()[0]:.1f}")
    return None


if __name__ == "__main__":
    sys.exit(main())

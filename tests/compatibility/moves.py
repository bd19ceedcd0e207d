"""Run a notebook and move everything on its explorers.

    python -m tests.compatibility.moves NOTEBOOK

Prints {"cells": …, "explorers": …, "moves": …, "faults": […]}. It needs nothing but a kernel's environment.
"""

import json
import sys
from math import log10
from pathlib import Path

from tests.compatibility.front_end import FrontEnd, classes, walk

import nbformat

LATER = ("explorer-hold", "explorer-seeds", "explorer-run", "mystery-kind")  # show nothing at once
ERROR = ("could not be shown", "must be", "is no ", "Interrupted")


def message_of(state, beside):
    """The message that moves a control to another value; None for what is no control.

    beside: the state of the slider that belongs to a box
    """
    kind = state["_model_name"].removesuffix("Model")
    if kind == "Button":
        return {"method": "custom", "content": {"event": "click"}}
    if kind in ("Checkbox", "ToggleButton"):
        new = {"value": not state["value"]}
    elif kind == "Dropdown":
        new = {"index": ((state["index"] or 0) + 1) % len(state["_options_labels"])}
    elif kind == "Accordion":
        new = {"selected_index": 0}
    elif kind in ("IntSlider", "FloatSlider", "FloatLogSlider"):
        new = {"value": stop_of(state, 0.4)}
    elif kind == "Text":
        new = {"value": f"{stop_of(beside, 0.6):.3g}"}
    else:
        return None
    return {"method": "update", "state": new, "buffer_paths": []}


def stop_of(slider, share):
    """The stop of a slider nearest to a share of its way; the next one where it stands there."""
    log = slider["_model_name"] == "FloatLogSliderModel"
    now = log10(slider["value"]) if log else slider["value"]
    stop, step = place_of(slider, share), slider["step"]
    return value_at(slider, stop + step if abs(stop - now) < step / 2 else stop)


def place_of(slider, share):
    """Where the stop nearest to a share of its way is."""
    lowest, highest, step = slider["min"], slider["max"], slider["step"]
    return lowest + step * round(share * (highest - lowest) / step)


def value_at(slider, place):
    """The value of a slider there: places of a logarithmic one are exponents."""
    return slider["base"] ** place if slider["_model_name"] == "FloatLogSliderModel" else place


class Moves:
    """Moves everything on one explorer, and says what does not follow."""

    def __init__(self, front, root):
        self.front, self.models, self.count = front, front.models, 0
        self.parts = dict(walk(self.models, root))

        def named(css_class):
            return next((p for p in self.parts if css_class in classes(self.models[p])), None)

        self.figure, self.status = named("explorer-figure"), named("explorer-status")
        self.seeds, self.run = named("explorer-seeds"), named("explorer-run")

    def fault(self, what):
        self.front.faults.append(f"{what}: {self.models[self.status]['value'][:300]}")

    def looks(self):
        """The picture and the sentence."""
        return self.models[self.figure].get("frame"), self.models[self.status]["value"]

    def all(self):
        for part, following in self.parts.items():
            self.move(part, self.models.get(following))
        if self.seeds and not self.changes(1, 120):
            self.fault("more seeds never come")

    def changes(self, times, seconds):
        """Whether the picture changes so often unasked: in a walk, or when more seeds are trained."""
        seen = {self.looks()[0]}

        def often():
            seen.add(self.looks()[0])
            return len(seen) > times

        return self.front.listen(often, seconds)

    def move(self, part, beside):
        state, before = self.models[part], self.looks()
        message, name = message_of(state, beside), classes(state)
        if message is None or state.get("disabled"):
            return
        if part == self.seeds:
            message["state"]["index"] = 2  # 20 of them
        changed = self.front.send(part, message)
        self.count += 1
        if name.startswith(("control-", "box-")):
            changed = self.looks() != before
        if not changed and name not in LATER:
            self.fault(f"{name} changes nothing")
        if part == self.run and not self.changes(4, 60):
            self.fault("it does not walk on")
        if any(words in self.looks()[1] for words in ERROR):
            self.fault(f"{name} fails")


def report(path: Path) -> dict:
    """Run the notebook, and move what it shows."""
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    front, moves = FrontEnd(path.parent), 0
    try:
        for cell in cells:
            front.run(cell.source)
        front.use_subshell()
        roots = front.explorers()
        for root, data in roots.items():
            if "image/png" not in data:
                front.faults.append("an explorer without a still picture")
            mover = Moves(front, root)
            mover.all()
            moves += mover.count
    finally:
        front.close()
    told = {"cells": len(cells), "explorers": len(roots), "moves": moves}
    return told | {"faults": front.faults}


if __name__ == "__main__":
    print(json.dumps(report(Path(sys.argv[1]).resolve())))

"""Run a notebook and move everything on its explorers by the widget protocol, as a front end does.

    python front_end.py NOTEBOOK

Prints {"cells": …, "explorers": …, "moves": …, "faults": […]}. It imports no helpers, and so runs in every
environment with a kernel; where kernels have subshells, moves go to one, as JupyterLab's do.
"""

import json
import os
import sys
import time
from contextlib import suppress
from math import log10
from pathlib import Path
from queue import Empty
from threading import Event

import nbformat
from jupyter_client.manager import KernelManager

PATIENCE = 600  # seconds
VIEW = "application/vnd.jupyter.widget-view+json"
LATER = ("explorer-hold", "explorer-seeds", "explorer-run", "mystery-kind")  # show nothing at once
ERROR = ("could not be shown", "must be", "is no ", "Interrupted")


class FrontEnd:
    """A kernel, the models that it has told of, and what went wrong.

    variables: of the kernel's environment, besides our own; halt: gives up, once it is set
    """

    def __init__(self, folder, variables=(), halt=None, patience=PATIENCE):
        self.halt, self.patience = halt or Event(), patience
        self.models, self.shown, self.faults, self.where = {}, [], [], {}
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env=os.environ | dict(variables))
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=patience)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def use_subshell(self):
        """From now on, talk to a thread beside the one that runs cells, if the kernel has such threads."""
        asked = self.client.kernel_info()
        reply = {"parent_header": {}}
        while reply["parent_header"].get("msg_id") != asked:  # those to the cells come first
            reply = self.client.get_shell_msg(timeout=self.patience)
        if "kernel subshells" in (reply["content"].get("supported_features") or ()):
            self.client.control_channel.send(self.client.session.msg("create_subshell_request"))
            reply = self.client.get_control_msg(timeout=self.patience)["content"]
            self.where = {"subshell_id": reply["subshell_id"]}

    def explorers(self) -> dict:
        """What was shown of each explorer, by its model."""
        shown = {data[VIEW]["model_id"]: data for data in self.shown}
        return {
            m: data for m, data in shown.items() if "explorer" in classes(self.models[m]).split()
        }

    def run(self, code):
        self.finish(self.client.execute(code))

    def send(self, model, data):
        """Send a message to a model and hear what follows; the models that changed."""
        return self.finish(self.post(model, data))

    def post(self, model, data) -> str:
        """Send a message to a model; the message's id."""
        message = self.client.session.msg("comm_msg", {"comm_id": model, "data": data})
        message["header"].update(self.where)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def finish(self, request):
        changed, end = set(), time.monotonic() + self.patience
        while True:
            message = self.next(end)
            changed |= self.hear(message)
            if (
                message["parent_header"].get("msg_id") == request
                and message["content"].get("execution_state") == "idle"
            ):
                return changed

    def next(self, end):
        """The next message of the kernel, until a time."""
        while time.monotonic() < end and not self.halt.is_set():
            with suppress(Empty):
                return self.client.get_iopub_msg(timeout=1)
            if not self.manager.is_alive():
                raise RuntimeError("A kernel has died.")
        raise TimeoutError(f"A kernel has not answered within {self.patience} seconds.")

    def listen(self, until, seconds):
        """Hear what comes unasked, until something holds; whether it does."""
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            with suppress(Empty):
                self.hear(self.client.get_iopub_msg(timeout=0.2))
        return until()

    def hear(self, message) -> set:
        """Take in one message; the models that it changes."""
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            self.faults.append(f"{content['ename']}: {content['evalue']}"[:200])
        elif kind == "stream" and content["name"] == "stderr":
            self.faults.append(f"stderr: {content['text'][:200]}")
        elif kind in ("display_data", "execute_result") and VIEW in content["data"]:
            self.shown.append(content["data"])
        elif (
            kind in ("comm_open", "comm_msg")
            and content["data"].get("method", "update") == "update"
        ):
            state = content["data"].get("state", {})
            for path, buffer in zip(content["data"].get("buffer_paths", []), message["buffers"]):
                state[path[0]] = bytes(buffer)
            self.models.setdefault(content["comm_id"], {}).update(state)
            return {content["comm_id"]}
        return set()


def walk(models, model):
    """A model and all its parts: (id, the id of what stands behind it in its box)."""
    parts = [part.removeprefix("IPY_MODEL_") for part in models[model].get("children", ())]
    for part, following in zip(parts, [*parts[1:], None]):
        yield part, following
        yield from walk(models, part)


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


def classes(state):
    return " ".join(state.get("_dom_classes", ()))


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
        front.stop()
    told = {"cells": len(cells), "explorers": len(roots), "moves": moves}
    return told | {"faults": front.faults}


if __name__ == "__main__":
    print(json.dumps(report(Path(sys.argv[1]).resolve())))

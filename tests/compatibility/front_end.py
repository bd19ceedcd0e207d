"""A kernel by the widget protocol, as a front end has it: run cells, hear what comes, move what is there.

It imports no helpers, and so runs in every environment with a kernel; where kernels have subshells, messages to
widgets go to one, as JupyterLab's do.
"""

import os
import time
from contextlib import suppress
from queue import Empty
from threading import Event

from jupyter_client.manager import KernelManager

PATIENCE = 600  # seconds
VIEW = "application/vnd.jupyter.widget-view+json"


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
            self.close()
            raise

    def close(self):
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


def classes(state):
    return " ".join(state.get("_dom_classes", ()))

"""In a real kernel: cells out of order, the stop button, a kernel that dies, sliders in between."""

import signal
import time
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[1]
PATIENCE = 300  # seconds; only a kernel that hangs lets a test wait so long
SETUP = "from helpers import Experiment, explore, train, train_many"


class Kernel:
    """A kernel to talk to as a notebook does."""

    def __init__(self):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(ROOT / "notebooks"))
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def finish(self, message_id, until=None):
        """Collect what a request printed and raised, to its end or up to a text: (text, errors)."""
        text, errors = "", []
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                text += content["text"]
            elif message["msg_type"] in ("execute_result", "display_data"):
                text += content["data"].get("text/plain", "")
            elif message["msg_type"] == "error":
                errors.append("\n".join(content["traceback"]))
            if content.get("execution_state") == "idle" or (until and until in text):
                return text, errors

    def start(self, code, cell=None):
        """Have code executed, as the cell of this name; the id of the message."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        content |= {"user_expressions": {}, "stop_on_error": True}
        metadata = {"cellId": cell} if cell else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def run(self, code, cell=None):
        return self.finish(self.start(code, cell))

    def slide(self, model_id, value):
        """Move a slider as the front end does; the id of the message."""
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        message = self.client.session.msg("comm_msg", {"comm_id": model_id, "data": data})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]


@contextmanager
def new_kernel():
    kernel = Kernel()
    try:
        yield kernel
    finally:
        kernel.stop()


def test_before_the_setup_cell_one_sentence_says_what_to_do(kernel):
    kernel.run("%reset -f")
    _, errors = kernel.run("explore('learning_rate')")
    assert len(errors) == 1
    assert errors[0].startswith(
        "NameError: 'explore' is not known yet: a cell further up defines it."
    )
    assert "\n" not in errors[0]
    assert "Run All Above" in errors[0]


def test_after_the_setup_cell_as_well_and_other_errors_keep_their_traceback(kernel):
    assert kernel.run(SETUP) == ("", [])
    _, (error,) = kernel.run("fit_model(0.1)")
    assert error.startswith("NameError: 'fit_model' is not known yet")
    _, (error,) = kernel.run("1 / 0")
    assert "Traceback" in error
    assert "ZeroDivisionError" in error
    _, (error,) = kernel.run("raise NameError('of another kind')")
    assert "of another kind" in error
    _, (error,) = kernel.run("def f():\n    x += 1\nf()")
    assert "UnboundLocalError" in error
    assert "Traceback" in error


def test_a_cell_gives_the_same_however_often_it_is_run(kernel):
    kernel.run(SETUP)
    code = "print(train(Experiment(epochs=20)).loss.tobytes().hex())"
    first = kernel.run(code)
    assert not first[1]
    kernel.run("train_many([Experiment(seed=seed, epochs=20) for seed in range(8)])")
    assert kernel.run(code) == first
    assert kernel.run(SETUP) == ("", [])
    assert kernel.run(code) == first


def slider(kernel, name="explorer"):
    code = f"{name} = explore('learning_rate'); print({name}.controls['learning_rate'].slider.model_id)"
    return kernel.run(code)[0].strip()


def run_shown(kernel, name="explorer"):
    text, errors = kernel.run(
        f"print(f'{{{name}.history.experiment.learning_rate:.3g}}', {name}.status.value)"
    )
    assert not errors
    return text


COUNTED = """
import helpers.training

def counted(*arguments, **settings):
    runs.append(arguments)
    if len(runs) == 4:
        print("trains", flush=True)
    return recorded(*arguments, **settings)

runs, recorded = [], helpers.training._recorded
helpers.training._recorded = counted
"""


def test_the_stop_button_while_a_cell_trains(kernel):
    kernel.run(SETUP)
    kernel.run(COUNTED)
    request = kernel.start("train_many([Experiment(seed=seed) for seed in range(3000)])")
    kernel.finish(request, until="trains")
    kernel.manager.interrupt_kernel()
    _, (error,) = kernel.finish(request)
    assert "KeyboardInterrupt" in error
    left = kernel.run("3000 - len(runs)")
    assert int(left[0]) > 0
    assert kernel.run("3000 - len(runs)") == left, "what is left is given up"
    assert kernel.run("len(train(Experiment(epochs=5)).loss)") == ("5", [])
    kernel.run("helpers.training._recorded = recorded")


def test_a_slider_that_moves_while_a_cell_runs_is_answered_after_it(kernel):
    kernel.run(SETUP)
    model_id = slider(kernel)
    request = kernel.start(
        "train_many([Experiment(seed=seed) for seed in range(40)])[0].experiment.seed"
    )
    moves = [kernel.slide(model_id, value) for value in (0.001, 0.1, 0.05011872336272722)]
    assert kernel.finish(request) == ("0", [])
    assert not any(kernel.finish(move)[1] for move in moves[-1:])
    shown = run_shown(kernel)
    assert shown.startswith("0.0501 ")
    assert "learning rate 0.0501:" in shown


def test_the_stop_button_while_a_slider_moves(kernel):
    kernel.run(SETUP)
    model_id = slider(kernel)
    for value in (0.001, 0.002, 0.003):
        move = kernel.slide(model_id, value)
        time.sleep(0.02)
        kernel.manager.interrupt_kernel()
        kernel.finish(move)
    text, errors = kernel.finish(kernel.slide(model_id, 0.1))
    assert (text, errors) == ("", [])
    assert run_shown(kernel).startswith("0.1 ")


def test_two_explorers_keep_apart(kernel):
    kernel.run(SETUP)
    first, second = slider(kernel, "first"), slider(kernel, "second")
    for value in (0.1, 0.001, 0.1):
        kernel.finish(kernel.slide(first, value))
    kernel.finish(kernel.slide(second, 0.001))
    assert run_shown(kernel, "first").startswith("0.1 ")
    assert run_shown(kernel, "second").startswith("0.001 ")


def test_a_message_that_means_nothing_changes_nothing(kernel):
    kernel.run(SETUP)
    model_id = slider(kernel)
    before = run_shown(kernel)
    for value in ("abc", None, [1], {}):
        kernel.finish(kernel.slide(model_id, value))
        assert run_shown(kernel) == before


def test_a_kernel_that_dies_in_a_run_starts_anew(kernel):
    kernel.run(SETUP)
    kernel.run(COUNTED)
    request = kernel.start("train_many([Experiment(seed=seed) for seed in range(3000)])")
    kernel.finish(request, until="trains")
    kernel.manager.signal_kernel(signal.SIGKILL)
    kernel.client.stop_channels()
    kernel.manager.restart_kernel(now=True)
    kernel.connect()
    assert kernel.run(SETUP) == ("", [])
    assert kernel.run("print(len(train(Experiment(epochs=5)).loss))") == ("5\n", [])

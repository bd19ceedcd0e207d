"""What SECURITY.md promises."""

import ast
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from helpers import explore, explore_descent, explore_range_test
from helpers.widgets.controls import CONTROLLED
from tests.browser.lab import ROOT
from tests.test_explorer import descendants
from tests.test_structure import FILES

import ipywidgets as widgets
import pytest

ATTACK = "<img src=x onerror=alert(1)>"
OURS = [ROOT / name for name in ("Makefile", "README.md", ".ci/run", "tools/set_up.py")]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    """Whether a server accepts connections there; it writes its address before it does."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def status_of(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.fixture(scope="module")
def log_of_lab(tmp_path_factory):
    """What `make lab` writes; the server runs meanwhile, on a port that nobody else has."""
    home, port = tmp_path_factory.mktemp("home"), free_port()
    options = f"--no-browser --port={port} --ServerApp.port_retries=0 --allow-root"
    variables = [f"HOME={home}", f"MINE={home}/own", f"LAB_ARGS={options}"]
    variables.append(f"PYTHON={sys.executable}")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER_", "MAKE"))}
    log = home / "log"
    with open(log, "wb") as file:
        server = subprocess.Popen(
            ["make", "lab", *variables],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    end = time.monotonic() + 300
    while server.poll() is None and time.monotonic() < end:
        if "token=" in log.read_text() and answers(port):
            break
        time.sleep(0.1)
    yield port, log.read_text()
    os.killpg(server.pid, 15)
    server.wait(20)


def test_lab_listens_on_this_computer_alone(log_of_lab):
    port, log = log_of_lab
    tables = [path for path in map(Path, ("/proc/net/tcp", "/proc/net/tcp6")) if path.exists()]
    if not tables:
        pytest.skip("only Linux lists who listens where")
    rows = [row.split() for table in tables for row in table.read_text().splitlines()[1:]]
    listening = {
        row[1].split(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"
    }
    assert listening, log
    assert listening <= {"0100007F", "00000000000000000000000001000000"}


def test_lab_asks_for_its_token(log_of_lab):
    port, log = log_of_lab
    (token,) = set(re.findall(r"token=(\w+)", log))
    assert len(token) >= 40
    address = f"http://127.0.0.1:{port}/api/contents"
    assert status_of(address) == 403
    assert status_of(f"{address}?token=") == 403
    assert status_of(f"{address}?token={token[:-1]}") == 403
    assert status_of(f"{address}?token={token}") == 200


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_command_of_ours_opens_lab_to_others(path):
    loose = r"--ip\b|ServerApp\.ip|0\.0\.0\.0|[.-]token=|password=|disable_check_xsrf|allow_origin"
    assert not re.search(loose, path.read_text("utf-8"))


@pytest.mark.parametrize("module", FILES)
def test_helpers_run_no_text_as_a_program(module):
    forbidden = {"eval", "exec", "__import__", "system", "Popen"}
    for node in ast.walk(ast.parse(FILES[module].read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", None))
            assert called not in forbidden, f"{module}, line {node.lineno}"


def boxes_of(explorer):
    return [w for w in descendants(explorer) if isinstance(w, widgets.Text | widgets.Combobox)]


def shown_as_html(explorer):
    kinds = widgets.HTML | widgets.HTMLMath | widgets.Label
    return [w.value for w in descendants(explorer) if isinstance(w, kinds)]


EXPLORERS = {
    "every field": lambda: explore(*CONTROLLED, schedule=[(2, 0.1)], epochs=5),
    "learning_rate": lambda: explore("learning_rate", epochs=5),
    "descent": explore_descent,
    "range test": lambda: explore_range_test("momentum", "seed", "batch_size"),
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_what_is_typed_is_never_shown_as_html(name):
    explorer = EXPLORERS[name]()
    assert boxes_of(explorer)
    for box in boxes_of(explorer):
        box.value = ATTACK
        escaped = [html for html in shown_as_html(explorer) if "&lt;img src=x" in html]
        assert escaped or box.disabled, f"{box.description} took it silently"
        assert not any("<img" in html for html in shown_as_html(explorer)), box.description


OFFLINE = """
import sys
calls = []
sys.addaudithook(lambda event, given: event.startswith("socket.") and calls.append((event, given)))
from helpers import Experiment, explore, explore_descent, fit_keras, train
train(Experiment(epochs=5))
fit_keras(Experiment(epochs=1))
explore("learning_rate", epochs=5)
explore_descent()
OUT = ("socket.connect", "socket.sendto", "socket.getaddrinfo")
print("calls", [call for call in calls if call[0] in OUT])
"""


def test_helpers_open_no_connection():
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "calls []"

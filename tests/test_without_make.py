"""The commands that stand for `make lab` and `make test` where there is no make, as on Windows."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WINDOWS, OTHERS = ".venv\\Scripts\\", ".venv/bin/"


def commands_of(document):
    """The lines of the block of commands that sets up, or that tests."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if ".venv" in block)
    return block.strip().splitlines()


@pytest.mark.skipif(not shutil.which("make"), reason="asks make")
@pytest.mark.parametrize(("document", "goal"), [("README.md", "lab"), ("CONTRIBUTING.md", "test")])
def test_they_are_what_make_runs(document, goal):
    command = ["make", "--dry-run", "--always-make", goal, "PYTHON=python"]
    own = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    run = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True)
    recipe = [set(shlex.split(line)) for line in run.stdout.replace("\\\n", "").splitlines()]
    for line in commands_of(document):
        words = set(shlex.split(line.replace(WINDOWS, OTHERS)))
        assert any(words <= step for step in recipe), line


def test_the_workflow_runs_what_is_written_out():
    workflow = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    set_up, _, _ = commands_of("README.md")
    check, *_, tests = commands_of("CONTRIBUTING.md")
    for command in (set_up, check, tests.removesuffix(" tests notebooks") + " notebooks"):
        assert f"- run: {command.replace(OTHERS, WINDOWS)}\n" in workflow


def here(command, folder):
    """A command of the README with this Python's environment and another folder."""
    words = command.replace("my_notebooks", "MINE").removeprefix(WINDOWS).split()
    program, *arguments = [word.replace("MINE", str(folder)) for word in words]
    scripts = Path(sysconfig.get_path("scripts"))
    return [sys.executable if program == "python" else str(scripts / program), *arguments]


def served(address):
    """The names that a server has; None as long as it does not answer."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return {entry["name"] for entry in json.load(answer)["content"]}
    except OSError:
        return None


def test_they_open_the_copies(tmp_path):
    _, copies, lab = (here(command, tmp_path / "own") for command in commands_of("README.md"))
    subprocess.run(copies, cwd=ROOT, check=True, capture_output=True)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--allow-root"]
    options.append("--IdentityProvider.token=for-this-test")
    server = subprocess.Popen([*lab, *options], cwd=ROOT, stderr=subprocess.DEVNULL)
    end, names = time.monotonic() + 180, None
    while names is None and server.poll() is None and time.monotonic() < end:
        time.sleep(0.2)
        names = served(f"http://127.0.0.1:{port}/api/contents?token=for-this-test")
    server.terminate()
    server.wait(20)
    assert names == {path.name for path in (ROOT / "notebooks").glob("[!.]*")}

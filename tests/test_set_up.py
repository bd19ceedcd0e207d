"""`make env` where something is in its way: it works all the same, or one sentence mends it when followed."""

import ast
import http.server
import os
import re
import runpy
import shutil
import ssl
import subprocess
import sys
import threading
from functools import partial

from tests.checkout import FETCHED, ROOT, checkout, link_packages, make_wheels, run, seeing

import pytest

NO_PACKAGES = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": 1}
BEGINS = "Setting up .venv; the first time takes a few minutes ..."


@pytest.fixture
def project(tmp_path):
    return checkout(tmp_path / "project")


def set_up(project, *before, **variables):
    """What `make env` says is in its way, a sentence; nothing if .venv is ready."""
    said, works = run(*before, "make", "env", f"PYTHON={sys.executable}", cwd=project, **variables)
    assert works == (project / ".venv/ready").exists()
    return said.removeprefix(BEGINS).strip().partition("\n")[0]


class College(http.server.SimpleHTTPRequestHandler):
    """A proxy that opens what is encrypted, and answers everything itself, with the files of a folder."""

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.setup()
        self.close_connection = False

    def finish(self):
        super().finish()
        self.request.close()


@pytest.fixture
def college(tmp_path):
    """The address of the proxy, and its certificate."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here, which makes certificates")
    certificate = tmp_path / "college.pem"
    names = ["-subj", "/CN=packages.invalid", "-addext", "subjectAltName=DNS:packages.invalid"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names]
    command += ["-keyout", certificate, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    handler = partial(College, directory=make_wheels(tmp_path / "wheels"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(certificate)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", certificate
        server.shutdown()


def test_the_network_of_a_college_and_settings_of_pip(project, college, tmp_path):
    """Out of reach but for a proxy, which shows a certificate of its own; packages would go elsewhere."""
    (tmp_path / "pip.conf").write_text(
        "[global]\nno-index = true\nfind-links = https://packages.invalid/\nretries = 1\n"
        f"[install]\nuser = true\nprefix = {tmp_path}/elsewhere\n"
    )
    variables = {"PIP_CONFIG_FILE": tmp_path / "pip.conf", "PIP_REQUIRE_VIRTUALENV": 1}
    variables |= {"PIP_TARGET": tmp_path / "elsewhere", "PIP_USER": 1}
    variables["PYTHONPATH"] = link_packages(tmp_path / "packages", without=FETCHED)
    for fault, value in zip(("pip does not reach its packages", "The network shows"), college):
        sentence = set_up(project, **variables)
        assert sentence.startswith(fault)
        (name,) = re.search("call make env ([A-Z_]+)=", sentence).groups()
        variables[name] = value
    assert set_up(project, **variables) == ""
    assert (project / ".venv/bin/jupyter").exists()
    assert not (tmp_path / "elsewhere").exists()


def small(folder, size):
    """The words that mount a disk of that size; it takes no memory before it is filled."""
    folder.mkdir(exist_ok=True)
    return ["-t", "tmpfs", "-o", f"size={size}", "small", folder]


def test_a_disk_that_is_too_small(project, tmp_path):
    """One for .venv; one for temporary files, which go elsewhere; one that is full before it is expected."""
    venv, temporary, full = project / ".venv", tmp_path / "temporary", tmp_path / "full"
    room = rf"The set-up needs up to 3 GiB, and there are \d+ MiB free in {venv}, \d+ MiB free in "
    for sizes, answer in {("30m", "4g"): room, ("3g", "1m"): r"The set-up stopped \("}.items():
        before = seeing(small(venv, sizes[0]), small(temporary, sizes[1]))
        assert re.match(answer, set_up(project, *before, TMPDIR=temporary, **NO_PACKAGES))
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--ignore-installed",
        "--prefix",
        full,
        "setuptools",
    ]
    wheels = make_wheels(tmp_path / "wheels")
    said, works = run(
        *seeing(small(full, "1m")), *pip, cwd=project, PIP_FIND_LINKS=wheels, **NO_PACKAGES
    )
    assert not works
    assert "make room" in runpy.run_path(str(ROOT / "tools/set_up.py"))["explain"](said)


@pytest.mark.parametrize("version", [(3, 6), (3, 10), (3, 14)])
def test_a_python_out_of_range_is_told_what_is_needed(version, project):
    ast.parse((ROOT / "tools/set_up.py").read_text("utf-8"), feature_version=(3, 6))
    program = f"import runpy, sys; sys.version_info = {(*version, 1)}; "
    program += "runpy.run_path('tools/set_up.py', run_name='__main__')"
    said, works = run(sys.executable, "-c", program, cwd=project)
    assert not works
    assert said.startswith("These notebooks need Python 3.11, 3.12 or 3.13, and this is 3.")
    assert not (project / ".venv").exists()

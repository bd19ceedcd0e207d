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

from tests.checkout import FETCHED, ROOT, checkout, link_packages, make_wheels, run, seeing

import pytest

NEW = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": 1}
SET_UP = runpy.run_path(str(ROOT / "tools/set_up.py"))


@pytest.fixture(scope="module")
def supplies(tmp_path_factory):
    """The packages of this environment, but for some of which there are wheels."""
    folder = tmp_path_factory.mktemp("supplies")
    link_packages(folder / "packages", without=FETCHED)
    make_wheels(folder / "wheels")
    return {"PYTHONPATH": folder / "packages", "PIP_FIND_LINKS": folder / "wheels"}


@pytest.fixture
def project(tmp_path):
    return checkout(tmp_path / "project")


def set_up(project, *before, **variables):
    """What `make env` says; and whether .venv is ready."""
    said, works = run(*before, "make", "env", f"PYTHON={sys.executable}", cwd=project, **variables)
    assert works == os.path.exists(project / ".venv/ready")
    first, _, sentence = said.partition("\n\n")
    assert first == "Setting up .venv; the first time takes a few minutes ..."
    return sentence.partition("\n")[0], works


def test_settings_of_pip_that_would_put_packages_elsewhere(project, supplies, tmp_path):
    settings = tmp_path / "pip.conf"
    settings.write_text(
        f"[global]\nno-index = true\nrequire-hashes = true\n[install]\nuser = true\n"
        f"find-links =\n  /nowhere\n  {supplies['PIP_FIND_LINKS']}\nprefix = {tmp_path}/elsewhere\n"
    )
    variables = {"PIP_CONFIG_FILE": settings, "PIP_REQUIRE_VIRTUALENV": 1, "PIP_NO_DEPS": 1}
    variables |= {"PIP_TARGET": tmp_path / "elsewhere", "PIP_CONSTRAINT": tmp_path / "missing"}
    answer = set_up(project, PYTHONPATH=supplies["PYTHONPATH"], **variables)
    assert answer == ("", True)
    assert (project / ".venv/bin/jupyter-lab").exists()
    assert not (tmp_path / "elsewhere").exists()


def small(folder, size):
    """The words that mount a disk of that size; it takes no memory before it is filled."""
    folder.mkdir(exist_ok=True)
    return ["-t", "tmpfs", "-o", f"size={size}", "small", folder]


def test_a_disk_that_is_too_small(project, supplies, tmp_path):
    """And then is large enough, but the temporary folder is not."""
    venv, temporary, answers = project / ".venv", tmp_path / "temporary", []
    for sizes, found in ((("30m", "4g"), "! test"), (("3g", "1m"), "test")):
        before = seeing(small(venv, sizes[0]), small(temporary, sizes[1]))
        inside = f'make env PYTHON="{sys.executable}"; {found} -e .venv/ready'
        variables = {**NEW, **supplies, "TMPDIR": temporary}
        answers.append(run(*before, "sh", "-c", inside, cwd=project, **variables))
    assert [as_expected for _, as_expected in answers] == [True, True], answers
    assert re.search(rf"3 GiB, and there are \d+ MiB free in {venv}, \d+ MiB", answers[0][0])


def test_a_disk_that_is_full_although_it_did_not_say_so(project, supplies, tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--ignore-installed", "setuptools"]
    pip += ["--prefix", tmp_path / "small", "--find-links", supplies["PIP_FIND_LINKS"]]
    said, works = run(*seeing(small(tmp_path / "small", "1m")), *pip, cwd=project, **NEW)
    assert not works
    assert "make room" in SET_UP["explain"](said)


class College(http.server.SimpleHTTPRequestHandler):
    """A proxy that opens what is encrypted, and answers everything itself with the files of a folder."""

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.setup()
        self.close_connection = False

    def finish(self):
        super().finish()
        self.request.close()

    def translate_path(self, path):
        return os.path.join(self.server.folder, os.path.basename(path))

    def log_message(self, *words):
        pass


@pytest.fixture
def college(tmp_path, supplies):
    """The address of the proxy, and its certificate."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here, which makes certificates")
    key, certificate = tmp_path / "key.pem", tmp_path / "college.pem"
    names = ["-subj", "/CN=packages.invalid", "-addext", "subjectAltName=DNS:packages.invalid"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names]
    command += ["-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), College) as server:
        server.handle_error = lambda *which: None  # a handshake that pip refuses
        server.folder = supplies["PIP_FIND_LINKS"]
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(certificate, key)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", certificate
        server.shutdown()


def test_the_network_of_a_college(project, supplies, college):
    """Out of reach but for a proxy, which shows a certificate of its own."""
    proxy, certificate = college
    variables = {"PYTHONPATH": supplies["PYTHONPATH"], "PIP_RETRIES": 0}
    variables |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "https://packages.invalid/simple/",
    }
    said, works = set_up(project, **variables)
    assert not works
    assert said.startswith("pip does not reach its packages: join a network")
    (name, _) = re.search("call make env ([A-Z_]+)=(http:.*)\\.", said).groups()
    said, works = set_up(project, **variables, **{name: proxy})
    assert not works
    assert said.startswith("The network shows a certificate that Python does not know")
    (other,) = re.search("call make env ([A-Z_]+)=FILE", said).groups()
    assert set_up(project, **variables, **{name: proxy, other: certificate}) == ("", True)


def test_a_python_without_ensurepip(project, tmp_path):
    """As Debian's without python3-venv."""
    (tmp_path / "empty").mkdir()
    program = "import ensurepip; print(ensurepip.__path__[0])"
    place, _ = run(sys.executable, "-c", program, cwd=project)
    said, works = set_up(project, *seeing(["--bind", tmp_path / "empty", place]))
    assert not works
    assert said.startswith("This Python cannot make a virtual environment")
    (command,) = re.search("call sudo (apt install .*), then make env", said).groups()
    if not run("apt-cache", "show", "python3-venv", cwd=project)[1]:
        pytest.skip("only Debian's lists know whether that package is there")
    assert run(*command.replace("apt", "apt-get --simulate", 1).split(), cwd=project)[1]


def test_a_computer_for_which_tensorflow_has_no_package(project, supplies, tmp_path):
    packages = link_packages(tmp_path / "packages", without=(*FETCHED, "tensorflow"))
    said, works = set_up(project, **NEW, **supplies | {"PYTHONPATH": packages})
    assert not works
    assert said.startswith("TensorFlow has no package for ")


def test_what_nobody_has_foreseen(project, supplies):
    (project / "constraints.txt").write_text("setuptools==1.0\n")
    said, _ = set_up(project, **NEW, **supplies)
    assert said.startswith("The set-up stopped (Cannot install setuptools ")
    shutil.copy(ROOT / "constraints.txt", project)
    (command,) = re.search(": call (.*) to begin", said).groups()
    assert run(*command.split(), f"PYTHON={sys.executable}", cwd=project, **NEW, **supplies)[1]


@pytest.mark.parametrize(("version", "word"), [((3, 6), "old"), ((3, 10), "old"), ((3, 14), "new")])
def test_a_python_out_of_range_is_told_what_is_needed(version, word, project):
    program = f"import runpy, sys; sys.version_info = {(*version, 1)}; sys.path[0] = 'tools'; "
    program += "runpy.run_path('tools/{}.py', run_name='__main__')"
    for tool in ("set_up", "doctor"):
        said, works = run(sys.executable, "-c", program.format(tool), cwd=project)
        assert not works
        assert (
            f"Python {version[0]}.{version[1]} is too {word}: these notebooks need Python" in said
        )
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("name", ["doctor.py", "set_up.py"])
def test_an_old_python_can_read_it(name):
    ast.parse((ROOT / "tools" / name).read_text("utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize(("system", "folder"), [("posix", "bin"), ("nt", "Scripts")])
def test_python_is_where_each_system_has_it(system, folder, monkeypatch):
    with monkeypatch.context() as pretence:
        pretence.setattr(os, "name", system)
        python = runpy.run_path(str(ROOT / "tools/set_up.py"))["PYTHON"]
    assert python.split(os.sep)[-2] == folder

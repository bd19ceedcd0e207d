"""`make doctor`, `make lab` and the first import, each where something is wrong: one sentence that mends it."""

import ast
import os
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.browser.lab import ROOT

import pytest
from packaging.requirements import Requirement

MADE_OF = ("Makefile", "pyproject.toml", "constraints.txt", "README.md")
IN_NAMESPACE = {
    "read-only": 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"',
    "little memory": 'mount --bind "$0" /proc/meminfo',
}
CLOSED = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_CONFIG_FILE": os.devnull}


def within(kind, path):
    """What to put before a command so that it alone sees the path read-only, or as its memory."""
    if kind == "read-only" and os.getuid():
        path.chmod(0o555)
        return []
    inside = f'{IN_NAMESPACE[kind]} && cd "$PWD" && exec "$@"'
    before = ["unshare", "--mount", "sh", "-c", inside, str(path)]
    if not shutil.which("unshare") or subprocess.run([*before, "true"]).returncode:
        pytest.skip("root without mount namespaces can write everywhere")
    return before


def run(*command, cwd=ROOT, without=(), **variables):
    own = {k: v for k, v in os.environ.items() if k not in without and not k.startswith("MAKE")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**own, **{name: str(value) for name, value in variables.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def doctor(project, *checks, before=(), **options):
    return run(*before, sys.executable, "tools/doctor.py", *checks, cwd=project, **options)


def pretend(project, changes, *checks):
    """The doctor, after some lines of Python that change what it sees."""
    program = f"import platform, runpy, sys, sysconfig; {changes}; sys.path.insert(0, 'tools'); "
    program += f"sys.argv = {['', *checks]}; runpy.run_path('tools/doctor.py', run_name='__main__')"
    return run(sys.executable, "-c", program, cwd=project)


def assert_says(run, *parts):
    assert run.returncode == 1, run.stdout
    assert "Traceback" not in run.stdout
    (line,) = (line for line in run.stdout.splitlines() if line.startswith("WRONG"))
    for part in parts:
        assert part in line


@pytest.fixture
def project(tmp_path):
    """A checkout without .venv."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "tools", project / "tools")
    for name in MADE_OF:
        shutil.copy(ROOT / name, project)
    (project / "notebooks").mkdir()
    return project


@pytest.fixture
def complete(project):
    """A checkout with a .venv that holds what this Python has."""
    venv = project / ".venv"
    venv.mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name not in ("bin", "ready"):
            (venv / path.name).symlink_to(path)
    (venv / "bin").mkdir()
    (venv / "bin/python").symlink_to(sys.executable)
    (venv / "bin/pip").write_text(f"#!{venv}/bin/python\n")
    (venv / "ready").touch()
    return project


@pytest.fixture
def inside(monkeypatch):
    """The names in doctor.py."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return runpy.run_path(str(ROOT / "tools/doctor.py"))


def test_every_check_has_its_line(inside):
    lines = doctor(ROOT).stdout.splitlines()
    assert len(lines) == len(inside["CHECKS"])
    assert {line.split()[0] for line in lines} <= {"ok", "WRONG", "note"}
    assert "ok     platform" in lines


def test_a_whole_environment_is_well(complete):
    checks = ("folder", "environment", "packages", "helpers")
    answer = doctor(complete, *checks)
    assert (answer.returncode, answer.stdout) == (0, "")


@pytest.mark.parametrize("name", ["doctor.py", "set_up.py"])
def test_an_old_python_can_read_it(name):
    new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.Match,
        ast.AsyncFunctionDef,
        ast.Nonlocal,
    )
    for node in ast.walk(ast.parse((ROOT / "tools" / name).read_text("utf-8"))):
        assert not isinstance(node, new)
        assert not isinstance(node, ast.Raise) or node.cause is None
        assert not getattr(node, "annotation", None)
        assert not getattr(node, "kwonlyargs", None)


@pytest.mark.parametrize(
    ("version", "words"), [((2, 7), "too old"), ((3, 10), "too old"), ((3, 14), "too new")]
)
def test_a_python_out_of_range(version, words, project):
    changes = f"sys.version_info = {(*version, 1)}"
    number = ".".join(map(str, version))
    assert_says(
        pretend(project, changes, "Python version"), f"Python {number} is {words}", "PYTHON=python3"
    )


PLATFORMS = {
    "sysconfig.get_platform = lambda: 'win-arm64'": ("Windows on ARM", "wsl --install"),
    "sys.platform = 'darwin'; platform.machine = lambda: 'x86_64'": ("Intel Macs", "use Linux"),
    "sys.maxsize = 2**31 - 1": ("32-bit Python", "install a 64-bit one"),
    "sysconfig.get_config_var = lambda name: 'x86_64-unknown-linux-musl'": ("musl", "docker run"),
    "platform.machine = lambda: 'riscv64'": ("Linux on riscv64", "64-bit ARM"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="pretends from Linux")
@pytest.mark.parametrize("changes", PLATFORMS)
def test_a_platform_without_tensorflow(changes, project):
    assert_says(pretend(project, changes, "platform"), *PLATFORMS[changes])


def test_no_environment(project):
    assert_says(doctor(project, "environment"), ".venv is not made yet", "make env")
    assert "note   packages: can be told when .venv is there" in doctor(project, **CLOSED).stdout


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "tools/set_up.py"])
def test_an_environment_older_than_what_it_is_made_from(name, complete):
    later = 60 + (complete / ".venv/ready").stat().st_mtime
    os.utime(complete / name, (later, later))
    assert_says(doctor(complete, "environment"), "older", "make env")


def test_an_environment_from_another_folder(complete):
    moved = complete.rename(complete.with_name("moved"))
    assert_says(doctor(moved, "environment"), "another folder", "make clean env")
    lab = run("make", "lab", f"PYTHON={sys.executable}", cwd=moved)
    assert "another folder" in lab.stdout
    assert "No such file" not in lab.stdout


def test_an_environment_whose_python_is_gone(complete):
    python = complete / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert_says(doctor(complete, "environment"), "is gone", "make clean env")
    assert "is gone: call make clean env" in run("make", "lab", cwd=complete).stdout


def test_a_missing_and_a_wrong_package(complete):
    project, pins = complete / "pyproject.toml", complete / "constraints.txt"
    text = project.read_text("utf-8").replace(
        "dependencies = [", 'dependencies = [\n    "ab-sent>=1", # x'
    )
    project.write_text(text, "utf-8")
    lines = [
        line for line in pins.read_text("utf-8").splitlines() if not line.startswith("pillow=")
    ]
    pins.write_text("\n".join([*lines, "ab-sent==1.0", "pillow==1.2.3"]), "utf-8")
    assert_says(
        doctor(complete, "packages"),
        "ab-sent has to be 1.0 and is missing",
        "pillow has to be 1.2.3 and is ",
        "make -B env",
    )


def test_a_variable_that_keeps_the_helpers_from_starting(complete):
    answer = doctor(complete, "helpers", XLA_FLAGS="--xla_nonsense")
    assert_says(answer, "TensorFlow stops at XLA_FLAGS (Unknown flag", "correct or unset it")
    assert "make clean env" not in answer.stdout


def test_the_direct_dependencies_are_those_that_make_env_installs(inside, monkeypatch):
    monkeypatch.chdir(ROOT)
    names = inside["direct_dependencies"]()
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["test"]
    assert names == [Requirement(line).name for line in lines]


def test_no_network(project):
    own = [name for name in os.environ if name.startswith("PIP_")]
    answer = doctor(project, "network", without=own, **CLOSED)
    assert_says(answer, "pip does not reach its packages", "make env")


def test_a_read_only_folder(project):
    before = within("read-only", project)
    assert_says(doctor(project, "folder", before=before), f"{project} is read-only", "git clone")
    made = run(*before, "make", "env", f"PYTHON={sys.executable}", cwd=project)
    assert f"{project} is read-only: " in made.stdout
    assert "Traceback" not in made.stdout


def test_a_home_that_is_read_only_or_none(complete, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    before = within("read-only", home)
    for place in (home, home / "missing", os.devnull):
        assert_says(
            doctor(complete, "home", before=before, without=["XDG_DATA_HOME"], HOME=place),
            f"cannot write into the home folder {place}",
            'make lab HOME="$(mktemp -d)"',
        )
    lab = run(*before, "make", "lab", f"PYTHON={sys.executable}", cwd=complete, HOME=home)
    assert 'make lab HOME="$(mktemp -d)"' in lab.stdout
    assert "Traceback" not in lab.stdout
    assert doctor(complete, "home", HOME=tmp_path / "yet/to/make").returncode == 0
    places = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "XDG_DATA_HOME")
    for name in places if sys.platform == "linux" else places[:2]:
        answer = doctor(complete, "home", without=places, HOME=os.devnull, **{name: tmp_path})
        assert answer.returncode == 0, name


def test_no_home_and_no_user():
    """As in a container that was given a bare number as its user."""
    bare = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    if os.getuid() or not shutil.which("setpriv"):
        pytest.skip("only root can become a user without a name")
    program = f"import runpy, sys; sys.path.insert(0, {str(ROOT / 'tools')!r}); import doctor; "
    program += "print('WRONG', doctor.home_fault()); sys.exit(1)"
    answer = run(*bare, sys.executable, "-c", program, cwd="/", without=["HOME", "XDG_DATA_HOME"])
    assert_says(answer, "home folder ~", "make lab HOME=")


BUSY = """
import fcntl, socket, struct, subprocess, sys
lo = socket.socket()
fcntl.ioctl(lo, 0x8914, struct.pack("16sh14x", b"lo", 1))  # a new namespace has it down
taken = [socket.create_server(("127.0.0.1", port)) for port in range(*map(int, sys.argv[1:3]))]
sys.exit(subprocess.call(sys.argv[3:]))
"""


@pytest.mark.parametrize(("first", "last", "code"), [(8700, 9100, 1), (8888, 8940, 0)])
def test_busy_ports(first, last, code, project):
    apart = ["unshare", "--net", *(["--map-root-user"] if os.getuid() else [])]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"]).returncode:
        pytest.skip("no network namespaces here, and other programs may want these ports")
    before = [*apart, sys.executable, "-c", BUSY, first, last]
    answer = doctor(project, "port", before=before)
    assert answer.returncode == code
    if code:
        assert_says(answer, "are busy", "make lab LAB_ARGS=--port=0")


def test_little_memory(project, tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  2000000 kB\nMemAvailable:  512000 kB\n")
    answer = doctor(project, "memory", before=within("little memory", meminfo))
    assert_says(answer, "Only 500 MiB", "docker update --memory=4g")


def test_little_memory_in_a_container(inside, tmp_path):
    files = {
        "proc/meminfo": "MemAvailable:  9000000 kB\n",
        "proc/self/cgroup": "0::/system/lesson\n",
        "sys/fs/cgroup/system/lesson/memory.max": f"{2**30}\n",
        "sys/fs/cgroup/system/lesson/memory.current": f"{900 * 2**20}\n",
        "sys/fs/cgroup/system/lesson/memory.stat": f"anon 1\ninactive_file {400 * 2**20}\n",
    }
    memory_left = inside["memory_left"]
    assert memory_left(tmp_path) is None
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert memory_left(tmp_path) == (1024 - 900 + 400) * 2**20
    (tmp_path / "sys/fs/cgroup/system/lesson/memory.max").write_text("max\n")
    assert memory_left(tmp_path) == 9_000_000 * 1024


def test_without_a_browser_is_a_note(project):
    answer = doctor(project, PATH="/nowhere", **CLOSED)
    assert "note   browser: no Chromium or Chrome here" in answer.stdout
    assert doctor(project, "browser", PATH="/nowhere").returncode == 0


def test_no_python_at_all(project):
    for target in ("doctor", "env"):
        answer = run("make", target, "PYTHON=python9", cwd=project)
        assert "No python9 here: these notebooks need Python 3.11, 3.12 or 3.13." in answer.stdout


AUDITS = {
    "No known vulnerabilities found": (0, "No pinned version has a known vulnerability."),
    "Found 1 known vulnerability in 1 package": (1, "Found 1 known vulnerability in 1 package"),
    "ERROR:pip_audit._cli:x: Dependency not found": (1, "could not be asked about every pin"),
    "requests.exceptions.ConnectionError": (1, "could not be asked about every pin"),
}


@pytest.mark.parametrize("heard", AUDITS)
def test_what_make_audit_makes_of_what_pip_audit_says(heard, complete):
    code, sentence = AUDITS[heard]
    tool = complete / ".venv/bin/pip-audit"
    tool.write_text(f"#!/bin/sh\necho '{heard}' >&2; exit {code}\n")
    tool.chmod(0o755)
    (complete / ".venv/audit").touch()
    answer = run("make", "audit", cwd=complete)
    assert bool(answer.returncode) == bool(code)
    assert answer.stdout.splitlines()[0].startswith(("The service that lists", sentence))
    assert sentence in answer.stdout


def import_helpers(program="", **options):
    return run(sys.executable, "-c", f"{program}\nimport helpers", **options)


def test_helpers_in_a_python_out_of_range():
    last = import_helpers("import sys; sys.version_info = (3, 10, 1)").stdout.splitlines()[-1]
    assert last.startswith("ImportError: Python 3.10 runs here, not 3.11, 3.12 or 3.13: ")
    assert '"make lab"' in last


@pytest.mark.parametrize("name", ["tensorflow", "keras", "ipywidgets", "matplotlib"])
def test_helpers_without_a_package(name):
    answer = import_helpers(f"import sys; sys.modules[{name!r}] = None").stdout
    assert answer.splitlines()[-1].startswith(f"ImportError: {name} is missing in {sys.prefix}: ")
    assert '"make lab"' in answer
    assert answer.count("Traceback") == 1


@pytest.mark.parametrize("version", ["7.8.5", "8.0.7"])
def test_helpers_with_an_old_package(version, tmp_path):
    folder = tmp_path / f"ipywidgets-{version}.dist-info"
    folder.mkdir()
    words = f"Metadata-Version: 2.1\nName: ipywidgets\nVersion: {version}\n"
    (folder / "METADATA").write_text(words)
    answer = import_helpers(PYTHONPATH=tmp_path).stdout
    assert f"\nImportError: ipywidgets {version} is older than 8.1: " in answer


def test_helpers_with_a_tensorflow_that_does_not_load(tmp_path):
    (tmp_path / "tensorflow.py").write_text("raise ImportError('cannot open libx.so\\nand more')")
    answer = import_helpers(PYTHONPATH=tmp_path).stdout
    assert "ImportError: TensorFlow cannot be imported (cannot open libx.so): open" in answer
    assert "and more" not in answer


def test_helpers_ask_for_what_the_project_asks_for():
    needed = runpy.run_path(str(ROOT / "helpers/start.py"))["NEEDED"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirement in map(Requirement, project["dependencies"]):
        lowest = needed.pop(requirement.name, None)
        assert lowest is None or f">={lowest}" in str(requirement.specifier)
    assert needed == {"keras": "3"}


def test_helpers_without_a_home_in_a_read_only_folder():
    """Silent, too, where matplotlib and Keras find no place for their files."""
    answer = import_helpers(cwd="/proc", without=["HOME"], PYTHONPATH=ROOT)
    assert (answer.returncode, answer.stdout) == (0, "")


KERNEL = """
import nbformat, nbclient
cell = nbformat.v4.new_code_cell("import helpers")
nbclient.NotebookClient(nbformat.v4.new_notebook(cells=[cell])).execute()
print("outputs", cell.outputs)
"""


def test_helpers_in_a_kernel_with_a_read_only_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    answer = run(
        *within("read-only", home),
        *(sys.executable, "-c", KERNEL),
        HOME=home,
        JUPYTER_RUNTIME_DIR=tmp_path / "runtime",
        PYTHONPATH=ROOT,
    )
    assert answer.stdout.splitlines()[-1] == "outputs []"


def test_errors_of_tensorflow_are_still_heard():
    program = "import helpers, tensorflow as tf; tf.get_logger().error('something broke')"
    assert run(sys.executable, "-c", program).stdout.strip().endswith("something broke")

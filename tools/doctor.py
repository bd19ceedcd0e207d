"""Look at what the notebooks need around them: a line a check, and the command that mends a fault.

    python tools/doctor.py               all checks
    python tools/doctor.py home folder   these checks, silent where nothing is wrong

Reads with every Python since 2.7, as set_up.py does.
"""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from set_up import PYTHON, VENV, folder_fault, platform_fault, python_fault

READY = os.path.join(VENV, "ready")
MADE_FROM = ("pyproject.toml", "constraints.txt", os.path.join("tools", "set_up.py"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PORTS = range(8786, 8991)  # where JupyterLab looks: 8888 and up to 102 beside it
MEBIBYTE = 2**20


class Note(Exception):
    """Something worth saying that is no fault."""


def output_of(*command, **options):
    """Run a command; what it wrote, and whether it worked."""
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
        )
    except EnvironmentError as error:
        return str(error), False
    words = process.communicate()[0].decode("utf-8", "replace").strip()
    return words, process.returncode == 0


def read(path):
    """The text of a file; empty where there is none."""
    try:
        with io.open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except EnvironmentError:
        return ""


def has_python():
    """Whether the environment's Python starts."""
    return output_of(PYTHON, "-c", "")[1]


def environment_fault():
    """Whether `make env` has work to do."""
    if not os.path.exists(READY):
        return "%s is not made yet: call make env." % VENV
    if not has_python():
        return "The Python that %s was made with is gone: call make clean env." % VENV
    if os.path.abspath(PYTHON) not in read(os.path.join(VENV, "bin", "pip")):
        return "%s was made in another folder: call make clean env." % VENV
    if any(os.path.getmtime(path) > os.path.getmtime(READY) for path in MADE_FROM):
        return "%s is older than what it is made from: call make env." % VENV
    return None


def direct_dependencies():
    """The names in pyproject.toml that `make env` installs."""
    return re.findall(r'(?m)^    "([\w-]+)[^"]*", #', read("pyproject.toml").split("bench = [")[0])


def pins_in(text):
    """Name to version, from lines as in constraints.txt."""
    lines = (line.partition("==") for line in text.lower().splitlines())
    return {re.sub("[._]", "-", name): version for name, _, version in lines}


def packages_fault():
    """Which direct dependencies are not there, or not at their pinned versions."""
    if not os.path.exists(READY) or not has_python():
        raise Note("can be told when %s is there" % VENV)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check")
    words, works = output_of(*pip + ("list", "--format=freeze"))
    if not works:
        return "The pip of %s does not work: call make clean env." % VENV
    found, pins = pins_in(words), pins_in(read("constraints.txt"))
    wrong = [
        "%s has to be %s and is %s" % (name, pins[name], found.get(name, "missing"))
        for name in direct_dependencies()
        if found.get(name) != pins[name]
    ]
    return "In %s %s: call make -B env." % (VENV, ", ".join(wrong)) if wrong else None


def helpers_fault():
    """Whether a notebook can import the helpers."""
    if packages_fault():
        raise Note("can be told when the packages are right")
    words, works = output_of(os.path.abspath(PYTHON), "-c", "import helpers", cwd="notebooks")
    if works:
        return None
    last = (words.splitlines() or ["the processor lacks an instruction, AVX perhaps"])[-1]
    reason, ours, _ = last.partition(": open the notebooks")
    if not ours and last.startswith("ImportError: ") and last.endswith("."):  # says what mends it
        return last[len("ImportError: ") :]
    return "The notebooks cannot import helpers (%s): call make clean env." % reason


def network_fault():
    """Whether pip reaches its packages, where `make env` will ask for some."""
    if environment_fault() is None:
        raise Note("not needed, since %s is complete" % VENV)
    folder, (pin,) = tempfile.mkdtemp(), re.findall("(?m)^six==.*$", read("constraints.txt"))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries=0", "--timeout=9")
    words, works = output_of(*pip + ("download", "--no-deps", "--dest", folder, pin))
    shutil.rmtree(folder)
    if "No module named pip" in words:
        raise Note("cannot be told, since this Python is without pip")
    if works:
        return None
    return (
        "pip does not reach its packages: join a network (behind a proxy, "
        "export HTTPS_PROXY=http://HOST:PORT), then call make env."
    )


def home_fault():
    """Whether JupyterLab finds a place for its running kernels."""
    given = [os.environ.get(name) for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")]
    if sys.platform.startswith("linux"):
        given.append(os.environ.get("XDG_DATA_HOME"))
    home = os.path.expanduser("~")
    place = next((path for path in given if path), home)
    while not os.path.exists(place) and os.path.dirname(place) != place:
        place = os.path.dirname(place)
    if home != "~" and os.path.isdir(place) and os.access(place, os.W_OK):
        return None
    return (
        "JupyterLab cannot write into the home folder %s: "
        'call make lab HOME="$(mktemp -d)", or name a folder of your own.' % home
    )


def is_free(port):
    """Whether a server could listen there."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        return True
    except EnvironmentError:
        return False
    finally:
        listener.close()


def port_fault():
    """Whether JupyterLab finds a port: it tries five from 8888 on, then 46 at random beside them."""
    if any(map(is_free, range(8888, 8893))) or sum(map(is_free, PORTS)) > len(PORTS) // 10:
        return None
    ends = PORTS[0], PORTS[-1]
    return "The ports from %d to %d are busy: call make lab LAB_ARGS=--port=0." % ends


def memory_left(root="/"):
    """The bytes that a kernel can still have, on this Linux or in its container; None elsewhere."""
    left = re.findall(r"MemAvailable: +(\d+) kB", read(os.path.join(root, "proc/meminfo")))
    left = [1024 * int(size) for size in left]
    own = re.findall(r"(?m)^0::/(.*)$", read(os.path.join(root, "proc/self/cgroup")))
    for group in own + [""]:  # a container may see its own group at the top
        files = ("memory.max", "memory.current", "memory.stat")
        limit, used, stat = (read(os.path.join(root, "sys/fs/cgroup", group, f)) for f in files)
        if limit.strip().isdigit():
            cached = re.findall(r"(?m)^inactive_file (\d+)", stat)
            left.append(int(limit) - int(used) + sum(map(int, cached)))
    return min(left) if left else None


def memory_fault():
    """Whether a kernel has the memory that a notebook takes."""
    left = memory_left()
    if left is None:
        raise Note("not measured on this system")
    if left >= 1024 * MEBIBYTE:
        return None
    return (
        "Only %d MiB of memory are left, and a notebook takes up to 1024: shut down other kernels "
        "and programs, or give a container more with docker update --memory=4g --memory-swap=4g "
        "NAME." % (left // MEBIBYTE)
    )


def browser_fault():
    """Nothing that is wrong: only the browser tests want one."""
    places = os.environ.get("PATH", "").split(os.pathsep)
    if not any(os.access(os.path.join(p, name), os.X_OK) for p in places for name in BROWSERS):
        raise Note("no Chromium or Chrome here: make test skips the browser tests")


def user_fault():
    """Nothing that is wrong: JupyterLab only wants to be asked."""
    if hasattr(os, "getuid") and os.getuid() == 0:
        raise Note("you are root: JupyterLab then wants make lab LAB_ARGS=--allow-root")


CHECKS = [
    ("Python version", python_fault),
    ("platform", platform_fault),
    ("folder", folder_fault),
    ("network", network_fault),
    ("environment", environment_fault),
    ("packages", packages_fault),
    ("helpers", helpers_fault),
    ("home", home_fault),
    ("port", port_fault),
    ("memory", memory_fault),
    ("browser", browser_fault),
    ("user", user_fault),
]


def look(name, check):
    """Make one check; its line, and whether it found a fault."""
    try:
        fault = check()
    except Note as note:
        return "note   %s: %s" % (name, note), False
    return ("WRONG  %s" % fault, True) if fault else ("ok     %s" % name, False)


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    asked, wrong = sys.argv[1:], False
    for name, check in CHECKS:
        if not asked or name in asked:
            line, fault = look(name, check)
            wrong = wrong or fault
            if fault or not asked:
                print(line)
                sys.stdout.flush()
    sys.exit(wrong)

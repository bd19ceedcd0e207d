"""Make .venv and install the project into it; where that fails, one sentence says what mends it.

Reads with every Python since 3.6, so that an old one can say that it is too old.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

VENV = ".venv"
READY = os.path.join(VENV, "ready")
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
# Of pip's settings those that say how to reach packages: others, as `user = true`, put them elsewhere.
REACHING = """cert client_cert default_timeout extra_index_url find_links index_url keyring_provider
    no_index proxy timeout trusted_host use_deprecated use_feature""".upper().split()
REASONS = {  # what a command that failed has said, and the sentence for it
    "Errno 28|OSError.28|No space left|Errno 122|WinError 112": "The set-up needs up to 3 GiB, and "
    "there are {room}: make room, or move this folder to a larger disk, then call make env.",
    "SSLCertVerificationError": "The network shows a certificate that Python does not know, as in some "
    "colleges: ask those who run it for the certificate as a file, then call make env PIP_CERT=FILE.",
    "(?i)connection (broken|aborted|reset)|timed out": "pip does not reach its packages: join a network, "
    "then call make env; behind a proxy, call make env HTTPS_PROXY=http://HOST:PORT.",
    "No module named .?ensurepip": "This Python cannot make a virtual environment: on Debian and Ubuntu, "
    "call sudo apt install python%d.%d-venv, then make env." % sys.version_info[:2],
    "(constraint.|found for) tensorflow": "TensorFlow has no package for %s: it needs a 64-bit Python, on "
    "Windows, on Linux with glibc or on a Mac with Apple silicon." % sysconfig.get_platform(),
    r"ERROR: (.*)|(.*)\Z": "The set-up stopped ({}): call make clean env to begin anew.",
}


def python_fault():
    """What is wrong with the version of this Python; None if nothing is."""
    if (3, 11) <= sys.version_info < (3, 14):
        return None
    found = "%d.%d is too " % sys.version_info[:2] + (
        "old" if sys.version_info < (3, 11) else "new"
    )
    way_out = "name one with, for example, make lab PYTHON=python3.12"
    return f"Python {found}: these notebooks need Python 3.11, 3.12 or 3.13 ({way_out})."


def folder_fault():
    """Why .venv cannot be made here; None if it can, or is there."""
    if os.path.exists(READY) or os.access(".", os.W_OK):
        return None
    way_out = f'cp -R "{os.getcwd()}/." ~/learning-rate && cd ~/learning-rate && make lab'
    return f"The folder {os.getcwd()} is read-only: work in a copy of your own, with {way_out}."


def run(*command, **options):
    """Run a command; what it said, and whether it worked."""
    try:
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    except OSError as error:
        return str(error), False
    said = re.sub(r"\x1b\[[\d;]*m", "", ended.stdout.decode("utf-8", "replace"))  # colours
    return said.strip(), ended.returncode == 0


def free(folder):
    """The MiB that are free in a folder."""
    return shutil.disk_usage(folder).free >> 20


def explain(said, reasons=REASONS):
    """The sentence for what a command has said: that of the first symptom found in it."""
    symptom = next(symptom for symptom in reasons if re.search(symptom, said))
    words = filter(None, re.search(symptom, said).groups())
    places = filter(os.path.exists, (os.path.abspath(VENV), tempfile.gettempdir()))
    room = ", ".join(f"{free(place)} MiB free in {place}" for place in places)
    return reasons[symptom].format(*words, room=room)


def work(*command, **options):
    """Run a command; where it fails, end with one sentence and no traceback."""
    said, works = run(*command, **options)
    if not works:
        sys.exit(f"\n{explain(said)}\n")


def make_environment():
    """Create the virtual environment anew, unless a whole one is there to be brought up to date."""
    anew = [] if os.path.exists(READY) else ["--clear"]
    work(sys.executable, "-m", "venv", "--without-pip", *anew, VENV)
    if free(tempfile.gettempdir()) < 1024:  # too little for what pip downloads
        os.makedirs("build", exist_ok=True)
        os.environ["TMPDIR"] = tempfile.tempdir = os.path.abspath("build")
    if anew and free(VENV) < 2048:
        sys.exit("\n" + explain("No space left") + "\n")
    work(PYTHON, "-m", "ensurepip", "--upgrade", "--default-pip")


def pip_environment():
    """The variables for pip: of its settings, in variables and files, those that reach packages."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    listed = run(PYTHON, "-m", "pip", "config", "list")[0]
    for place in ("global", "install", ":env:"):  # the last one decides
        for name, value in re.findall(rf"(?m)^{place}\.(.*?)=(['\"].*['\"])", listed):
            name = name.upper().replace("-", "_")
            if name in REACHING:
                own["PIP_" + name] = ast.literal_eval(value)
    if "PIP_CERT" in own:
        own["REQUESTS_CA_BUNDLE"] = own["PIP_CERT"]  # pip prefers that one
    return dict(own, PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1")


def explain_missing_names():
    """Let the kernels here say in one sentence that a cell above has to be run first."""
    config = Path(VENV, "etc", "ipython", "ipython_kernel_config.py")
    config.parent.mkdir(parents=True, exist_ok=True)
    path = os.path.abspath(os.path.join("helpers", "missing_names.py"))
    config.write_text(f"get_config().InteractiveShellApp.exec_files = [{path!r}]\n", "utf-8")


if __name__ == "__main__":
    fault = python_fault() or folder_fault()
    if fault:
        sys.exit(f"\n{fault}\n")
    print(f"Setting up {VENV}; the first time takes a few minutes ...", flush=True)
    make_environment()
    pip = (PYTHON, "-m", "pip", "install", "--constraint", "constraints.txt")
    settings = pip_environment()
    work(*pip, "setuptools", env=settings)  # which builds the project
    work(*pip, "--no-build-isolation", "--editable", f".[{sys.argv[1]}]", env=settings)
    explain_missing_names()
    Path(READY).touch()  # last: a half-made .venv is made anew

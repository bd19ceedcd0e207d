"""Make .venv and install the project into it; where that fails, one sentence says what mends it.

Reads with every Python since 3.6, so that an old one can say that it is too old.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VENV = os.path.abspath(".venv")
READY = os.path.join(VENV, "ready")
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
# Into .venv, whatever the user's settings of pip say, which otherwise hold: how to reach packages.
PIP = [PYTHON, "-m", "pip", "install", "--no-user", "--target=", "--prefix", VENV]
REASONS = {  # what pip has said, and the sentence for it
    "Errno 28|No space left|Errno 122|WinError 112": "The set-up needs up to 3 GiB, and there are {room}: "
    "make room, or move this folder to a larger disk, then call make env.",
    "SSLCertVerificationError": "The network shows a certificate that Python does not know, as in some "
    "colleges: ask those who run it for the certificate as a file, then call make env REQUESTS_CA_BUNDLE=FILE.",
    "(?i)connection (broken|aborted|reset)|timed out": "pip does not reach its packages: join a network, "
    "then call make env; behind a proxy, call make env HTTPS_PROXY=http://HOST:PORT.",
    r"ERROR: (.*)|(.*)\Z": "The set-up stopped ({}): when that is mended, call make env.",
}


def run(*command, **options):
    """Run a command; what it said, and whether it worked."""
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    said = re.sub(r"\x1b\[[\d;]*m", "", ended.stdout.decode("utf-8", "replace"))  # colours
    return said.strip(), ended.returncode == 0


def free(folder):
    """The MiB that are free in a folder, which need not be there yet."""
    return shutil.disk_usage(folder if os.path.exists(folder) else ".").free >> 20


def explain(said, reasons=REASONS):
    """The sentence for what a command has said: that of the first symptom found in it."""
    symptom = next(symptom for symptom in reasons if re.search(symptom, said))
    words = filter(None, re.search(symptom, said).groups())
    places = (VENV, tempfile.gettempdir())
    room = ", ".join(f"{free(place)} MiB free in {place}" for place in places)
    return reasons[symptom].format(*words, room=room)


def fault():
    """Why .venv cannot be made by this Python, or here; None if it can."""
    here = os.getcwd()
    if not (3, 11) <= sys.version_info < (3, 14):
        found = (
            "These notebooks need Python 3.11, 3.12 or 3.13, and this is %d.%d"
            % sys.version_info[:2]
        )
        return f"{found}: name one with, for example, make lab PYTHON=python3.12."
    if not os.access(here, os.W_OK):
        way_out = f'cp -R "{here}/." ~/learning-rate && cd ~/learning-rate && make lab'
        return f"The folder {here} is read-only: work in a copy of your own, with {way_out}."
    return None if os.path.exists(READY) or free(VENV) > 2048 else explain("No space left")


def make_environment():
    """Create the virtual environment anew, unless a whole one is there to be brought up to date."""
    if free(tempfile.gettempdir()) < 1024:  # too little for what pip downloads
        os.makedirs("build", exist_ok=True)
        os.environ["TMPDIR"] = tempfile.tempdir = os.path.abspath("build")
    anew = [] if os.path.exists(READY) else ["--clear"]
    if subprocess.call([sys.executable, "-m", "venv", *anew, VENV]):
        sys.exit(1)  # it has said why


def install(*packages):
    """Install what constraints.txt pins; where that fails, end with one sentence."""
    said, works = run(*PIP, "--constraint", "constraints.txt", *packages)
    if not works:
        sys.exit(f"\n{explain(said)}\n")


def explain_missing_names():
    """Let the kernels here say in one sentence that a cell above has to be run first."""
    config = Path(VENV, "etc", "ipython", "ipython_kernel_config.py")
    config.parent.mkdir(parents=True, exist_ok=True)
    path = os.path.abspath("helpers/missing_names.py")
    config.write_text(f"get_config().InteractiveShellApp.exec_files = [{path!r}]\n", "utf-8")


if __name__ == "__main__":
    if fault():
        sys.exit(f"\n{fault()}\n")
    print("Setting up .venv; the first time takes a few minutes ...", flush=True)
    make_environment()
    install("setuptools")  # which builds the project
    install("--no-build-isolation", "--editable", f".[{sys.argv[1]}]")
    explain_missing_names()
    Path(READY).touch()  # last: a half-made .venv is made anew

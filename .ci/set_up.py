"""Make .venv and install the project into it; one clear sentence where that cannot be done.

Reads with every Python since 2.7, so that an old one can say that it is too old.
"""

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def stop(sentence):
    """End with one sentence and no traceback."""
    sys.exit("\n" + sentence + "\n")


def run(*command):
    """Run a command; its exit status, and what it wrote to stderr."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    errors = process.communicate()[1].decode("utf-8", "replace")
    return process.returncode, errors


def set_up(venv, extras):
    """Create the virtual environment and install the pinned packages and the project."""
    here = "%d.%d" % sys.version_info[:2]
    if sys.version_info[:2] < OLDEST:
        stop("Python %s is too old: these notebooks need Python 3.11, 3.12 or 3.13." % here)
    if sys.version_info[:2] > NEWEST:
        stop(
            "Python %s is newer than TensorFlow's packages: these notebooks need Python 3.11, "
            "3.12 or 3.13 (name one with: make lab PYTHON=python3.13)." % here
        )
    print("Setting up %s with Python %s; the first time takes a few minutes ..." % (venv, here))
    sys.stdout.flush()
    status, errors = run(sys.executable, "-m", "venv", venv)
    if status:
        stop(
            "Python %s could not make a virtual environment; on Debian and Ubuntu the package "
            "python3-venv is missing." % here
        )
    python = os.path.join(venv, "Scripts" if os.name == "nt" else "bin", "python")
    status, errors = run(
        *[python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        + ["--constraint", "constraints.txt", "--editable", ".[%s]" % extras]
    )
    offline = ("NewConnectionError", "Failed to establish", "Could not find a version", "Timeout")
    if status and any(sign in errors for sign in offline):
        stop(
            "The packages could not be downloaded: the first set-up needs the network (or a pip "
            "index that has them); call the same command again when it is there."
        )
    if status:
        stop("pip could not install the packages. Its last words: " + errors.strip()[-500:])


if __name__ == "__main__":
    os.environ.setdefault("PIP_CONSTRAINT", "constraints.txt")  # pins the build's packages too
    set_up(sys.argv[1], sys.argv[2])

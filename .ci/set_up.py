"""Make .venv and install the project into it; one clear sentence where that cannot be done.

Reads with every Python since 2.7, so that an old one can say that it is too old.
"""

import os
import subprocess
import sys

VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")
HERE = "Python %d.%d" % sys.version_info[:2]
NEEDED = "these notebooks need Python 3.11, 3.12 or 3.13"
NAME_ONE = "name one with, for example, make lab PYTHON=python3.12"


def stop(sentence):
    """End with one sentence and no traceback."""
    sys.exit("\n%s\n" % sentence)


def run(*command):
    """Run a command; None if it worked, what it wrote to stderr if not."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    errors = process.communicate()[1].decode("utf-8", "replace")
    return errors if process.returncode else None


def make_environment():
    """Create the virtual environment anew, unless a whole one is there to be brought up to date."""
    whole = os.path.exists(os.path.join(VENV, "ready"))
    if run(sys.executable, "-m", "venv", *([] if whole else ["--clear"]) + [VENV]) is not None:
        stop(
            "%s could not make a virtual environment in %s; on Debian and Ubuntu this means that "
            "the package python3-venv is missing." % (HERE, VENV)
        )


def install(*arguments):
    """Install with pip, at the pinned versions."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    errors = run(*command + ["--constraint", "constraints.txt"] + list(arguments))
    if errors is not None:
        reasons = [line[7:] for line in errors.splitlines() if line.startswith("ERROR: ")]
        reason = (
            "" if "connection broken" in errors else " (pip: %s)" % (reasons or [errors[-200:]])[0]
        )
        stop(
            "The packages could not be installed: the first set-up needs the network; call the "
            "same command again when it is there%s." % reason
        )


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        stop("%s is too old: %s (%s)." % (HERE, NEEDED, NAME_ONE))
    if sys.version_info >= (3, 14):
        stop("%s is too new for TensorFlow: %s (%s)." % (HERE, NEEDED, NAME_ONE))
    print("Setting up %s with %s; the first time takes a few minutes ..." % (VENV, HERE))
    sys.stdout.flush()
    make_environment()
    install("setuptools")  # builds the project here, so that a later call needs no network for it
    install("--no-build-isolation", "--editable", ".[%s]" % sys.argv[1])

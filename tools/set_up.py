"""Make .venv and install the project into it; one clear sentence where that cannot be done.

Reads with every Python since 2.7, so that an old one can say that it is too old.
"""

import os
import platform
import subprocess
import sys
import sysconfig

VENV = ".venv"
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
HERE = "Python %d.%d" % sys.version_info[:2]
NEEDED = "these notebooks need Python 3.11, 3.12 or 3.13"
NAME_ONE = "name one with, for example, make lab PYTHON=python3.12"
NO_PACKAGE = "TensorFlow has no package for %s: %s."


def python_fault():
    """What is wrong with the version of this Python; None if nothing is."""
    if sys.version_info < (3, 11):
        return "%s is too old: %s (%s)." % (HERE, NEEDED, NAME_ONE)
    if sys.version_info >= (3, 14):
        return "%s is too new for TensorFlow: %s (%s)." % (HERE, NEEDED, NAME_ONE)
    return None


def platform_fault():
    """Why no version of this Python could have TensorFlow here; None if one can."""
    linux, machine = sys.platform.startswith("linux"), platform.machine().lower()
    if sys.maxsize < 2**32:
        return NO_PACKAGE % ("32-bit Python", "install a 64-bit one, and " + NAME_ONE)
    if sysconfig.get_platform() == "win-arm64":
        way = "call wsl --install, and make lab in the Linux that it brings"
        return NO_PACKAGE % ("Windows on ARM", way)
    if sys.platform == "darwin" and machine == "x86_64":
        way = "use Linux there, in a virtual machine or a container, or another computer"
        return NO_PACKAGE % ("Intel Macs", way)
    if linux and "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        way = "use a Linux with glibc, as in docker run -it python:3.12 bash"
        return NO_PACKAGE % ("Alpine and other Linux with musl", way)
    if linux and machine not in ("x86_64", "amd64", "aarch64", "arm64"):
        return NO_PACKAGE % ("Linux on " + machine, "use a computer with x86-64 or 64-bit ARM")
    return None


def folder_fault():
    """Why nothing can be written into the project's folder; None if something can."""
    if os.access(".", os.W_OK):
        return None
    return (
        "The folder %s is read-only: work in a copy of your own, with git clone %s ~/learning-rate "
        "&& cd ~/learning-rate && make lab." % (os.getcwd(), os.getcwd())
    )


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
            "%s could not make a virtual environment in %s; on Debian and Ubuntu sudo apt install "
            "python3-venv brings what is missing." % (HERE, VENV)
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


def explain_missing_names():
    """Let the kernels here say in one sentence that a cell above has to be run first."""
    folder = os.path.join(VENV, "etc", "ipython")
    if not os.path.isdir(folder):
        os.makedirs(folder)
    with open(os.path.join(folder, "ipython_kernel_config.py"), "w") as config:
        config.write(
            "c = get_config()\nc.InteractiveShellApp.exec_files = [%r]\n"
            % os.path.abspath(os.path.join("helpers", "missing_names.py"))
        )


if __name__ == "__main__":
    for fault in (python_fault(), platform_fault(), folder_fault()):
        if fault:
            stop(fault)
    print("Setting up %s with %s; the first time takes a few minutes ..." % (VENV, HERE))
    sys.stdout.flush()
    make_environment()
    install("setuptools")  # builds the project here, so that a later call needs no network for it
    install("--no-build-isolation", "--editable", ".[%s]" % sys.argv[1])
    explain_missing_names()

"""Look at what the notebooks need around them: a line a check, up to the first fault and what mends it.

Where checks are named, as in `python tools/doctor.py environment home`, a line only for a fault.
"""

import os
import sys
from pathlib import Path

from set_up import PYTHON, READY, VENV, explain, folder_fault, python_fault, run

NOTES = "import os, jupyter_core.paths as p; os.makedirs(p.jupyter_runtime_dir(), exist_ok=True); "
NOTES += "import tempfile; tempfile.TemporaryFile(dir=p.jupyter_runtime_dir())"
TRAINS = """import nbclient, nbformat
cell = nbformat.v4.new_code_cell("from helpers import Experiment, train; _ = train(Experiment())")
notebook = nbformat.v4.new_notebook(cells=[cell])
nbclient.NotebookClient(notebook, kernel_name="python3").execute()
"""
REASONS = {  # what a kernel that failed has said, and the sentence for it
    "Kernel died|failed to map": "The kernel died, as for want of memory (a notebook takes up to 1 GiB): "
    "shut down others and other programs, or give a container more with docker update --memory=4g "
    "--memory-swap=4g NAME.",
    "ImportError: (.*): open the notebooks": "{}: call make clean env.",
    r"ImportError: (.*: rename it, .*)\Z": "{}",
    r"(.*)\Z": "The kernel of the notebooks does not work ({}): call make clean env.",
}


def environment_fault():
    """Whether .venv is there, and was made here with a Python that is there."""
    if not os.path.exists(READY):
        return f"{VENV} is not made yet: call make env."
    settings = os.path.normcase(Path(VENV, "pyvenv.cfg").read_text("utf-8"))
    if os.path.normcase(f" {os.path.abspath(VENV)}\n") not in settings:
        return f"{VENV} was made in another folder: call make clean env."
    works = run(PYTHON, "-c", "")[1]
    return None if works else f"The Python of {VENV} is gone: call make clean env."


def home_fault():
    """Whether JupyterLab finds a place for its notes on running kernels."""
    if run(PYTHON, "-c", NOTES)[1]:
        return None
    way_out = 'call make lab HOME="$(mktemp -d)", or name another folder'
    return f"JupyterLab cannot write into the home folder {os.path.expanduser('~')}: {way_out}."


def kernel_fault():
    """Whether the kernel that JupyterLab would start trains, beside the notebooks and the copies."""
    own = dict(os.environ, JUPYTER_PREFER_ENV_PATH="1")  # as in the Makefile
    for folder in filter(os.path.isdir, ("notebooks", "my_notebooks")):
        said, works = run(os.path.abspath(PYTHON), "-P", "-c", TRAINS, cwd=folder, env=own)
        if not works:
            return explain(said, REASONS)
    return None


CHECKS = {
    "Python version": python_fault,
    "folder": folder_fault,
    "environment": environment_fault,
    "home": home_fault,
    "kernel": kernel_fault,
}


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for name in sys.argv[1:] or CHECKS:
        fault = CHECKS[name]()
        if fault:
            print("WRONG  " + fault)
            sys.exit(1)
        if not sys.argv[1:]:
            print("ok     " + name, flush=True)

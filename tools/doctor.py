"""Say what is wrong around the notebooks, and what mends it; with --quick without starting a kernel."""

import os
import shutil
import sys
from pathlib import Path

from set_up import PYTHON, READY, VENV, explain, run

NOTES = """import jupyter_core.paths, os, tempfile
folder = jupyter_core.paths.jupyter_runtime_dir()
os.makedirs(folder, exist_ok=True)
tempfile.TemporaryFile(dir=folder)
"""
TRAINS = """import nbclient, nbformat
cell = nbformat.v4.new_code_cell("from helpers import Experiment, train; _ = train(Experiment())")
notebook = nbformat.v4.new_notebook(cells=[cell])
nbclient.NotebookClient(notebook, kernel_name="python3").execute()
"""
REASONS = {  # what a kernel that failed has said, and the sentence for it
    "Kernel died|failed to map": "The kernel died, as for want of memory (a notebook takes up to 1 GiB): "
    "shut down others and other programs, or give a container more.",
    r"ImportError: (.*\.)\Z": "{}",
    r"(.*)\Z": "The kernel of the notebooks does not work ({}): call make clean env.",
}


def environment_fault():
    """Whether .venv was made, to its end and here, with a Python that is there."""
    made = os.path.exists(READY) and shutil.which(PYTHON)
    settings = Path(VENV, "pyvenv.cfg").read_text("utf-8") if made else ""
    if os.path.normcase(f" {VENV}\n") in os.path.normcase(settings):
        return None
    return ".venv is not made here, or its Python is gone: call make clean env."


def home_fault():
    """Whether JupyterLab finds a place for its notes on running kernels."""
    if run(PYTHON, "-c", NOTES)[1]:
        return None
    way_out = 'call make lab HOME="$(mktemp -d)", or name another folder'
    return f"JupyterLab cannot write into the home folder {os.path.expanduser('~')}: {way_out}."


def kernel_fault():
    """Whether a kernel trains, beside the student's notebooks or else the originals."""
    folder = "my_notebooks" if os.path.isdir("my_notebooks") else "notebooks"
    said, works = run(PYTHON, "-P", "-c", TRAINS, cwd=folder)  # a file there hides nothing from us
    return None if works else explain(said, REASONS)


if __name__ == "__main__":
    quick = sys.argv[1:] == ["--quick"]
    wrong = environment_fault() or home_fault() or (not quick and kernel_fault())
    if wrong:
        sys.exit(wrong)
    if not quick:
        print("Nothing is wrong here: a kernel trains.")

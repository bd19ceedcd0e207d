"""Write notebooks that carry their helpers: each is one file, which runs wherever the lesson's packages are.

    python tools/carry.py build/carried notebooks/*.ipynb

Outputs are left out. What the first code cell unpacks goes into a temporary folder: nothing is installed.
anywidget comes along for a machine that has none; a machine's own is never replaced.
"""

import lzma
import sys
from base64 import b85encode
from functools import cache
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).resolve().parents[1]
PURE = ("anywidget", "psygnal")  # what a machine may lack: anywidget, and what it needs
WORDS = (
    "*The next cell unpacks what this notebook needs into a temporary folder; it installs nothing.*"
)
CODE = '''\
#@title Unpack the lesson's helpers
def unpack(packed):
    """Put the helpers first on Python's path, and last what this machine may lack."""
    import atexit, base64, io, lzma, shutil, sys, tempfile, zipfile

    folder = tempfile.mkdtemp(prefix="learning-rate-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = io.BytesIO(lzma.decompress(base64.b85decode(packed)))
    zipfile.ZipFile(files).extractall(folder)
    sys.path.insert(0, f"{{folder}}/lesson")
    sys.path.append(f"{{folder}}/more")


unpack("{packed}")
'''


def lesson_files():
    """Name and content of each file of the helpers."""
    for path in sorted((ROOT / "helpers").rglob("*.*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"lesson/{path.relative_to(ROOT).as_posix()}", path.read_bytes()


def more_files():
    """Name and content of what a machine may lack: Python alone, with its version and licence."""
    for name in PURE:
        for file in distribution(name).files:
            python = file.suffix == ".py" and len(file.parts) == 2  # not what serves other programs
            if python or file.name in ("METADATA", "LICENSE"):
                yield f"more/{file.as_posix()}", file.locate().read_bytes()


@cache
def packed() -> str:
    """All these files as text: the same for the same files."""
    files = BytesIO()
    with ZipFile(files, "w") as archive:  # not compressed, so that xz sees it as a whole
        for name, content in (*lesson_files(), *more_files()):
            archive.writestr(ZipInfo(name), content)
    return b85encode(lzma.compress(files.getvalue(), preset=9)).decode()


def carried(path: Path, outputs: bool = False) -> nbformat.NotebookNode:
    """The notebook with a first code cell that unpacks the helpers; without its outputs."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and not outputs:
            cell.update(execution_count=None, outputs=[])
    hidden = {"cellView": "form", "jupyter": {"source_hidden": True}}  # in Colab; in JupyterLab
    code = new_code_cell(CODE.format(packed=packed()), id="unpack", metadata=hidden)
    first = next(n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells[first:first] = [new_markdown_cell(WORDS, id="unpack-words"), code]
    return notebook


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        target = Path(folder, Path(name).name)
        nbformat.write(carried(Path(name)), target)
        print(f"{target}: {target.stat().st_size / 1000:.0f} KB")

"""Copy the notebooks to a folder of the student's own: without outputs, which would answer the questions.

    python tools/copies.py notebooks my_notebooks

What is there already stays as it is. To begin a notebook anew, move it away and call this again.
"""

import json
import shutil
import sys
from pathlib import Path


def without_outputs(text: str) -> str:
    """The text of a notebook that nobody has run."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(execution_count=None, outputs=[])
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def copy(source: Path, target: Path):
    """Copy one file; it has its name when it is complete."""
    part = target.with_name(f".{target.name}.part")
    if source.suffix == ".ipynb":
        part.write_text(without_outputs(source.read_text("utf-8")), "utf-8")
    else:
        shutil.copyfile(source, part)
    part.rename(target)


def make_copies(originals: Path, own: Path) -> list[str]:
    """Copy what is not there yet; the names of what was copied."""
    paths = [path.relative_to(originals) for path in sorted(originals.rglob("*"))]
    visible = [path for path in paths if not any(part.startswith(".") for part in path.parts)]
    new = [path for path in visible if (originals / path).is_file() and not (own / path).exists()]
    for path in new:
        (own / path).parent.mkdir(parents=True, exist_ok=True)
        copy(originals / path, own / path)
    return [path.name for path in new]


if __name__ == "__main__":
    originals, own = map(Path, sys.argv[1:])
    try:
        new = [name for name in make_copies(originals, own) if name.endswith(".ipynb")]
    except OSError as error:
        sys.exit(
            f"No copies can be made in {own} ({error.strerror}): "
            "make lab MINE=FOLDER makes them in another folder, make edit opens the originals."
        )
    made = f", {len(new)} of them new" if new else ""
    print(
        f"Your own copies of the notebooks are in {own}{made}; what you have saved there is kept."
    )

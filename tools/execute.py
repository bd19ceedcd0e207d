"""Execute notebooks in place: what is stored is what a reader without a kernel can see.

No times, no widget state, one stream for what one cell printed; and no views of widgets, which without their
kernel are an error message: their still picture or text is stored beside them and stays.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert.preprocessors import CoalesceStreamsPreprocessor

WIDGET = "application/vnd.jupyter.widget-view+json"


def execute(path: Path):
    """Run all cells and write the notebook back."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": path.parent}}
    told = {"record_timing": False, "store_widget_state": False}
    patience = {"timeout": 600, "iopub_timeout": 600}  # otherwise a busy machine loses outputs
    NotebookClient(notebook, resources=resources, **told, **patience).execute()
    notebook, _ = CoalesceStreamsPreprocessor().preprocess(notebook, resources)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name)
        execute(Path(name))

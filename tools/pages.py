"""Write the notebooks as self-contained HTML pages, to read and print without a kernel or a network."""

import re
import sys
from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path

import nbformat
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from nbconvert import HTMLExporter

PARTS = re.compile(r"(```.*?```|`[^`\n]+`)|\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
IN_WORDS = re.compile(r"\*In words:\* (.+?)(?:\n\n|$)", re.DOTALL)
PRINT = """<style>@media print {
.jp-Cell { break-inside: avoid; }
.jp-InputPrompt, .jp-OutputPrompt { display: none; }
.jp-InputArea pre { font-size: 78%; white-space: pre-wrap; overflow-wrap: anywhere; }
}</style>"""


def picture_of(formula: str, size: float = 10) -> str:
    """A formula as a picture within the page: MathJax would have to be fetched."""
    drawn = BytesIO()
    font = FontProperties(size=size)
    depth = math_to_image(f"${formula.strip()}$", drawn, prop=font, format="svg")
    source = b64encode(drawn.getvalue()).decode()
    style = f"vertical-align: -{depth * 100 / 72:.1f}px"
    return f'<img alt="{escape(formula)}" style="{style}" src="data:image/svg+xml;base64,{source}">'


def without_formulas(markdown: str) -> str:
    """The text with its formulas as pictures; code stays as it is."""

    def replaced(match):
        code, displayed, inline = match.groups()
        if code:
            return code
        if inline:
            return picture_of(inline)
        large = displayed.replace(r"\frac", r"\dfrac")
        return f"\n\n<p>{picture_of(large, 12)}</p>\n\n"

    return PARTS.sub(replaced, markdown)


def describe_pictures(cells: list):
    """Give each picture the alternative text that stands below it in the prose, after *In words:*."""
    for number, cell in enumerate(cells):
        below = "\n\n".join(below.source for below in cells[number + 1 : number + 3])
        words = IN_WORDS.search(below)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                text = words[1] if words else output["data"]["text/plain"]
                output.metadata["image/png"] = {"alt": escape(text)}


def page_of(path: Path) -> str:
    """One notebook as a page."""
    notebook = nbformat.read(path, as_version=4)
    describe_pictures(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = without_formulas(cell.source).replace(".ipynb)", ".html)")
    resources = {"metadata": {"name": notebook.cells[0].source.splitlines()[0].lstrip("# ")}}
    page, _ = HTMLExporter().from_notebook_node(notebook, resources)
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)  # all of it would be fetched
    return page.replace("</head>", f"{PRINT}</head>", 1)


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        target = Path(folder, Path(name).with_suffix(".html").name)
        target.write_text(page_of(Path(name)), "utf-8")
        print(target)

"""A notebook as a page: prose, code, stored outputs, and a place for each explorer."""

import re
from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path

import nbformat
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from nbconvert.filters import Highlight2HTML, ansi2html, markdown2html

FORMULAS = re.compile(r"(```.*?```|`[^`\n]+`)|\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
IN_WORDS = re.compile(r"\*In words:\* (.+?)(?:\n\n|$)", re.DOTALL)
EXPLORER = ("Explorer of ", "Mystery run: ")
"""How the stored text of an explorer begins."""


def picture_of(formula: str, size: float = 10) -> str:
    """A formula as a picture within the page: MathJax would have to be fetched."""
    drawn = BytesIO()
    depth = math_to_image(
        f"${formula.strip()}$", drawn, prop=FontProperties(size=size), format="svg"
    )
    source = b64encode(drawn.getvalue()).decode()
    style = f"vertical-align: -{depth * 100 / 72:.1f}px"
    return (
        f'<img class="formula" alt="{escape(formula)}" style="{style}" '
        f'src="data:image/svg+xml;base64,{source}">'
    )


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

    return FORMULAS.sub(replaced, markdown)


def described(cells: list, number: int) -> str | None:
    """The words on a picture that stand below it in the prose, after *In words:*."""
    below = "\n\n".join(cell.source for cell in cells[number + 1 : number + 3])
    words = IN_WORDS.search(below)
    return words and words[1]


def explorers_of(notebook) -> list[int]:
    """The cells that show an explorer."""

    def shows(cell):
        texts = (output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", []))
        return any(text.startswith(EXPLORER) for text in texts)

    return [number for number, cell in enumerate(notebook.cells) if shows(cell)]


class Page:
    """The HTML of one notebook; `explorers` are the names of its recordings."""

    def __init__(self, path: Path):
        """Read the notebook."""
        self.notebook = nbformat.read(path, as_version=4)
        self.title = self.notebook.cells[0].source.splitlines()[0].lstrip("# ")
        self.explorers = {
            number: f"{path.stem[:2]}-{place}"
            for place, number in enumerate(explorers_of(self.notebook), 1)
        }

    def body(self) -> str:
        """Every cell."""
        return "\n".join(map(self._cell, range(len(self.notebook.cells))))

    def _cell(self, number: int) -> str:
        cell = self.notebook.cells[number]
        if cell.cell_type == "markdown":
            text = without_formulas(cell.source).replace(".ipynb)", ".html)")
            return f'<div class="prose">{markdown2html(text)}</div>'
        code = Highlight2HTML()(cell.source, metadata=None)
        lines = len(cell.source.splitlines())
        first = escape(cell.source.splitlines()[0])
        if lines > 6:  # a reader wants the picture, and the code on request
            code = f"<details><summary>Code: <code>{first} …</code></summary>{code}</details>"
        outputs = "".join(self._output(number, output) for output in cell.outputs)
        return f'<div class="code">{code}</div>\n{outputs}'

    def _output(self, number: int, output) -> str:
        data = output.get("data", {})
        if "text" in output:
            return f"<pre>{ansi2html(output.text)}</pre>"
        if "image/png" in data:
            words = described(self.notebook.cells, number) or data["text/plain"]
            source = f'src="data:image/png;base64,{"".join(data["image/png"].split())}"'
            name = self.explorers.get(number)
            if not name:
                return f'<figure><img alt="{escape(words)}" {source}></figure>'
            still = f'<img class="still" alt="{escape(data["text/plain"])}" {source}>'
            place = f'id="explorer-{name[3:]}" data-recording="{name}"'
            return f'<section class="explorer" {place} aria-label="Explorer {name[3:]}">{still}</section>'
        if "text/html" in data:
            return f'<div class="output">{data["text/html"]}</div>'
        return f"<pre>{escape(data.get('text/plain', ''))}</pre>"

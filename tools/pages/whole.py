"""Whole pages: the index and the six notebooks, each a file that needs nothing but its recordings."""

from html import escape
from pathlib import Path

from tools.carry import carried
from tools.links import links, repository_of
from tools.pages.page import Page

import nbformat
from nbconvert.filters import markdown2html
from pygments.formatters import HtmlFormatter

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
INDEX = """# The learning rate, live

Six lessons on one question: how long should the steps of a neural network be? Move a slider, and you see
another training of a real Keras network: all 200 epochs, recorded stop by stop. Each lesson takes about half an hour.

**In a hurry?** Read 1, 3 and 4. Lesson 2 is about Keras's arguments; 5 and 6 build on 4.
"""
WAYS = """## Ways in

- **These pages** need nothing but a browser. They show the runs that were recorded: a few dozen stops for each slider.
- **The notebooks** train live, at every setting, with decision regions, more seeds, pinned runs and your own code.
  Each is one file that brings its helpers along: download it, open it in Jupyter, Colab, Kaggle or VS Code
  (Python 3.11 to 3.13 with TensorFlow), and run it.
- **The repository** has all six, with tests and a guide for teachers: clone it and call `make lab`.

## Licence

Text and figures: CC BY 4.0. Code: MIT.
"""

NOTE = """<p class="small">On this page explorers show recorded runs. More seeds, pinned runs and code of your own are in
<a href="notebooks/{}" download>the notebook</a>, which trains live.</p>"""


def colours() -> str:
    """Those of code, on light and on dark pages."""
    light, dark = (
        HtmlFormatter(style=style).get_style_defs(".highlight")
        for style in ("xcode", "github-dark")
    )
    wish = "screen and (prefers-color-scheme: dark)"  # paper is white
    return f"@media not {wish} {{ {light} }}\n@media {wish} {{ {dark} }}"


def html(title: str, body: str, script: str = "") -> str:
    """A whole page."""
    style = (HERE / "page.css").read_text("utf-8") + colours()
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
{script and f'<script type="module">{script}</script>'}
</body>
</html>
"""


def link(path: Path, words: str = "") -> str:
    """A link to the page of a notebook."""
    return f'<a href="{path.stem}.html">{escape(words or Page(path).title)}</a>'


def index() -> str:
    """What the six are, in what order, and the ways in."""
    cards = []
    for path in NOTEBOOKS:
        first = Page(path).notebook.cells[0].source.split("\n\n")
        (time,) = [part for part in first if part.startswith("**Time:**")]
        ways = f'<a href="notebooks/{path.name}" download>The notebook, to run</a>'
        if to := links(repository_of((ROOT / "pyproject.toml").read_text("utf-8")), path.stem):
            ways += (
                f' · <a href="{to["Colab"]}">in Colab</a> · <a href="{to["Binder"]}">in Binder</a>'
            )
        words = markdown2html(f"{first[1]}\n\n{time}")
        cards.append(f'<div class="card"><h2>{link(path)}</h2>{words}<p>{ways}</p></div>')
    return html(
        "The learning rate, live", markdown2html(INDEX) + "".join(cards) + markdown2html(WAYS)
    )


def write_pages(folder: Path):
    """The index, the six pages, and the notebooks that carry their helpers."""
    module = (ROOT / "helpers/widgets/figure.js").read_text("utf-8")
    script = module + (HERE / "page.js").read_text("utf-8")
    (folder / "index.html").write_text(index(), "utf-8")
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    for path, after in zip(NOTEBOOKS, [*NOTEBOOKS[1:], None]):
        page = Page(path)
        nav = '<a href="index.html">All six lessons</a>'
        if after:
            nav += f" · {link(after, f'Next: {Page(after).title}')}"
        nav, end = (f'<nav aria-label="{place}">{nav}</nav>' for place in ("lessons", "onwards"))
        body = nav + NOTE.format(path.name) + page.body() + end
        (folder / f"{path.stem}.html").write_text(html(page.title, body, script), "utf-8")
        nbformat.write(carried(path), folder / "notebooks" / path.name)

"""What `make html` writes: pages that stand alone; and text in figures that can be read."""

import re
import runpy
from pathlib import Path

from helpers import (
    Experiment,
    explore,
    explore_descent,
    explore_range_test,
    plot_accuracy,
    plot_classes,
    prepare_data,
    train,
)
from tests.test_notebooks import NAMES, NOTEBOOKS

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

TOLD = "Here.\n\n*In words:* It rises < 1.\n\nNext."
PAGES = runpy.run_path(str(Path(__file__).parents[1] / "tools/pages.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fetches_nothing_and_shows_the_still_pictures(name):
    path = NOTEBOOKS / f"{name}.ipynb"
    page = PAGES["page_of"](path)
    assert "<script" not in page
    assert 'src="http' not in page
    assert "@import" not in page
    assert "Error displaying widget" not in page
    pictures = re.findall(r'<img\s+alt="([^"]*)"[^>]*src="data:image/png', page)
    assert len(pictures) == path.read_text("utf-8").count('"image/png"')
    assert all(len(words) > 10 for words in pictures), "alternative text"
    assert ".ipynb" not in page
    assert "$$" not in page


def test_formulas_become_pictures_and_code_stays():
    told = PAGES["without_formulas"]("a $x^2$ and `$x$`\n```\n$$y$$\n```\n$$\\frac{1}{2}$$")
    assert told.count("data:image/svg+xml") == 2
    assert 'alt="x^2"' in told
    assert "`$x$`\n```\n$$y$$\n```" in told


def test_a_picture_is_described_by_the_words_below_it():
    cells = []
    for below in (TOLD, "On."):
        picture = new_output("display_data", {"image/png": "", "text/plain": "<Figure>"})
        cells += [new_code_cell(outputs=[picture]), *map(new_markdown_cell, ("Look.", below))]
    PAGES["describe_pictures"](cells)
    told = [cell.outputs[0].metadata["image/png"]["alt"] for cell in cells[::3]]
    assert told == ["It rises &lt; 1.", "&lt;Figure&gt;"]


def luminance(colour) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def figures():
    for fields in [("learning_rate",), ("patience",), ("decay",)]:
        explorer = explore(*fields, epochs=5)
        yield explorer.picture.figure
        yield explorer.regions.picture.figure
    yield explore_range_test().picture.figure
    yield from (picture.figure for picture in explore_descent().pictures.values())
    static = Figure()
    left, right = static.subplots(1, 2)
    plot_accuracy(left, train(Experiment(epochs=5)))
    plot_classes(right, *prepare_data()[:2])
    for ax in (left, right):
        ax.legend()
    yield static


def test_text_in_figures_has_contrast():
    texts = [text for figure in figures() for text in figure.findobj(Text)]
    assert len(texts) > 100
    for text in texts:
        contrast = 1.05 / (luminance(text.get_color()) + 0.05)
        assert contrast >= 4.5, f"{text.get_text()!r} has {contrast:.1f}:1 on white"

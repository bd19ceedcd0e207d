"""The pages of the site: what they are made of; and text in figures that can be read."""

import json
import re
import zlib
from base64 import b64decode
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
from tools.pages.page import Page, described, without_formulas
from tools.pages.record import record
from tools.pages.store import Recording

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from nbformat.v4 import new_markdown_cell

TOLD = "Here.\n\n*In words:* It rises < 1.\n\nNext."


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fetches_nothing_and_describes_its_pictures(name):
    page = Page(NOTEBOOKS / f"{name}.ipynb")
    body = page.body()
    assert not re.findall(r'(?:src|href)="(?!data:|#|\d\d_\w+\.html|https://)[^"]*"', body)
    assert not re.findall(r'<(?:img|script|link|iframe)[^>]*(?:src|href)="http', body)
    stored = Path(NOTEBOOKS / f"{name}.ipynb").read_text("utf-8").count('"image/png"')
    words = re.findall(r'<img (?:class="still" )?alt="([^"]*)" src="data:image/png', body)
    assert len(words) == stored
    assert all(len(each) > 10 for each in words), "alternative text"
    assert ".ipynb" not in body
    assert "$$" not in body
    assert body.count("data-recording=") == len(page.explorers) >= 1


def test_formulas_become_pictures_and_code_stays():
    told = without_formulas("a $x^2$ and `$x$`\n```\n$$y$$\n```\n$$\\frac{1}{2}$$")
    assert told.count("data:image/svg+xml") == 2
    assert 'alt="x^2"' in told
    assert "`$x$`\n```\n$$y$$\n```" in told


def test_a_picture_is_described_by_the_words_below_it():
    cells = [new_markdown_cell(text) for text in ("", "Look.", TOLD, "On.", "And.")]
    assert [described(cells, number) for number in (0, 2)] == ["It rises < 1.", None]


def test_numbers_of_a_run_are_kept_once_and_read_off():
    """Two stops of one run: its curve on an axis, in percent, and a path that begins like another."""
    run = {"accuracy": np.array([0.25, 0.5, 0.75], "float32")}
    recording = Recording(("accuracy",), per={"accuracy": 500})
    for x in (np.arange(3.0), np.arange(2.0)):
        curve = np.column_stack([np.arange(3), 100 - 40 * run["accuracy"]])
        items = [
            {"name": "curve", "points": curve},
            {"name": "path", "points": np.tile(x, (2, 1)).T},
        ]
        tree = {"items": items, "values": 100 * run["accuracy"], "said": f"{len(x)} steps"}
        recording.add(tree, "run", run, {"curve": (0, 100.0, -40.0, None)})
    assert len(recording.runs) == 1
    assert recording.length == 3, "0, 1, 2 and their beginning are one array"
    whole = zlib.decompress(b64decode(recording.text()))
    head = json.loads(whole[4 : 4 + int.from_bytes(whole[:4], "little")])
    (template,) = map(json.loads, head["templates"])
    on_axis = {"of": "accuracy", "log": 0, "plus": 100.0, "times": -40.0}
    assert template["items"][0]["points"]["y"] == on_axis
    assert template["values"] == {"of": "accuracy", "log": 0, "plus": 0, "times": 100}
    assert template["said"] == {"hole": head["rows"][0].index("2 steps") - 2}
    assert np.frombuffer(whole[-6:], "<u2").tolist() == [125, 250, 375]


def test_a_goal_is_met_at_some_stop_of_the_page():
    goals = {"learns": lambda run: run.loss[-1] < run.loss[0], "never": lambda run: False}
    explorer = explore("nesterov", momentum=0.5, epochs=3, goals=goals)
    with pytest.raises(ValueError, match=r"meets the goals \['never'\]"):
        record(explorer)


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

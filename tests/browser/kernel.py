"""What a kernel says of the explorers on its page; runs in the kernel itself."""

import json
import re
from base64 import b64encode
from html import unescape
from math import log10

from helpers.experiment import FIELDS
from helpers.widgets.stage import Stage

import ipywidgets as widgets
from IPython import get_ipython

KINDS = {
    **{widgets.Text: "text", widgets.Textarea: "textarea", widgets.HTML: "html"},
    **dict.fromkeys((widgets.IntSlider, widgets.FloatSlider, widgets.FloatLogSlider), "slider"),
    **{widgets.Dropdown: "dropdown", widgets.Checkbox: "checkbox"},
    **{widgets.ToggleButton: "toggle-button", widgets.Button: "button"},
    **{widgets.Play: "play", widgets.Accordion: "accordion"},
}
"""Kind of widget: its name, of which its CSS class is made."""
SHOWN = {
    "dropdown": "label",
    "button": "description",
    "play": "playing",
    "accordion": "selected_index",
}
"""Kind of widget: what a page shows of it; of the others, the value."""
OPTIONS = ("epoch", "seeds", "regions", "linear_rate", "over_updates", "part")


def explorers() -> list[Stage]:
    """Those that the notebook shows, in the order of their cells."""
    shown = get_ipython().user_ns["Out"].values()
    return [each for each in shown if isinstance(each, Stage) and each.comm is not None]


def said(number: int) -> str:
    """State, controls and pictures of one explorer, as JSON."""
    explorer = explorers()[number]
    whole = [*walk(explorer)]
    kinds = {"history": of_run, "test": of_test, "bowl": of_path}
    (of_kind,) = (of for name, of in kinds.items() if hasattr(explorer.state, name))
    return json.dumps(
        of_kind(explorer)
        | {
            "parts": [part_of(widget) for widget in whole if type(widget) in KINDS],
            "figures": [b64encode(w.frame).decode() for w in whole if hasattr(w, "frame")],
        }
    )


def walk(widget):
    """A widget and all its parts that can be seen, as they stand on the page."""
    yield widget
    parts = getattr(widget, "children", ())
    if isinstance(widget, widgets.Accordion):
        parts = [parts[number] for number in (widget.selected_index,) if number is not None]
    for part in parts:
        yield from walk(part)


def part_of(widget) -> tuple[str, object, bool]:
    """Kind, value and whether it is disabled; of a logarithmic slider, the exponent."""
    kind = KINDS[type(widget)]
    value = getattr(widget, SHOWN.get(kind, "value"))
    if isinstance(widget, widgets.FloatLogSlider):
        value = log10(value)
    if kind == "html":
        value = unescape(re.sub(r"<[^>]*>", "", value))
    return kind, value, bool(getattr(widget, "disabled", False))


def of_run(explorer) -> dict:
    """The runs on the picture, and what else an explorer of a run shows."""
    state = explorer.state
    task = explorer.background.task
    return {
        "values": dict(state.values),
        "run": experiment(state.history),
        "previous": experiment(state.previous),
        "pins": [experiment(history) for history in state.pins],
        "band": [experiment(history) for history in state.band],
        "hold": explorer.options.holds_step_size,
        "rests": (task is None or task.done()) and state.regions_of is None,
        **{name: getattr(state, name) for name in OPTIONS},
    }


def experiment(history) -> dict | None:
    """The experiment of a run."""
    return history and {name: getattr(history.experiment, name) for name in FIELDS}


def of_test(explorer) -> dict:
    """The range tests on the picture."""
    state = explorer.state
    tests = {"test": experiment(state.test), "test_before": experiment(state.previous)}
    return {"values": dict(state.values), **tests, "rests": True}


def of_path(explorer) -> dict:
    """The path on the picture."""
    state, task = explorer.state, explorer.task
    values = {"surface": state.bowl, "learning_rate": state.learning_rate}
    values |= {"momentum": state.momentum, "optimizer": state.method}
    return {"values": values, "steps": state.steps, "rests": task is None or task.done()}

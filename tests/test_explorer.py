"""Explorers without a browser: what moves when a slider does."""

from base64 import b64decode

from helpers import Experiment, explore, train

import ipywidgets as widgets
import pytest

PNG = b"\x89PNG"
CALLS = [
    (("learning_rate",), {}),
    (("momentum",), {"learning_rate": 0.01}),
    (("decay",), {}),
    (("patience",), {}),
    (("learning_rate", "momentum", "decay"), {}),
    (("optimizer", "learning_rate"), {}),
]


def descendants(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from descendants(child)


def find(explorer, css_class):
    (found,) = (w for w in descendants(explorer) if css_class in w._dom_classes)
    return found


def slider_of(explorer, field):
    sliders = (widgets.FloatLogSlider, widgets.FloatSlider, widgets.IntSlider)
    control = find(explorer, f"control-{field}")
    (slider,) = (w for w in descendants(control) if isinstance(w, sliders))
    return slider


@pytest.mark.parametrize(("fields", "fixed"), CALLS, ids=str)
def test_parts_of_an_explorer(fields, fixed):
    explorer = explore(*fields, epochs=20, **fixed)
    for field in fields:
        find(explorer, f"control-{field}")
    assert bytes(find(explorer, "explorer-figure").value).startswith(PNG)
    assert "%" in find(explorer, "explorer-status").value


def test_a_move_trains_that_experiment_and_draws_it():
    explorer = explore("learning_rate", epochs=30, seed=4)
    figure, status = find(explorer, "explorer-figure"), find(explorer, "explorer-status")
    for rate in (0.1, 0.0001):
        before = bytes(figure.value)
        slider_of(explorer, "learning_rate").value = rate
        accuracy = train(Experiment(learning_rate=rate, epochs=30, seed=4)).val_accuracy[-1]
        assert bytes(figure.value) != before
        assert f"{accuracy:.1%}".replace("%", " %") in status.value


def test_what_readers_without_a_kernel_get():
    bundle = explore("momentum", epochs=20)._repr_mimebundle_()
    assert b64decode(bundle["image/png"]).startswith(PNG)
    assert bundle["text/plain"] == explore("momentum", epochs=20)._repr_mimebundle_()["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize(
    ("fields", "fixed", "named"),
    [
        ((), {}, "field"),
        (("speed",), {}, "speed"),
        (("decay", "decay"), {}, "decay"),
        (("learning_rate",), {"speed": 1}, "speed"),
        (("learning_rate",), {"momentum": 2}, "momentum"),
        (("momentum",), {"optimizer": "adam", "momentum": 0.5}, "momentum"),
    ],
)
def test_what_cannot_be_explored_is_refused(fields, fixed, named):
    with pytest.raises(ValueError, match=named):
        explore(*fields, **fixed)

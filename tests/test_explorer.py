"""Explorers without a browser: what moves when a slider does."""

from base64 import b64decode

from helpers import Experiment, explore, explore_descent, train

import ipywidgets as widgets
import numpy as np
import pytest
from helpers.widgets.plateau import waits_of

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


@pytest.mark.parametrize(
    ("fields", "fixed", "named"),
    [
        (("decay",), {"patience": 5}, "decay"),
        (("patience",), {"schedule": [(5, 0.1)]}, "patience"),
        (("momentum",), {"optimizer": "adam"}, "momentum"),
        (("min_delta",), {}, "min_delta"),
        (("schedule",), {"schedule": [(1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1)]}, "breakpoints"),
        (("seed",), {"pinned": [Experiment(epochs=3)]}, "pinned"),
        (("seed",), {"pinned": [Experiment(epochs=20)] * 7}, "pinned"),
    ],
)
def test_controls_and_pins_without_a_meaning_are_refused(fields, fixed, named):
    with pytest.raises(ValueError, match=named):
        explore(*fields, epochs=20, **fixed)


def test_a_move_that_cannot_be_drawn_leaves_everything_as_it_was(monkeypatch):
    explorer = explore("learning_rate", epochs=20)
    history, status = explorer.history, find(explorer, "explorer-status")
    monkeypatch.setattr(explorer.picture, "draw", lambda scene: 1 / 0)
    slider_of(explorer, "learning_rate").value = 0.1
    assert explorer.history is history
    assert "ZeroDivisionError" in status.value
    assert slider_of(explorer, "learning_rate").value == pytest.approx(0.01)
    monkeypatch.undo()
    slider_of(explorer, "learning_rate").value = 0.1
    assert "learning rate 0.1" in status.value


def test_a_typed_number_is_exact_and_nonsense_goes_back():
    explorer = explore("learning_rate", "patience", epochs=20)
    box, status = find(explorer, "box-learning_rate"), find(explorer, "explorer-status")
    box.value = "0.0123456"
    assert explorer.history.experiment.learning_rate == 0.0123456
    for text in ("", "quick", "-1", "1e9", "nan", "inf"):
        box.value = text
        assert box.value == "0.0123456"
        assert "learning_rate is" in status.value
    find(explorer, "box-patience").value = "7"
    assert explorer.history.experiment.patience == 7
    find(explorer, "box-patience").value = "off"
    assert explorer.history.experiment.patience is None


def test_momentum_can_hold_the_step_size():
    explorer = explore("momentum", epochs=20)
    find(explorer, "explorer-hold").value = True
    slider_of(explorer, "momentum").value = 0.9
    assert explorer.history.experiment.learning_rate == pytest.approx(0.001)
    slider_of(explorer, "momentum").value = 0.0
    assert explorer.history.experiment.learning_rate == pytest.approx(0.01)


def test_each_optimizer_keeps_its_own_rate():
    explorer = explore("optimizer", "learning_rate", "momentum", epochs=20)
    choice, rate = find(explorer, "control-optimizer"), slider_of(explorer, "learning_rate")
    slider_of(explorer, "momentum").value = 0.5
    choice.value = "adam"
    assert explorer.history.experiment == Experiment("adam", 0.001, epochs=20)
    rate.value = 0.1
    choice.value = "sgd"
    assert explorer.history.experiment == Experiment("sgd", 0.01, momentum=0.5, epochs=20)
    choice.value = "adam"
    assert explorer.history.experiment.learning_rate == 0.1


def test_a_fixed_rate_stays_when_the_optimizer_changes():
    explorer = explore("optimizer", learning_rate=0.1, epochs=20)
    find(explorer, "control-optimizer").value = "adam"
    assert explorer.history.experiment == Experiment("adam", 0.1, epochs=20)


def test_a_schedule_can_begin_without_breakpoints():
    explorer = explore("schedule", epochs=30)
    explorer.controls["schedule"].rows[0][0].value = True
    assert len(explorer.history.experiment.schedule) == 1


def test_a_schedule_is_set_by_its_breakpoints():
    explorer = explore("schedule", epochs=30, schedule=[(10, 0.001)])
    used, start, rate = explorer.controls["schedule"].rows[1]
    start.value = 5  # what is moved is in use
    rate.box.value = "0.1"
    assert used.value
    assert explorer.history.experiment.schedule == ((5, 0.1), (10, 0.001))
    explorer.reset()
    assert explorer.history.experiment.schedule == ((10, 0.001),)
    assert explorer.controls["schedule"].value == ((10, 0.001),)


def test_the_counter_that_is_drawn_is_the_one_that_dropped_the_rate():
    history = train(Experiment(patience=5, min_delta=1e-3))
    waits = waits_of(history)
    dropped = history.learning_rate[1:] < history.learning_rate[:-1]
    assert dropped.any()
    np.testing.assert_array_equal(waits[:-1] == 5, dropped)


@pytest.mark.parametrize(
    "fixed", [{"epochs": 1}, {"epochs": 5}, {"hidden": 1}, {"seed": 2**32 - 1}]
)
@pytest.mark.parametrize("rate", [100.0, 1e-12])
def test_odd_experiments_are_drawn_as_well(fixed, rate):
    explorer = explore("learning_rate", "patience", **fixed)
    find(explorer, "box-learning_rate").value = str(rate)
    slider_of(explorer, "patience").value = 2
    assert explorer.history.experiment.learning_rate == rate
    assert "This run" in find(explorer, "explorer-status").value


@pytest.mark.parametrize(
    ("rate", "momentum", "word", "end"),
    [
        ("0.3", "0", "creeping", "not arrived yet"),
        ("1", "0", "creeping", "has arrived"),
        ("1.9", "0", "oscillating", "not arrived yet"),
        ("2", "0", "on the boundary", "not arrived yet"),
        ("2.1", "0", "diverging", "left the picture"),
        ("2.1", "0.5", "oscillating", "has arrived"),
    ],
)
def test_descent_says_what_the_path_does(rate, momentum, word, end):
    explorer = explore_descent()
    find(explorer, "box-learning_rate").value = rate
    find(explorer, "box-momentum").value = momentum
    status = find(explorer, "explorer-status")
    assert word in status.value
    if end != "not arrived yet" or rate == "2":
        explorer.run()  # all at once without an event loop
        assert end in status.value
    explorer.reset()
    assert "After 0 steps" in status.value
    explorer.step()
    assert "After 1 step " in status.value

"""Explorers without a browser: what is shown is one run, whole or not at all."""

import asyncio
import signal
import sys
import time
from base64 import b64decode
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from itertools import product
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import helpers
from helpers import Experiment, drops, explore, explore_descent, predict, train
from helpers.descent import METHODS, PARABOLA, RAVINE, TURNED_RAVINE
from helpers.outcome import outcome
from helpers.pictures import DescentScene, curves_picture
from helpers.regions import SHADES, plane
from helpers.widgets import seeds
from helpers.widgets.kit import VIEW
from helpers.widgets.turn import turn
from tests.frames import data, item, items, names

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets import widget
from PIL import Image

MODELS = widget._instances  # all that are open
PNG = b"\x89PNG"
ACCURACY, RATE = 0, -1  # the axes of a picture
ALIVE = "final test accuracy"
QUICK = {"epochs": 12}
CALLS = [
    (("learning_rate",), {}),
    (("momentum",), {"learning_rate": 0.01}),
    (("decay",), {}),
    (("patience",), {}),
    (("schedule",), {}),
    (("problem", "scaled"), {}),
    (("learning_rate", "momentum", "decay"), {}),
    (("optimizer", "learning_rate"), {}),
    (("learning_rate", "patience"), {"loss": True}),
]


def descendants(part):
    yield part
    for child in getattr(part, "children", ()):
        yield from descendants(child)


def find(explorer, css_class):
    (found,) = (w for w in descendants(explorer) if css_class in w._dom_classes)
    return found


def is_in_tree(explorer, widget):
    return any(found is widget for found in descendants(explorer))


def slider_of(explorer, field):
    sliders = (widgets.FloatLogSlider, widgets.FloatSlider, widgets.IntSlider)
    control = find(explorer, f"control-{field}")
    (slider,) = (w for w in descendants(control) if isinstance(w, sliders))
    return slider


def status_of(explorer):
    return find(explorer, "explorer-status").value


def figure_of(explorer):
    return find(explorer, "explorer-figure")


def frame_of(explorer) -> bytes:
    return figure_of(explorer).frame


def title_of(frame) -> str:
    return item(frame, "title")["text"]


def assert_curve(explorer, name, history, panel=ACCURACY, array="val_accuracy"):
    """The picture has this curve of this run."""
    x, y = data(explorer.picture, panel, item(frame_of(explorer), name)["points"]).T
    np.testing.assert_allclose(x, np.arange(1, len(history.loss) + 1), atol=1e-3)
    np.testing.assert_allclose(y, getattr(history, array), atol=1e-4)


@pytest.fixture(scope="module")
def fresh():
    """Draw a state's curves on a picture that no explorer has touched."""
    picture = lru_cache(curves_picture)

    def draw(explorer):
        like = "patience" in explorer.fields, "Accuracy, loss" in figure_of(explorer).label
        return picture(*like).draw(explorer.scene(explorer.state))._asdict()

    return draw


def assert_whole(explorer, fresh):
    """Picture, title, controls, words, goals and run are those of one state."""
    figure, state, experiment = figure_of(explorer), explorer.state, explorer.history.experiment
    for part, value in fresh(explorer).items():
        assert getattr(figure, part) == value, f"the {part} is not of this run"
    result = f"test accuracy {100 * explorer.history.val_accuracy[-1]:.0f} %"
    assert result in title_of(figure.frame)
    for name, control in explorer.controls.items():
        assert control.value == state.values[name]
        if not control.disabled:
            assert control.value == getattr(experiment, name)
    for field, choice in explorer.options.lists.items():
        assert choice.value == getattr(state, field)
    np.testing.assert_array_equal(explorer.history.loss, train(experiment).loss)
    assert len(explorer.pins.widget.children) == len(state.pins)


# What is drawn


@pytest.mark.parametrize(("fields", "fixed"), CALLS, ids=str)
def test_parts_of_an_explorer(fields, fixed, fresh):
    explorer = explore(*fields, **QUICK, **fixed)
    for field in fields:
        find(explorer, f"control-{field}")
    assert "%" in status_of(explorer)
    assert_whole(explorer, fresh)


def test_a_move_trains_that_experiment_and_draws_it():
    explorer = explore("learning_rate", epochs=30, seed=4)
    for rate in (0.1, 0.001):
        slider_of(explorer, "learning_rate").value = rate
        history = train(Experiment(learning_rate=rate, epochs=30, seed=4))
        assert_curve(explorer, "accuracy test", history)
        assert_curve(explorer, "accuracy train", history, ACCURACY, "accuracy")
        points = item(frame_of(explorer), "rate run")["points"]
        np.testing.assert_allclose(data(explorer.picture, RATE, points)[:, 1], rate, rtol=1e-3)
        final = 100 * history.val_accuracy[-1]
        assert f"{final:.1f} %" in status_of(explorer)
        good = np.flatnonzero(history.val_accuracy >= 0.8)
        reached = f"first reached in epoch {good[0] + 1}," if good.size else "never reached,"
        assert f"80 % {reached}" in status_of(explorer)
        title = f"learning rate {rate}: test accuracy {final:.0f} %, "
        assert title_of(frame_of(explorer)).startswith(title)


def test_losses_on_request():
    assert "loss test" not in names(frame_of(explore("learning_rate", **QUICK)))
    for fields in (("learning_rate",), ("learning_rate", "patience")):
        explorer = explore(*fields, loss=True, **QUICK)
        before = explorer.history
        slider_of(explorer, "learning_rate").value = 0.1
        assert_curve(explorer, "loss train", explorer.history, 1, "loss")
        assert_curve(explorer, "loss test", explorer.history, 1, "val_loss")
        assert_curve(explorer, "loss previous", before, 1, "val_loss")


def test_a_title_that_would_not_fit_is_the_result_alone():
    explorer = explore("learning_rate", "momentum", "seed", **QUICK)
    assert "seed 0: final test accuracy" in status_of(explorer)
    assert title_of(frame_of(explorer)).startswith("test accuracy ")


def test_the_ghost_is_the_run_before():
    explorer = explore("learning_rate", **QUICK)
    assert "accuracy previous" not in names(frame_of(explorer))
    first = explorer.history
    for rate in (0.1, 0.001):
        before = explorer.history
        slider_of(explorer, "learning_rate").value = rate
        assert_curve(explorer, "accuracy previous", before)
    explorer.reset()
    assert explorer.history is first
    assert "accuracy previous" not in names(frame_of(explorer))


def test_each_pin_draws_its_own_run(fresh):
    pinned = [Experiment(**QUICK, learning_rate=0.3), Experiment(**QUICK, seed=5)]
    explorer = explore("learning_rate", pinned=pinned, **QUICK)
    slider_of(explorer, "learning_rate").value = 0.001
    explorer.pin()
    slider_of(explorer, "learning_rate").value = 0.1
    experiments = [*pinned, Experiment(**QUICK, learning_rate=0.001)]
    for letter, experiment in zip("ABC", experiments, strict=True):
        assert_curve(explorer, f"accuracy {letter}", train(experiment))
    rows = [row.children[1].value for row in explorer.pins.widget.children]
    for text, words in zip(rows, ["rate 0.3", "rate 0.01, seed 5", "rate 0.001"], strict=True):
        assert f"{words}: " in text
    for letter, text in zip("ABC", rows):
        assert item(frame_of(explorer), f"accuracy {letter}")["colour"][0] in text.lower()
    first, second, third = explorer.pins.widget.children
    second.children[0].click()
    assert explorer.pins.widget.children == (first, third)
    assert "B</b>" in third.children[1].value
    assert_curve(explorer, "accuracy B", train(experiments[2]))
    assert "accuracy C" not in names(frame_of(explorer))
    assert_whole(explorer, fresh)


def test_a_run_is_pinned_once_and_six_fit():
    explorer = explore("seed", **QUICK)
    explorer.pin()
    explorer.pin()
    assert "pinned already" in status_of(explorer)
    for seed in range(1, 7):
        slider_of(explorer, "seed").value = seed
        explorer.pin()
    assert "unpin one first" in status_of(explorer)
    assert len(explorer.state.pins) == 6


def test_rate_axis_and_time_axis(fresh):
    explorer = explore("decay", epochs=20, decay=0.01)
    figure, ax = figure_of(explorer), explorer.picture.panels[-1].ax
    seen = {figure.background}
    assert ax.get_yscale() == "linear"
    for css_class, value, is_so in [
        ("rate-scale", False, lambda: ax.get_yscale() == "log"),
        ("rate-unit", True, lambda: ax.get_xlabel() == "update"),
        ("rate-scale", True, lambda: ax.get_yscale() == "linear"),
    ]:
        find(explorer, f"explorer-{css_class}").value = value
        assert is_so()
        assert figure.background not in seen
        seen.add(figure.background)
        assert_whole(explorer, fresh)
    find(explorer, "explorer-rate-unit").value = False
    assert ax.get_xlabel() == "epoch"


@pytest.mark.parametrize("problem", ["blobs", "moons"])
def test_decision_regions_are_of_the_epoch_that_the_replay_shows(problem, fresh):
    explorer = explore("learning_rate", problem=problem, epochs=20, learning_rate=0.3)
    regions, history = find(explorer, "explorer-regions"), explorer.history
    extent = tuple(map(float, explorer.regions.picture.panels[0].extent))
    for epoch in (20, 1, 7, 20):
        find(explorer, "control-epoch").value = epoch
        image = item(regions.frame, "regions")
        weights = [array[epoch - 1] for array in history.weights_by_epoch]
        places = plane(extent, image["columns"])[:2].T
        expected = predict(weights, places).argmax(axis=1).reshape(image["rows"], -1)[::-1]
        drawn = image["indexes"].reshape(image["rows"], -1) // SHADES
        assert np.mean(drawn == expected) > 0.999
        assert title_of(regions.frame).startswith(f"epoch {epoch}: ")
        marks = [mark["points"] for mark in items(frame_of(explorer), "replay")]
        marked = [data(explorer.picture, ACCURACY, points)[0, 0] for points in marks]
        assert marked == ([] if epoch == 20 else [pytest.approx(epoch, abs=1e-3)])
        assert_whole(explorer, fresh)
    find(explorer, "control-epoch").value = 3
    find(explorer, "explorer-play").value = 3  # to which the front end links them
    find(explorer, "explorer-play").playing = True
    slider_of(explorer, "learning_rate").value = 0.1
    assert find(explorer, "control-epoch").value == find(explorer, "explorer-play").value == 20
    assert not find(explorer, "explorer-play").playing


@pytest.mark.parametrize("epochs", [1, 2, 11, 12])
def test_the_replay_ends_at_the_last_epoch(epochs):
    play = explore("seed", epochs=epochs).regions.play
    assert (play.max, (play.max - play.min) % play.step) == (epochs, 0)


def test_regions_are_shown_where_there_are_two_inputs():
    explorer = explore("problem", "scaled", **QUICK)
    button, choice = find(explorer, "explorer-show-regions"), find(explorer, "control-problem")
    button.value = True
    pictures = set()
    for problem in ("blobs", "moons", "circles", "spiral"):
        choice.value = problem
        pictures.add(find(explorer, "explorer-regions").background)
    assert len(pictures) == 4
    choice.value = "digits"
    assert explorer.history.problem.features == 64
    assert not is_in_tree(explorer, explorer.regions.figure)
    assert button.disabled
    find(explorer, "control-scaled").value = True
    choice.value = "moons"
    assert not button.disabled
    assert "moons, scaled on" in status_of(explorer)
    assert is_in_tree(explorer, explorer.regions.figure)
    button.value = False
    assert not is_in_tree(explorer, explorer.regions.figure)
    explorer = explore("learning_rate", problem="digits", **QUICK)
    assert not is_in_tree(explorer, explorer.regions.button)


def test_pins_of_another_problem_say_so(fresh):
    explorer = explore("learning_rate", "problem", problem="moons", **QUICK)
    explorer.pin()
    find(explorer, "control-problem").value = "digits"
    assert "problem moons" in explorer.pins.widget.children[0].children[1].value
    assert_whole(explorer, fresh)
    explorer = explore("learning_rate", pinned=[Experiment(problem="moons", **QUICK)], **QUICK)
    assert "problem moons" in explorer.pins.widget.children[0].children[1].value


def test_a_pin_tells_what_another_control_has_moved_since():
    explorer = explore("patience", patience=3, **QUICK)
    explorer.pin()
    text = explorer.pins.widget.children[0].children[1]
    assert "patience 3: " in text.value
    find(explorer, "box-factor").value = "0.5"
    assert "patience 3, factor 0.1: " in text.value
    assert "patience 3, factor 0.5: " in status_of(explorer)


# More seeds, in the background


async def rested(explorer, until, seconds=120):
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, status_of(explorer)
        await asyncio.sleep(0.02)


def test_more_seeds_are_other_seeds_in_one_band(monkeypatch, fresh):
    monkeypatch.setattr(seeds, "REST", 0)

    async def main():
        explorer = explore("learning_rate", **QUICK, seed=2**32 - 3)
        await rested(explorer, lambda: explorer.state.band)
        expected = [Experiment(**QUICK, seed=s % 2**32) for s in range(2**32 - 3, 2**32 + 8)]
        assert [run.experiment for run in explorer.state.band] == expected
        curves = np.array([train(experiment).val_accuracy for experiment in expected])
        area = item(frame_of(explorer), "accuracy band")["points"]
        drawn = data(explorer.picture, ACCURACY, area[np.isfinite(area).all(axis=1)])
        for epoch, low, high in zip(range(1, 13), *np.percentile(curves, [10, 90], axis=0)):
            here = drawn[np.isclose(drawn[:, 0], epoch, atol=1e-3), 1]
            assert (here.min(), here.max()) == pytest.approx((low, high), abs=1e-4)
        assert_whole(explorer, fresh)
        find(explorer, "explorer-seeds").value = 20
        assert "accuracy band" not in names(frame_of(explorer))
        await rested(explorer, lambda: len(explorer.state.band) == 21)
        slider_of(explorer, "learning_rate").value = 0.1
        assert "accuracy band" not in names(frame_of(explorer))
        await rested(explorer, lambda: explorer.state.band)
        assert {run.experiment.learning_rate for run in explorer.state.band} == {0.1}
        find(explorer, "explorer-seeds").value = 0
        assert "accuracy band" not in names(frame_of(explorer))
        explorer.close()

    asyncio.run(main())


def test_a_refused_move_does_not_cost_the_other_seeds(monkeypatch):
    monkeypatch.setattr(seeds, "REST", 0.1)

    async def main():
        explorer = explore("learning_rate", **QUICK)
        find(explorer, "box-learning_rate").value = "fast"
        await rested(explorer, lambda: explorer.state.band)
        explorer.close()

    asyncio.run(main())


def test_seeds_that_come_too_late_are_not_shown():
    explorer = explore("learning_rate", **QUICK)
    others = [train(run) for run in seeds.other_seeds(explorer.history.experiment, 10)]
    late = explorer.history
    slider_of(explorer, "learning_rate").value = 0.1
    explorer.background.on_more(late, 10, others)
    assert "accuracy band" not in names(frame_of(explorer))
    explorer.background.on_more(explorer.history, 3, others[:3])
    assert "accuracy band" not in names(frame_of(explorer))
    explorer.background.on_more(explorer.history, 10, others)
    assert "accuracy band" in names(frame_of(explorer))


def test_other_seeds_that_fail_are_said(monkeypatch, fresh):
    monkeypatch.setattr(seeds, "REST", 0)

    async def main():
        explorer = explore("learning_rate", **QUICK)
        monkeypatch.setattr(seeds, "train", lambda experiment, **_: 1 / 0)
        await rested(explorer, lambda: ALIVE not in status_of(explorer))
        assert "(ZeroDivisionError: division by zero)" in status_of(explorer)
        assert_whole(explorer, fresh)
        explorer.close()

    asyncio.run(main())


# Whole, or not at all


def everything(explorer):
    """Each way to change an explorer, and how."""
    yield lambda: setattr(slider_of(explorer, "learning_rate"), "value", 0.1)
    yield lambda: setattr(find(explorer, "box-learning_rate"), "value", "0.05")
    yield lambda: setattr(find(explorer, "control-nesterov"), "value", True)
    yield lambda: setattr(find(explorer, "control-problem"), "value", "moons")
    yield lambda: setattr(find(explorer, "control-schedule"), "value", "steps")
    yield lambda: setattr(explorer.controls["schedule"].rows[1][1], "value", 5)
    yield lambda: setattr(find(explorer, "explorer-show-regions"), "value", True)
    yield lambda: setattr(explorer.regions.epoch, "value", 3)
    yield lambda: setattr(find(explorer, "explorer-rate-scale"), "value", True)
    yield lambda: setattr(find(explorer, "explorer-rate-unit"), "value", True)
    yield lambda: setattr(find(explorer, "explorer-seeds"), "value", 20)
    yield lambda: setattr(find(explorer, "explorer-fold"), "selected_index", 0)
    yield lambda: find(explorer, "explorer-pin").click()
    yield lambda: explorer.pins.widget.children[0].children[0].click()
    yield lambda: find(explorer, "explorer-reset").click()


EVERYTHING = ("learning_rate", "schedule", "nesterov", "problem", "momentum")


def all_traits(explorer):
    """All that a front end would show, and open models."""
    return {
        model: {name: getattr(model, name) for name in model.keys if name != "layout"}
        for model in [explorer, *explorer.kit.made]
        if model.comm is not None
    }


@pytest.mark.parametrize("error", [ZeroDivisionError("no\nway"), KeyboardInterrupt()], ids=repr)
def test_a_change_that_cannot_be_drawn_leaves_everything_as_it_was(error, monkeypatch, fresh):
    explorer = explore(*EVERYTHING, **QUICK, momentum=0.9)
    said = "Interrupted" if isinstance(error, KeyboardInterrupt) else "ZeroDivisionError: no way"

    def fail(self, experiment_or_scene):
        raise error

    for change in everything(explorer):
        before, models = explorer.state, all_traits(explorer)
        with monkeypatch.context() as broken:
            broken.setattr(type(explorer.picture), "draw", fail)
            change()
        assert explorer.state is before
        assert said in status_of(explorer)
        after = all_traits(explorer)
        assert after.keys() == models.keys()
        for model, traits in models.items():
            if model is not explorer.status:
                assert after[model] == traits
        assert_whole(explorer, fresh)
        change()
        assert explorer.state is not before
        assert ALIVE in status_of(explorer)
        assert_whole(explorer, fresh)


ROOM = str(Path(helpers.__file__).parent)
TRACED = ("compiled.py", "gradient.py", "training.py")  # by TensorFlow
SKIPPED = ("turn.py", *TRACED)  # the guard itself, and these


def stopped_at(line: int, change) -> bool:
    """Make a change; the stop button is pressed before the n-th line of helpers; whether that came."""
    count = 0

    def local(frame, event, _):
        nonlocal count
        if event == "line":
            count += 1
            if count == line:
                signal.raise_signal(signal.SIGINT)
        return local

    def trace(frame, event, _):
        name = frame.f_code.co_filename
        return local if name.startswith(ROOM) and not name.endswith(SKIPPED) else None

    sys.settrace(trace)
    try:
        with suppress(KeyboardInterrupt):  # outside of the attempt
            change()
    finally:
        sys.settrace(None)
    return count >= line


def test_the_stop_button_at_any_moment(fresh):
    explorer = explore("learning_rate", "patience", epochs=3, goals={"learnt": drops})
    find(explorer, "explorer-show-regions").value = True
    handler, seen, line = signal.getsignal(signal.SIGINT), set(), 1
    while stopped_at(line, lambda: setattr(slider_of(explorer, "learning_rate"), "value", 0.1)):
        experiment, said = explorer.history.experiment, status_of(explorer)
        seen.add((experiment.learning_rate, "Interrupted" in said))
        for part, value in fresh(explorer).items():
            assert getattr(figure_of(explorer), part) == value, f"line {line}"
        assert signal.getsignal(signal.SIGINT) is handler
        explorer.reset()
        assert explorer.history is explorer.first.history
        assert ALIVE in status_of(explorer)
        assert_whole(explorer, fresh)
        slider_of(explorer, "learning_rate").value = 0.01
        line += 1 + line // 12
    assert explorer.history.experiment.learning_rate == 0.1
    assert {(0.01, True), (0.1, False)} <= seen
    assert (0.1, True) not in seen


def test_axes_that_were_half_drawn_are_drawn_again(monkeypatch, fresh):
    explorer = explore("learning_rate", "decay", **QUICK)
    before = explorer.history

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(explorer.picture.figure.axes[RATE]), "set_xlabel", stop)
    find(explorer, "explorer-rate-scale").value = True
    monkeypatch.undo()
    assert "Interrupted" in status_of(explorer)
    assert explorer.history is before
    slider_of(explorer, "learning_rate").value = 0.1
    assert explorer.history is not before
    assert_whole(explorer, fresh)


def test_a_stop_button_that_the_kernel_ignores_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with turn():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_stop_button_while_a_cell_moves_a_slider_ends_the_cell():
    explorer = explore("learning_rate", **QUICK)
    explorer.rest = lambda: signal.raise_signal(signal.SIGINT)  # where nothing can be given up
    with pytest.raises(KeyboardInterrupt):
        slider_of(explorer, "learning_rate").value = 0.1
    assert explorer.history.experiment.learning_rate == 0.1


@pytest.mark.parametrize("moment", ["train", "curves_picture"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_first_run_that_fails_leaves_no_explorer(monkeypatch, moment, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(f"helpers.widgets.explorer.{moment}", fail)
    before = set(MODELS)
    with pytest.raises(error):
        explore("learning_rate", **QUICK)
    assert set(MODELS) == before


def test_a_goal_that_raises_at_first_is_named_and_leaves_no_explorer():
    before = set(MODELS)
    with pytest.raises(ValueError, match=r'The goal "<quick>" could not be checked') as raised:
        explore("learning_rate", goals={"<quick>": lambda run: run.nothing}, **QUICK)
    assert isinstance(raised.value.__cause__, AttributeError)
    assert set(MODELS) == before


@pytest.mark.parametrize(
    "answer", [lambda: 1 / 0, lambda: np.array([True, False]), lambda: {}["key"]]
)
def test_a_goal_that_raises_later_leaves_the_run_before(answer, fresh):
    goals = {"fine": drops, "<later>": lambda run: run.experiment.seed > 0 and answer()}
    explorer = explore("seed", goals=goals, **QUICK)
    before, words = explorer.history, find(explorer, "explorer-goals").value
    slider_of(explorer, "seed").value = 1
    assert explorer.history is before
    assert slider_of(explorer, "seed").value == 0
    assert find(explorer, "explorer-goals").value == words
    assert "The goal &quot;&lt;later&gt;&quot; could not be checked" in status_of(explorer)
    assert status_of(explorer).count("The goal") == 1
    assert_whole(explorer, fresh)


def test_a_message_that_chooses_nothing():
    explorer = explore("optimizer", **QUICK)
    find(explorer, "control-optimizer").set_state({"index": None})
    assert "optimizer is None, but must be one of" in status_of(explorer)
    assert find(explorer, "control-optimizer").value == "sgd"
    descent = explore_descent()
    for name, value in (("surface", descent.state.bowl), ("optimizer", "SGD")):
        find(descent, f"control-{name}").set_state({"index": None})
        assert "None" in status_of(descent)
        assert find(descent, f"control-{name}").value is value


def test_a_move_to_the_same_run_trains_nothing_and_keeps_the_ghost(monkeypatch):
    explorer = explore("learning_rate", **QUICK)
    slider_of(explorer, "learning_rate").value = 0.1
    before = explorer.state
    find(explorer, "box-learning_rate").value = "fast"
    monkeypatch.setattr("helpers.widgets.explorer.train", None)
    find(explorer, "box-learning_rate").value = "1/10"
    assert (explorer.history, explorer.state.previous) == (before.history, before.previous)
    assert find(explorer, "box-learning_rate").value == "0.1"
    assert ALIVE in status_of(explorer)


def test_a_second_thread_waits_and_is_not_lost(fresh):
    explorer = explore("learning_rate", "seed", **QUICK)
    values = [0.1, 0.001, 0.02]
    threads = [
        Thread(target=setattr, args=(slider_of(explorer, "learning_rate"), "value", value))
        for value in values
    ]
    with helpers.widgets.turn.TURN:
        for thread in threads:
            thread.start()
            time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert explorer.history.experiment.learning_rate in values
    assert_whole(explorer, fresh)


# What readers without a kernel get


def test_what_readers_without_a_kernel_get():
    bundle = explore("momentum", **QUICK)._repr_mimebundle_()
    assert b64decode(bundle["image/png"]).startswith(PNG)
    assert bundle["text/plain"] == "Explorer of momentum"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_colab_is_told_how_to_show_an_anywidget(monkeypatch):
    output = SimpleNamespace(
        enable_custom_widget_manager=lambda: None,
        _widgets=SimpleNamespace(_installed_url="manager.js"),
    )
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    bundle, metadata = explore("momentum", **QUICK)._repr_mimebundle_()
    assert "image/png" in bundle
    assert metadata == {VIEW: {"colab": {"custom_widget_manager": {"url": "manager.js"}}}}


def still_of(explorer):
    return np.asarray(Image.open(BytesIO(b64decode(explorer._repr_mimebundle_()["image/png"]))))


def test_a_still_picture_tells_the_values_of_all_controls(monkeypatch):
    told = []
    monkeypatch.setattr(
        "helpers.widgets.explorer.still_bundle", lambda *given: told.append(given) or {}
    )
    explorer = explore("patience", patience=3, **QUICK)
    find(explorer, "box-factor").value = "0.5"
    explorer._repr_mimebundle_()
    values = "patience 3, factor 0.5, min delta 1e-07, monitor val_loss, min lr off"
    assert told[0][1:] == ("Explorer of patience", values)
    monkeypatch.undo()
    wide = explore("learning_rate", **QUICK)
    with_regions = still_of(wide).shape
    find(wide, "explorer-show-regions").value = False
    without = still_of(wide).shape
    assert without[0] == with_regions[0]
    assert without[1] < with_regions[1]


# Models


def models_after(action) -> int:
    before = len(MODELS)
    action()
    return len(MODELS) - before


def test_a_pin_that_is_closed_leaves_no_model():
    explorer = explore("seed", **QUICK)

    def pin_and_unpin():
        explorer.pin()
        explorer.pins.widget.children[0].children[0].click()

    assert models_after(pin_and_unpin) == 0
    assert models_after(explorer.pin) == 3
    assert models_after(explorer.reset) == -3


def test_moves_leave_no_model():
    explorer = explore(*EVERYTHING, **QUICK, momentum=0.9)

    def changes():
        for change in everything(explorer):
            change()

    assert models_after(changes) == 0


@pytest.mark.parametrize("make", [lambda: explore("patience", **QUICK), explore_descent])
def test_an_explorer_that_is_closed_leaves_none_and_opens_again(make):
    before = set(MODELS)
    explorer = make()
    explorer._repr_mimebundle_()
    view = explorer.model_id
    opened = set(MODELS)
    explorer.close()
    assert set(MODELS) == before
    slider_of(explorer, "learning_rate" if make is explore_descent else "patience").value = 2
    assert explorer._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"] == {
        **{"version_major": 2, "version_minor": 0},
        "model_id": view,
    }
    assert set(MODELS) == opened
    explorer.close()


def test_an_explorer_has_few_models():
    assert models_after(lambda: explore("learning_rate", **QUICK)) <= 50
    assert models_after(explore_descent) <= 35


SETUP = (
    "from helpers import ask, explore\n"
    "from ipywidgets.widgets.widget import _instances as models\n"
    "def show(name): return explore(name, epochs=5)"
)


def test_a_cell_that_is_run_again_replaces_what_it_showed(kernel):
    def run(cell, code):
        text, errors = kernel.run(code, cell)
        assert not errors
        return text

    def count():
        return int(run(None, "print(len(models))"))

    run("setup", SETUP)
    none = count()
    run("a", "show('seed')")
    one = count() - none
    assert one > 20
    for _ in range(3):
        run("a", "show('seed')")
    assert count() == none + one
    run("b", "kept = show('seed')\nkept")
    run("b", "kept")  # the same again
    assert count() == none + 2 * one
    run("c", "display(kept); display(show('seed'))")
    assert count() == none + 3 * one
    run("b", "1")
    run("c", "kept; show('seed')")  # shown in b when that ran last, for all that is known
    assert count() == none + 3 * one
    run("b", "show('seed')")
    assert count() == none + 3 * one, "kept has gone from both"
    run("d", "kept")  # and is opened again
    assert count() == none + 4 * one
    assert run(None, "kept.controls['seed'].box.value = '3'; print(kept.status.value)") > ""
    question = "question = ask('Which?', unit='epochs'); display(question); question.compare(3)"
    run("e", question)
    asked = count()
    run("e", question)
    assert count() == asked
    for _ in range(3):
        run(None, "show('seed')")  # a front end that names no cells: the text does
    assert count() == asked + one
    run(None, "show('seed')  # another cell")
    assert count() == asked + 2 * one


# What is refused


@pytest.mark.parametrize(
    ("fields", "fixed", "named"),
    [
        ((), {}, "field"),
        (("speed",), {}, "speed"),
        (("hidden",), {}, "hidden"),
        (("decay", "decay"), {}, "decay"),
        (("learning_rate",), {"speed": 1}, "speed"),
        (("learning_rate",), {"momentum": 2}, "momentum"),
        (("momentum",), {"optimizer": "adam", "momentum": 0.5}, "momentum"),
        (("decay",), {"patience": 5}, "decay"),
        (("patience",), {"schedule": [(5, 0.1)]}, "patience"),
        (("momentum",), {"optimizer": "adam"}, "momentum"),
        (("weight_decay",), {}, "weight_decay"),
        (("min_delta",), {}, "min_delta"),
        (("min_lr",), {}, "min_lr"),
        (("final_fraction",), {"schedule": [(5, 0.1)]}, "final_fraction"),
        (("warmup",), {"patience": 5}, "warmup"),
        (("schedule",), {"schedule": [(1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1)]}, "breakpoints"),
        (("seed",), {"pinned": [Experiment(epochs=3)]}, "pinned"),
        (("seed",), {"pinned": [Experiment(epochs=20)] * 7}, "pinned"),
        (("seed",), {"loss": 1}, "^loss is 1, but must be True or False.$"),
        (("seed",), {"loss": "val_loss"}, "^loss is 'val_loss', but must be True or False.$"),
    ],
)
def test_what_cannot_be_explored_is_refused(fields, fixed, named):
    before = set(MODELS)
    with pytest.raises(ValueError, match=named):
        explore(*fields, **{"epochs": 20, **fixed})
    assert set(MODELS) == before


# What follows from a move


def test_momentum_can_hold_the_step_size():
    explorer = explore("momentum", **QUICK)
    find(explorer, "explorer-hold").value = True
    slider_of(explorer, "momentum").value = 0.9
    assert explorer.history.experiment.learning_rate == 0.001
    slider_of(explorer, "momentum").value = 0.0
    assert explorer.history.experiment.learning_rate == 0.01


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
    explorer.reset()
    choice.value = "adam"
    assert explorer.history.experiment.learning_rate == 0.001


def test_a_fixed_rate_stays_when_the_optimizer_changes():
    explorer = explore("optimizer", learning_rate=0.1, epochs=20)
    find(explorer, "control-optimizer").value = "adam"
    assert explorer.history.experiment == Experiment("adam", 0.1, epochs=20)


@pytest.mark.parametrize(
    ("fixed", "words"),
    [
        ({}, "the rate never dropped."),
        ({"decay": 0.01}, "the rate fell with every update, to 0.0011 at the end."),
        ({"schedule": "one-cycle"}, "the rate rose and fell, to 0.00012 at the end."),
        ({"schedule": [(9, 1e-3)]}, "the rate dropped 1 time, to 0.001 at the end."),
        ({"schedule": [(9, 0.1)]}, "the rate rose 1 time, to 0.1 at the end."),
        (
            {"schedule": [(2, 1e-3), (4, 1e-4), (6, 0.1)]},
            "the rate dropped 2 times and rose 1 time, to 0.1 at the end.",
        ),
        ({"warmup": 1}, "the rate rose for 1 epoch, then never dropped."),
        (
            {"warmup": 3, "schedule": [(9, 1e-3), (20, 1e-4)]},
            "the rate rose for 3 epochs, then dropped 2 times, to 0.0001 at the end.",
        ),
        ({"schedule": "cosine"}, "the rate fell with every update, to 0.0001 at the end."),
    ],
)
def test_what_the_rate_did_in_words(fixed, words):
    assert words in status_of(explore("seed", epochs=50, **fixed))


def test_the_fold_tells_of_this_run():
    explorer = explore("learning_rate", "problem", **QUICK)
    fold = find(explorer, "explorer-fold")
    assert [fold.get_title(part) for part in range(3)][1] == "This run in numbers"
    fold.selected_index = 0
    slider_of(explorer, "learning_rate").value = 0.1
    assert "SGD(learning_rate=0.1)" in find(explorer, "explorer-code").value
    fold.selected_index = 1
    assert f"<td>{explorer.history.val_accuracy[-1]:.4g}</td>" in fold.children[1].value
    fold.selected_index = 2
    assert "500 new points" in fold.children[2].value
    find(explorer, "control-problem").value = "digits"
    assert "899 new points" in fold.children[2].value


@pytest.mark.parametrize("fixed", [{"epochs": 1}, {"epochs": 5}, {"hidden": 1}])
@pytest.mark.parametrize("rate", [100.0, 1e-12])
def test_odd_experiments_are_drawn_as_well(fixed, rate):
    explorer = explore("learning_rate", "patience", **fixed)
    find(explorer, "box-learning_rate").value = str(rate)
    slider_of(explorer, "patience").value = 2
    assert explorer.history.experiment.learning_rate == rate
    assert f"This run: <b>{outcome(explorer.history).kind}</b>." in status_of(explorer)
    assert "rate run" in names(frame_of(explorer))


# Gradient descent


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
    assert word in status_of(explorer)
    if end != "not arrived yet" or rate == "2":
        explorer.run()  # all at once without an event loop
        assert end in status_of(explorer)
    explorer.reset()
    assert "After 0 steps" in status_of(explorer)
    explorer.step()
    assert "After 1 step " in status_of(explorer)


def test_descent_draws_the_path_on_the_surface():
    explorer = explore_descent()
    find(explorer, "box-learning_rate").value = "0.05"
    for method, (_, bowl) in product(METHODS, find(explorer, "control-surface").options):
        find(explorer, "control-optimizer").value = method
        find(explorer, "control-surface").value = bowl
        picture = explorer.pictures[bowl]
        assert f"steps of {method} the loss" in status_of(explorer)
        assert ("condition number is 20." in status_of(explorer)) == (bowl is not PARABOLA)
        scene = DescentScene(bowl, 0.05, 0.0, explorer.state.steps, method)
        drawn = data(picture, 0, items(frame_of(explorer), "path")[0]["points"])
        second = scene.heights if len(bowl.curvatures) == 1 else scene.path[:, 1]
        np.testing.assert_allclose(drawn, np.column_stack([scene.path[:, 0], second]), atol=1e-3)


def test_descent_has_momentum_and_regimes_for_sgd_alone():
    explorer = explore_descent()
    find(explorer, "box-momentum").value = "0.9"
    for method in METHODS:
        find(explorer, "control-optimizer").value = method
        is_sgd = method.startswith("SGD")
        assert slider_of(explorer, "momentum").disabled == (not is_sgd)
        assert ("every path diverges" in status_of(explorer)) == is_sgd
        assert ("momentum 0.9: " in title_of(frame_of(explorer))) == is_sgd
        assert find(explorer, "box-momentum").value == "0.9"
    find(explorer, "control-optimizer").value = "SGD with Nesterov momentum"
    assert "above 1.36, every path diverges." in status_of(explorer)
    find(explorer, "control-optimizer").value = "SGD"
    assert "above 3.8, every path diverges." in status_of(explorer)


def test_descent_walks_step_by_step_until_it_arrives_or_something_moves():
    async def main():
        explorer, seen = explore_descent(), []
        find(explorer, "box-learning_rate").value = "1"
        find(explorer, "explorer-run").click()
        await rested(explorer, lambda: explorer.state.steps == 1)
        await asyncio.sleep(0.3)
        told = "After 1 step of SGD the loss is 0 (at the start 8). It has arrived."
        assert told in status_of(explorer)
        find(explorer, "box-learning_rate").value = "0.01"
        find(explorer, "explorer-run").click()
        await rested(explorer, lambda: explorer.state.steps > 2)
        find(explorer, "explorer-step").click()
        seen.append(explorer.state.steps)
        await asyncio.sleep(0.3)
        assert explorer.state.steps == seen[0]

    asyncio.run(main())


def test_what_is_under_way_ends_where_another_thread_moves_something():
    async def main():
        walker, trainer = explore_descent(), explore("learning_rate", **QUICK)
        slider_of(walker, "learning_rate").value = 0.01
        walker.run()
        await rested(walker, lambda: walker.state.steps > 2)
        tasks = walker.task, trainer.background.task
        await asyncio.to_thread(walker.step)
        await asyncio.to_thread(trainer.close)
        steps = walker.state.steps
        await asyncio.sleep(0.3)
        assert walker.state.steps == steps
        assert all(task.cancelled() for task in tasks)

    asyncio.run(main(), debug=True)  # in which a loop minds calls from another thread


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_step_that_cannot_be_drawn_is_not_taken(error, monkeypatch):
    explorer = explore_descent()
    before, frame = explorer.state, frame_of(explorer)

    def fail(*_):
        raise error

    monkeypatch.setattr(type(explorer.pictures[before.bowl]), "draw", fail)
    explorer.step()
    slider_of(explorer, "momentum").value = 0.5
    find(explorer, "control-surface").index = 1
    assert explorer.state is before
    assert frame_of(explorer) == frame
    assert slider_of(explorer, "momentum").value == 0
    assert find(explorer, "control-surface").index == 0
    monkeypatch.undo()
    explorer.step()
    assert explorer.state.steps == before.steps + 1


def test_the_walk_starts_on_the_surface_that_is_asked_for():
    explorer = explore_descent(TURNED_RAVINE)
    assert find(explorer, "control-surface").label.endswith("turned by 45°")
    assert explorer.state.scene.regime == "oscillating, yet converging"
    there = explorer.pictures[TURNED_RAVINE].draw(explorer.state.scene)
    assert find(explorer, "explorer-figure").background == there.background
    explorer.close()
    for wrong in ("ravine", None, np.eye(2), RAVINE._replace(angle=30.0)):
        with pytest.raises(ValueError, match="must be RAVINE or TURNED_RAVINE"):
            explore_descent(wrong)

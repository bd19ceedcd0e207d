"""Whatever a class does to an explorer: a picture with a true sentence, or one clear error."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from helpers import Experiment, explore, explore_descent, train
from helpers.experiment import OPTIMIZERS
from helpers.pictures import curves_picture
from helpers.widgets.seeds import BackgroundRuns
from tests.frames import names
from tests.test_explorer import find, slider_of

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from traitlets import TraitError

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=5),
    st.lists(st.floats(), max_size=3),
    st.sampled_from([*OPTIMIZERS, "val_loss", "loss", 10**400, np.float32("nan"), ((5, 0.1),)]),
)
QUICK = {"epochs": 3}
CONTROLS = ("learning_rate", "momentum", "decay", "patience", "batch_size", "seed")


def assert_true(explorer):
    """The picture is a whole one, and controls, sentence and run say the same."""
    assert {"accuracy train", "rate run"} <= names(find(explorer, "explorer-figure").frame)
    assert "<script" not in find(explorer, "explorer-status").value
    for name, control in explorer.controls.items():
        if not control.disabled:
            assert (
                control.value == explorer.values[name] == getattr(explorer.history.experiment, name)
            )


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([f.name for f in fields(Experiment)]), ANYTHING, max_size=4))
def test_an_experiment_is_valid_or_refused_in_one_sentence(values):
    try:
        experiment = Experiment(**values)
    except ValueError as refusal:
        sentence = str(refusal)
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert any(name in sentence for name in values)
    else:
        assert (
            Experiment(**{f.name: getattr(experiment, f.name) for f in fields(experiment)})
            == experiment
        )


@pytest.fixture(scope="module")
def explorer():
    return explore(*CONTROLS, **QUICK)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(CONTROLS), value=ANYTHING)
def test_any_message_to_any_slider(explorer, name, value):
    with suppress(TraitError, OverflowError, ValueError, TypeError):  # refused by ipywidgets
        slider_of(explorer, name).set_state({"value": value})
    assert_true(explorer)


@pytest.mark.parametrize("position", [float("nan"), 1e9, -1e9, 0.0])
def test_a_message_from_beyond_the_slider(explorer, position):
    slider_of(explorer, "learning_rate").set_state({"value": 0.1})
    slider_of(explorer, "learning_rate").set_state({"value": position})
    assert_true(explorer)


@pytest.mark.parametrize("index", [None, 99, "x"])
def test_a_message_to_a_list(index):
    explorer = explore("optimizer", "learning_rate", **QUICK)
    with suppress(TraitError):  # refused by ipywidgets
        find(explorer, "control-optimizer").set_state({"index": index})
    assert explorer.history.experiment.optimizer == "sgd"
    assert_true(explorer)


@pytest.mark.parametrize("kind", ["learning_rate", "patience", "schedule"])
def test_a_run_that_diverges_is_drawn_and_named(kind):
    explorer = explore(kind, "momentum", epochs=30, momentum=0.99)
    if kind == "schedule":
        explorer.controls["schedule"].rows[0][2].box.value = "100"
    else:
        explorer = explore(kind, "momentum", epochs=30, momentum=0.99, learning_rate=100)
    find(explorer, "explorer-show-regions").value = True
    assert not np.isfinite(explorer.history.loss).all()
    assert "diverged" in find(explorer, "explorer-status").value
    assert_true(explorer)
    for ax in explorer.picture.figure.axes:
        assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()


def test_two_threads_at_two_sliders_of_one_explorer():
    explorer = explore("learning_rate", "momentum", "seed", **QUICK)

    def moves(name, values):
        for value in values:
            slider_of(explorer, name).value = value

    with ThreadPoolExecutor(3) as threads:
        work = [
            threads.submit(moves, "learning_rate", [0.001, 0.1] * 30 + [0.03162277660168379]),
            threads.submit(moves, "momentum", [0.1, 0.9] * 30 + [0.5]),
            threads.submit(moves, "seed", [*range(1, 60), 7]),
        ]
        for done in work:
            done.result(timeout=600)
    experiment = explorer.history.experiment
    assert (experiment.learning_rate, experiment.momentum, experiment.seed) == (0.0316, 0.5, 7)
    assert_true(explorer)
    assert find(explorer, "explorer-figure").frame == fresh_picture(explorer)


def fresh_picture(explorer) -> bytes:
    """The picture that is drawn of the explorer's run when nobody else draws."""
    return curves_picture().draw(explorer.scene(explorer.state)).frame


def test_explorers_in_two_threads_do_not_tear_each_other():
    explorers = [explore("learning_rate", **QUICK), explore("decay", **QUICK), explore_descent()]
    names = ("learning_rate", "decay", "learning_rate")

    def moves(explorer, name):
        for value in [0.001, 0.01] * 15:
            slider_of(explorer, name).value = value

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(moves, *pair) for pair in zip(explorers, names)]:
            done.result(timeout=600)
    for explorer in explorers[:2]:
        assert find(explorer, "explorer-figure").frame == fresh_picture(explorer)
        assert_true(explorer)


def test_an_explorer_displayed_twice_is_one():
    explorer = explore("learning_rate", **QUICK)
    first, second = (explorer._repr_mimebundle_() for _ in range(2))
    view = "application/vnd.jupyter.widget-view+json"
    assert first[view] == second[view]
    assert first["image/png"] == second["image/png"]


def memory() -> int:
    """Bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def calls(move) -> int:
    """How many Python functions a move calls: its work, whatever else the machine does."""
    count = 0

    def counted(_, event, __):
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        move()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's /proc")
def test_a_thousand_moves_neither_grow_nor_cost_more(monkeypatch):
    monkeypatch.setattr(
        BackgroundRuns, "start", lambda *_: None
    )  # there is no rest between the moves
    explorer = explore("learning_rate", "momentum", "seed")

    def moves(number, chance):
        for move in range(number):
            if move % 3:
                slider_of(explorer, "learning_rate").value = 10 ** chance.uniform(-4, -0.5)
            else:
                slider_of(explorer, "momentum").value = chance.uniform(0, 0.95)

    def work():
        moves(20, random.Random(1))  # from wherever the controls were
        return calls(lambda: moves(20, random.Random(1)))

    moves(100, random.Random(0))
    early, held = work(), memory()
    moves(900, random.Random(2))
    assert memory() - held < 20e6
    assert work() == pytest.approx(early, rel=0.01)
    assert_true(explorer)


def test_the_run_on_the_picture_is_the_run_that_train_gives(explorer):
    find(explorer, "box-learning_rate").value = "0.02"
    ours = explorer.history
    np.testing.assert_array_equal(ours.loss, train(ours.experiment).loss)

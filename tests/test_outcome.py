"""The word for a run follows its written rule."""

from helpers import Experiment, History
from helpers.outcome import KINDS_OF_RUN, outcome, rules
from helpers.problems import problem

import numpy as np
import pytest

EPOCHS = 100
FLAT = np.full(EPOCHS, 0.5)
FALLING = np.linspace(1.0, 0.5, EPOCHS)
JUMPING = 0.7 + 0.05 * (-1) ** np.arange(EPOCHS)


def run(loss=FLAT, val_loss=FLAT, val_accuracy=FLAT + 0.3, rate=FLAT):
    return History(Experiment(epochs=EPOCHS), loss, FLAT, val_loss, val_accuracy, rate, [])


@pytest.mark.parametrize(
    ("kind", "history"),
    [
        ("diverged", run(loss=np.append(FLAT[1:], np.nan))),
        ("diverged", run(loss=np.append(FLAT[1:], np.inf))),
        ("diverged", run(loss=FLAT + 11)),
        ("volatile", run(val_accuracy=JUMPING)),
        ("did not learn", run(val_accuracy=FLAT - 0.1)),
        ("still learning", run(val_loss=FALLING)),
        ("settled", run()),
        ("settled", run(val_loss=FALLING[::-1])),
    ],
)
def test_kind_of_run(kind, history):
    assert outcome(history).kind == kind
    assert kind in KINDS_OF_RUN


@pytest.mark.parametrize(("percent", "kind"), [(0.7, "settled"), (0.9, "still learning")])
def test_how_far_the_loss_has_to_fall_to_count_as_learning(percent, kind):
    test_loss = np.repeat([1, 1 - percent / 100], [EPOCHS - 25, 25])
    assert outcome(run(val_loss=test_loss)).kind == kind


def test_numbers_of_a_run():
    accuracy = np.linspace(0.6, 0.82, EPOCHS)
    accuracy[9] = 0.8
    told = outcome(run(val_accuracy=accuracy, rate=np.repeat([0.4, 0.2, 0.1, 0.2], 25)))
    assert told.reached == 10
    assert told.drops == 2
    assert told.accuracy == pytest.approx(0.82)
    assert outcome(run(val_accuracy=FLAT)).reached == np.inf


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_very_short_run_has_a_word_too(epochs):
    curves = [np.full(epochs, 0.5)] * 5
    assert outcome(History(Experiment(epochs=epochs), *curves, [])).kind in KINDS_OF_RUN


def test_the_same_curves_mean_something_else_on_another_problem():
    """On digits guessing is 10 %, the loss of guessing higher, and the best possible unknown."""

    def kind(problem, loss=FLAT, accuracy=0.57):
        experiment = Experiment(problem=problem, epochs=EPOCHS)
        return outcome(History(experiment, loss, FLAT, FLAT, 0 * FLAT + accuracy, FLAT, [])).kind

    assert (kind("blobs"), kind("digits")) == ("did not learn", "settled")
    assert (kind("moons", accuracy=0.69), kind("blobs", accuracy=0.69)) == (
        "did not learn",
        "settled",
    )
    assert (kind("blobs", loss=FLAT + 20), kind("digits", loss=FLAT + 20)) == (
        "diverged",
        "settled",
    )


def test_the_rules_name_the_numbers_of_the_problem():
    blobs, digits = rules(problem("blobs")), rules(problem("digits"))
    assert list(blobs) == list(digits) == list(KINDS_OF_RUN)
    assert "(33 %)" in blobs["did not learn"]
    assert "the best possible (84 %)" in blobs["did not learn"]
    assert "more than 2.3 percentage points" in blobs["volatile"]
    assert "500 new points" in blobs["volatile"]
    assert "more than 11)" in blobs["diverged"]
    assert "(10 %) than to 100 %" in digits["did not learn"]
    assert "899 new points" in digits["volatile"]
    assert "more than 23)" in digits["diverged"]

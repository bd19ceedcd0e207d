"""The rates of every schedule, against Keras's own object and against what is written of them."""

from helpers import Experiment
from helpers.schedules import (
    SCHEDULES,
    keras_rate,
    plateau_rates,
    schedule_of,
    scheduled_rates,
)

import keras
import numpy as np
import pytest

UPDATES = 7  # in an epoch
KINDS = {
    "constant": {},
    "time-based": {"decay": 0.03},
    "steps": {"schedule": ((4, 0.2), (9, 0.003))},
    "exponential": {"schedule": "exponential", "final_fraction": 0.1},
    "cosine": {"schedule": "cosine"},
    "one-cycle": {"schedule": "one-cycle"},
}


def experiment(kind, **fields):
    return Experiment(learning_rate=0.05, epochs=12, **KINDS[kind], **fields)


def test_every_schedule_is_tested():
    assert list(KINDS) == list(SCHEDULES)
    for kind in KINDS:
        assert schedule_of(experiment(kind)) is SCHEDULES[kind]


@pytest.mark.parametrize("warmup", [0, 1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_rates_are_those_of_keras(kind, warmup):
    e = experiment(kind, warmup=warmup)
    rates = scheduled_rates(e, UPDATES, "float32")
    rate = keras_rate(e, UPDATES)
    assert rates.shape == (12, UPDATES)
    assert rates.dtype == "float32"
    own = [float(rate(u)) if callable(rate) else rate for u in range(12 * UPDATES)]
    np.testing.assert_allclose(rates.ravel(), own, rtol=2e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_warm_up_rises_in_a_straight_line_to_where_the_schedule_starts(kind):
    rates = scheduled_rates(experiment(kind, warmup=2), UPDATES, "float64").ravel()
    rising, first = rates[: 2 * UPDATES], rates[2 * UPDATES]
    np.testing.assert_allclose(np.diff(rising), rising[0], rtol=1e-5)
    assert rising[-1] == pytest.approx(first)
    assert rising[0] == pytest.approx(first / (2 * UPDATES))


@pytest.mark.parametrize("kind", ["exponential", "cosine", "one-cycle"])
@pytest.mark.parametrize("fraction", [0.001, 0.5])
def test_where_a_schedule_starts_and_ends(kind, fraction):
    e = Experiment(learning_rate=0.05, epochs=50, schedule=kind, final_fraction=fraction)
    rates = scheduled_rates(e, 20, "float64").ravel()
    assert rates.max() == pytest.approx(0.05, rel=1e-3)
    assert rates[-1] == pytest.approx(0.05 * fraction, rel=0.01, abs=1.5e-4)
    assert rates[0] == pytest.approx(0.002 if kind == "one-cycle" else 0.05, rel=0.01)
    if kind == "one-cycle":
        assert rates.argmax() == pytest.approx(0.3 * 1000, abs=1)
    if kind == "exponential":
        np.testing.assert_allclose(rates[1:] / rates[:-1], fraction**0.001, rtol=1e-5)


def test_own_steps_begin_with_their_epochs_after_a_warm_up_too():
    for warmup in (0, 4):
        rates = scheduled_rates(experiment("steps", warmup=warmup), UPDATES, "float64")
        assert set(rates[4:9].ravel()) == {np.float32(0.2)}
        assert set(rates[9:].ravel()) == {np.float32(0.003)}


@pytest.mark.parametrize(
    "fields", [{}, {"factor": 0.5}, {"min_lr": 1e-5}, {"factor": 0.9, "min_lr": 0.02}], ids=str
)
def test_the_rates_of_a_plateau_are_those_that_keras_stores(fields):
    """Each drop is Keras's own; rates too small for normal float32 numbers included."""
    e = Experiment(patience=1, epochs=60, **fields)
    callback = keras.callbacks.ReduceLROnPlateau(factor=e.factor, min_lr=e.min_lr)
    optimizer, own = keras.optimizers.SGD(e.learning_rate), []
    for epoch in range(60):
        own.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
        callback._reduce_optimizer_lr(optimizer, epoch)
    rates = plateau_rates(e, "float32")
    np.testing.assert_array_equal(rates, own)
    if not fields:
        assert np.count_nonzero(np.diff(rates)) == 44

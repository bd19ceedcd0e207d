"""`train` against plain Keras: the same weights, the same batches, the same numbers.

In float64, with hyperparameters that are exact in binary, both do the same arithmetic but for the
order of sums, so that they differ by rounding, 1e-16 an update. A run near the edge of stability
multiplies that: plain SGD at 2^-6 grows it to 1e-8 within ten epochs for some seeds, without any
difference in the rules. The settings below are those where rounding stays below 1e-12 over the
epochs compared; a wrong rule shows at 1e-3 or more in the first of them. Keras's schedules compute in
float32: their last digit is the limit where they multiply.
"""

from helpers import Experiment, drops, fit_keras, train
from helpers.optimizers import OPTIMIZERS
from helpers.problems import PROBLEMS
from helpers.schedules import SCHEDULES, schedule_of

import keras
import numpy as np
import pytest

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
ADAM = {"optimizer": "adam", "learning_rate": 2**-10}
MOMENTUM = {"learning_rate": 2**-9, "momentum": 0.875}

KINDS = {
    "sgd": {"learning_rate": 2**-7},
    "momentum": MOMENTUM,
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 2**-10},
    "adagrad": {"optimizer": "adagrad", "learning_rate": 2**-6},
    "adagrad of 2019": {"optimizer": "adagrad", "learning_rate": 2**-6, "initial_accumulator": 0},
    "nesterov": {**MOMENTUM, "nesterov": True},
    "adam": ADAM,
    "adamw": {"optimizer": "adamw", "learning_rate": 2**-10, "weight_decay": 2.0},
    "decay": {"learning_rate": 2**-7, "decay": 2**-7},
    "decay, adam": {**ADAM, "decay": 2**-7},
    "steps": {**MOMENTUM, "schedule": ((2, 2**-8), (5, 2**-10))},
    "steps, warm-up": {**MOMENTUM, "schedule": ((2, 2**-8), (5, 2**-10)), "warmup": 2},
    "exponential": {**MOMENTUM, "schedule": "exponential"},
    "cosine, adamw": {**ADAM, "optimizer": "adamw", "schedule": "cosine"},
    "one-cycle": {**MOMENTUM, "schedule": "one-cycle", "final_fraction": 0.25},
    "warm-up": {**MOMENTUM, "warmup": 4},
    "plateau": {**MOMENTUM, "patience": 1, "factor": 0.25, "min_delta": 2**-5},
    "plateau, loss": {
        **MOMENTUM,
        "patience": 2,
        "factor": 0.5,
        "min_delta": 0.125,
        "monitor": "loss",
    },
    "plateau, adam": {**ADAM, "patience": 2, "factor": 0.25, "min_delta": 0.25},
    "plateau, lowest rate": {
        **MOMENTUM,
        "patience": 1,
        "factor": 0.25,
        "min_delta": 0.25,
        "min_lr": 2**-12,
    },
    "moons": {"problem": "moons", "learning_rate": 2**-6},
    "circles, scaled": {"problem": "circles", "scaled": True, "learning_rate": 2**-6},
    "spiral": {**ADAM, "problem": "spiral", "hidden": 64},
    "digits": {"problem": "digits", "learning_rate": 2**-12},
    "digits, scaled": {**ADAM, "problem": "digits", "scaled": True},
    "batches of 1": {"learning_rate": 2**-11, "batch_size": 1, "epochs": 2},
    "batches of 7": {"learning_rate": 2**-9, "batch_size": 7},
    "batches of 33": {"learning_rate": 2**-7, "batch_size": 33},
    "short last batch": {"learning_rate": 2**-7, "batch_size": 64},
    "one batch": {"learning_rate": 2**-7, "batch_size": 600, "hidden": 7},
}


@pytest.fixture
def float64():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


def assert_equal(ours, keras_own, tolerance):
    for name in CURVES:
        curve = getattr(ours, name)
        assert curve.shape == (ours.experiment.epochs,)
        np.testing.assert_allclose(curve, getattr(keras_own, name), 0, tolerance, err_msg=name)
    for by_epoch in ("weights", "weights_by_epoch"):
        pairs = zip(getattr(ours, by_epoch), getattr(keras_own, by_epoch), strict=True)
        for array, expected in pairs:
            np.testing.assert_allclose(array, expected, 0, tolerance, err_msg=by_epoch)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(
    ("kind", "seed"), [*((kind, 1) for kind in KINDS), ("sgd", 2**32 - 1), ("adam", 2**32 - 1)]
)
def test_train_is_keras_in_float64(kind, seed):
    experiment = Experiment(**{"epochs": 8, "seed": seed, **KINDS[kind]})
    ours = train(experiment)
    assert ours.loss.dtype == "float64"
    if experiment.patience or schedule_of(experiment).keras or experiment.warmup:
        assert len(set(ours.learning_rate)) > 1, "the rate never changed: nothing was compared"
    multiplied = experiment.decay or isinstance(experiment.schedule, str)
    assert_equal(ours, fit_keras(experiment), 1e-6 if multiplied else 1e-10)


def test_every_entry_of_every_table_is_compared():
    experiments = [Experiment(**{"epochs": 8, **kind}) for kind in KINDS.values()]
    assert {e.optimizer for e in experiments} == set(OPTIMIZERS)
    assert {e.problem for e in experiments} == set(PROBLEMS)
    assert {schedule_of(e).label for e in experiments} == {s.label for s in SCHEDULES.values()}


def test_the_rate_drops_as_often_as_in_keras():
    """Down to rates so small that 32 bits hold them with few digits only, and then not at all."""
    experiment = Experiment(epochs=60, patience=1, min_delta=50, hidden=4, batch_size=500)
    ours, keras_own = train(experiment), fit_keras(experiment)
    np.testing.assert_array_equal(ours.learning_rate, keras_own.learning_rate)
    assert drops(ours) == 44


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"momentum": 0.9},
        {"optimizer": "rmsprop", "learning_rate": 0.001},
        {"optimizer": "adagrad", "learning_rate": 0.001},
        {"optimizer": "adam", "learning_rate": 0.001},
        {"optimizer": "adamw", "learning_rate": 0.001},
        {"learning_rate": 0.001, "momentum": 0.9, "nesterov": True},
        {"decay": 0.01},
        {"schedule": "one-cycle"},
        {"problem": "digits", "scaled": True},
        {"problem": "moons", "batch_size": 8},
    ],
    ids=str,
)
def test_train_is_keras_over_two_epochs_in_float32(fields, seed):
    experiment = Experiment(epochs=2, seed=seed, **fields)
    ours = train(experiment)
    assert ours.loss.dtype == "float32"
    assert_equal(ours, fit_keras(experiment), 1e-4)

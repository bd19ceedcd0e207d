"""`train` against plain Keras: the same weights, the same batches, the same numbers.

In float64, with hyperparameters that are exact in binary, both do the same arithmetic but for the
order of sums, so that they differ by rounding, 1e-16 an update. A run near the edge of stability
multiplies that: plain SGD at 2^-6 grows it to 1e-8 within ten epochs for some seeds, without any
difference in the rules. The settings below are those where rounding stays below 1e-12 over the
epochs compared; a wrong rule shows at 1e-3 or more in the first of them.
"""

from helpers import Experiment, fit_keras, train

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
    "adam": ADAM,
    "decay": {"learning_rate": 2**-7, "decay": 2**-7},
    "decay, adam": {**ADAM, "decay": 2**-7},
    "schedule": {**MOMENTUM, "schedule": ((2, 2**-8), (5, 2**-10))},
    "plateau": {**MOMENTUM, "patience": 1, "factor": 0.25, "min_delta": 2**-5},
    "plateau, loss": {
        **MOMENTUM,
        "patience": 2,
        "factor": 0.5,
        "min_delta": 0.125,
        "monitor": "loss",
    },
    "plateau, adam": {**ADAM, "patience": 2, "factor": 0.25, "min_delta": 0.25},
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
@pytest.mark.parametrize("seed", [1, 2**32 - 1])
@pytest.mark.parametrize("kind", KINDS)
def test_train_is_keras_in_float64(kind, seed):
    experiment = Experiment(epochs=8, seed=seed, **KINDS[kind])
    ours = train(experiment)
    assert ours.loss.dtype == "float64"
    if experiment.patience or experiment.decay or experiment.schedule:
        assert len(set(ours.learning_rate)) > 1, "the rate never changed: nothing was compared"
    # Keras computes time-based decay in float32.
    assert_equal(ours, fit_keras(experiment), 1e-6 if experiment.decay else 1e-10)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"momentum": 0.9},
        {"optimizer": "rmsprop", "learning_rate": 0.001},
        {"optimizer": "adagrad", "learning_rate": 0.001},
        {"optimizer": "adam", "learning_rate": 0.001},
        {"decay": 0.01},
    ],
    ids=str,
)
def test_train_is_keras_over_two_epochs_in_float32(fields, seed):
    experiment = Experiment(epochs=2, seed=seed, **fields)
    ours = train(experiment)
    assert ours.loss.dtype == "float32"
    assert_equal(ours, fit_keras(experiment), 1e-4)

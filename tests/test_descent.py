"""Paths on a bowl against what is known of them in closed form, and against Keras."""

from helpers.descent import (
    FAR,
    METHODS,
    PARABOLA,
    RAVINE,
    TURNED_RAVINE,
    descend,
    diverges_above,
    oscillates_above,
    regime,
)
from helpers.optimizers import OPTIMIZERS

import keras
import numpy as np
import pytest


@pytest.mark.parametrize("rate", [0.3, 1.0, 1.9])
def test_a_parabola_shrinks_by_the_same_factor_every_step(rate):
    path = descend(PARABOLA, rate, 0.0, 20)
    np.testing.assert_allclose(path[:, 0], -4 * (1 - rate) ** np.arange(21), atol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("side", [-1, 1])
def test_the_boundaries_of_the_regimes(momentum, side):
    boundary = diverges_above(1.0, momentum) * (1 + side * 0.01)
    path = descend(PARABOLA, boundary, momentum, 1000)
    assert (abs(path[-1, 0]) > 4) == (side > 0)
    assert regime(PARABOLA, boundary, momentum).startswith("diverging") == (side > 0)
    swings = oscillates_above(1.0, momentum) * (1 + side * 0.05)
    path = descend(PARABOLA, swings, momentum, 1000)[:, 0]
    assert (path.max() > 0) == (side > 0)


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("bowl", [PARABOLA, RAVINE, TURNED_RAVINE])
def test_the_boundaries_with_nesterov_momentum(bowl, momentum, side):
    steepest = max(bowl.curvatures)
    boundary = diverges_above(steepest, momentum, nesterov=True) * (1 + side * 0.01)
    path = descend(bowl, boundary, momentum, 1000, nesterov=True)
    assert (np.abs(path[-1]).max() > 4) == (side > 0)
    word = regime(bowl, boundary, momentum, nesterov=True)
    assert word == ("diverging" if side > 0 else "oscillating, yet converging")
    swings = oscillates_above(1.0, momentum, nesterov=True) * (1 + side * 0.05)
    path = descend(PARABOLA, swings, momentum, 1000, nesterov=True)[:, 0]
    assert (path.max() > 0) == (side > 0)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("share", [0.9, 1.1])
def test_the_boundaries_hold_in_the_turned_ravine(momentum, share):
    rate = share * diverges_above(20.0, momentum)
    path = descend(TURNED_RAVINE, rate, momentum, 1000)
    assert (np.abs(path[-1]).max() > 4) == (share > 1)
    assert regime(TURNED_RAVINE, rate, momentum).startswith("diverging") == (share > 1)


def test_the_boundaries_are_those_of_sgd_alone():
    """Far above the rate at which plain descent diverges, the adaptive optimizers stay where they are."""
    adaptive = {label: fields for label, fields in METHODS.items() if "optimizer" in fields}
    assert [*adaptive] == ["RMSprop", "Adagrad", "Adam"]
    assert [*METHODS][:2] == ["SGD", "SGD with Nesterov momentum"]
    for fields in adaptive.values():
        for bowl in (PARABOLA, RAVINE, TURNED_RAVINE):
            rate = 3 * diverges_above(max(bowl.curvatures))
            assert bowl.height(descend(bowl, rate, 0.0, 1000, **fields))[-1] < 5
            assert np.abs(descend(bowl, rate, 0.0, 1000)[-1]).max() > FAR


def test_the_regime_in_a_ravine_is_that_of_its_steepest_direction():
    rates = (0.04, 0.09, 0.11)  # the steepest oscillates above 1 / 20, and diverges above 2 / 20
    words = [regime(RAVINE, rate).partition(",")[0] for rate in rates]
    assert words == ["creeping", "oscillating", "diverging"]


def steps_to_a_hundredth(path):
    near = (np.abs(path) <= np.abs(path[0]) / 100).all(axis=1)
    return int(near.argmax())


def test_the_best_plain_rate_in_the_ravine():
    """2 / (c1 + c2); each step shrinks both directions by (k - 1) / (k + 1)."""
    best, k = 2 / 21, RAVINE.condition_number
    path = np.abs(descend(RAVINE, best, 0.0, 60))
    np.testing.assert_allclose(path[1:] / path[:-1], (k - 1) / (k + 1))
    assert steps_to_a_hundredth(path) == 47
    for other in (0.97 * best, 1.03 * best):
        assert steps_to_a_hundredth(descend(RAVINE, other, 0.0, 200)) > 47


def test_turning_the_ravine_turns_the_path_of_sgd_and_not_that_of_adam():
    for optimizer, alike in (("sgd", True), ("adam", False), ("rmsprop", False)):
        path = descend(RAVINE, 0.05, 0.0, 40, optimizer)
        turned = descend(TURNED_RAVINE, 0.05, 0.0, 40, optimizer) @ TURNED_RAVINE.directions
        assert np.allclose(path, turned, atol=1e-9) == alike
    np.testing.assert_allclose(
        TURNED_RAVINE.height(turned @ TURNED_RAVINE.directions.T), RAVINE.height(turned)
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_path_is_the_one_of_keras(optimizer):
    settings = {"nesterov": True} if optimizer == "sgd" else {}
    momentum = 0.875 if optimizer == "sgd" else 0.0
    keras_name = OPTIMIZERS[optimizer].keras_name
    more = {"momentum": momentum, **settings} if optimizer == "sgd" else {}
    own = getattr(keras.optimizers, keras_name)(2**-5, **more)
    weight = keras.Variable(TURNED_RAVINE.directions @ RAVINE.start, dtype="float32")
    places = [weight.numpy()]
    for _ in range(12):
        gradient = TURNED_RAVINE.hessian.astype("float32") @ weight.numpy()
        own.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        places.append(weight.numpy())
    path = descend(TURNED_RAVINE, 2**-5, momentum, 12, optimizer, **settings)
    np.testing.assert_allclose(path, places, atol=2e-4)


def test_a_path_that_runs_away_ends_there():
    path = descend(RAVINE, 2.0, 0.0, 100)
    assert np.abs(path[-1]).max() > FAR >= np.abs(path[-2]).max()
    assert len(path) < 20


@pytest.mark.parametrize("steps", [-1, 5000])
def test_steps_out_of_range_are_refused(steps):
    with pytest.raises(ValueError, match=r"^steps is "):
        descend(PARABOLA, 0.1, 0.0, steps)

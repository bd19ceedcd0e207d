"""The update rules of Keras 3 as pure functions: one for each optimizer.

Each rule maps (gradient, state, rate, settings, update) to (change of the weights, new state).
`state` is a tuple of tensors shaped like the gradient, `rate` the learning rate, `update` the number
of this update counted from 1. `settings` holds scalars as tensors. They are rounded as Keras rounds
them: 1 - beta is subtracted in double precision, the beta that is raised to a power passes through
float32 even where the network computes in float64.
"""

from helpers.experiment import Experiment

import tensorflow as tf
from numpy import float32

EPSILON = 1e-7
RHO = 0.9
BETA_1, BETA_2 = 0.9, 0.999


def initial_state(experiment: Experiment) -> float:
    """Where every array of an optimizer's state starts, rounded to float32 as in Keras."""
    return float32(experiment.initial_accumulator) if experiment.optimizer == "adagrad" else 0.0


def settings_of(experiment: Experiment) -> dict[str, float]:
    """Every scalar that an update rule needs, apart from the learning rate."""
    return {
        "momentum": experiment.momentum,
        "epsilon": EPSILON,
        "rho": RHO,
        "one_minus_rho": 1 - RHO,
        "beta_1": float32(BETA_1),
        "one_minus_beta_1": 1 - BETA_1,
        "beta_2": float32(BETA_2),
        "one_minus_beta_2": 1 - BETA_2,
    }


def sgd(gradient, state, rate, settings, update):
    """Stochastic gradient descent with momentum: v = m v - rate g; w += v."""
    (velocity,) = state
    velocity = settings["momentum"] * velocity - rate * gradient
    return velocity, (velocity,)


def rmsprop(gradient, state, rate, settings, update):
    """RMSprop (Tieleman and Hinton, 2012); epsilon inside the root."""
    (mean_square,) = state
    mean_square = settings["rho"] * mean_square + settings["one_minus_rho"] * tf.square(gradient)
    return -rate * gradient / tf.sqrt(mean_square + settings["epsilon"]), (mean_square,)


def adagrad(gradient, state, rate, settings, update):
    """Adagrad (Duchi, Hazan, Singer, 2011); epsilon inside the root."""
    (sum_of_squares,) = state
    sum_of_squares += tf.square(gradient)
    return -rate * gradient / tf.sqrt(sum_of_squares + settings["epsilon"]), (sum_of_squares,)


def adam(gradient, state, rate, settings, update):
    """Adam (Kingma and Ba, 2015), in the form of its section 2; epsilon outside the root."""
    mean, mean_square = state
    mean += (gradient - mean) * settings["one_minus_beta_1"]
    mean_square += (tf.square(gradient) - mean_square) * settings["one_minus_beta_2"]
    step = rate * tf.sqrt(1 - settings["beta_2"] ** update) / (1 - settings["beta_1"] ** update)
    return -step * mean / (tf.sqrt(mean_square) + settings["epsilon"]), (mean, mean_square)


RULES = {"sgd": (sgd, 1), "rmsprop": (rmsprop, 1), "adagrad": (adagrad, 1), "adam": (adam, 2)}
"""Optimizer: its rule, and how many arrays of state it keeps for each weight."""

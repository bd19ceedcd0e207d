"""The optimizers, each with its update rule as Keras 3 has it, as a pure function of tensors.

A rule maps (weights, gradient, state, rate, settings, update) to (change of the weights, new state).
`state` is a tuple of tensors shaped like the gradient, `rate` the learning rate, `update` the number
of this update counted from 1. `settings` holds scalars as tensors. They are rounded as Keras rounds
them: 1 - beta is subtracted in double precision; the beta that is raised to a power, and whatever the
experiment sets, pass through float32 even where the network computes in float64.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import tensorflow as tf
from numpy import float32

EPSILON = 1e-7
RHO = 0.9
BETA_1, BETA_2 = 0.9, 0.999
CONSTANTS = {
    "epsilon": EPSILON,
    "rho": RHO,
    "one_minus_rho": 1 - RHO,
    "beta_1": float32(BETA_1),
    "one_minus_beta_1": 1 - BETA_1,
    "beta_2": float32(BETA_2),
    "one_minus_beta_2": 1 - BETA_2,
}
"""Keras's defaults, as its rules use them."""


def sgd(weights, gradient, state, rate, settings, update):
    """Stochastic gradient descent with momentum: v = m v - rate g; w += v.

    Nesterov's (1983), in the form of Sutskever et al. (2013), steps once more from there: w += m v - rate g.
    """
    (velocity,) = state
    velocity = settings["momentum"] * velocity - rate * gradient
    ahead = settings["momentum"] * velocity - rate * gradient
    return tf.where(settings["nesterov"] > 0, ahead, velocity), (velocity,)


def rmsprop(weights, gradient, state, rate, settings, update):
    """RMSprop (Tieleman and Hinton, 2012); epsilon inside the root."""
    (mean_square,) = state
    mean_square = settings["rho"] * mean_square + settings["one_minus_rho"] * tf.square(gradient)
    return -rate * gradient / tf.sqrt(mean_square + settings["epsilon"]), (mean_square,)


def adagrad(weights, gradient, state, rate, settings, update):
    """Adagrad (Duchi, Hazan, Singer, 2011); epsilon inside the root."""
    (sum_of_squares,) = state
    sum_of_squares += tf.square(gradient)
    return -rate * gradient / tf.sqrt(sum_of_squares + settings["epsilon"]), (sum_of_squares,)


def adam(weights, gradient, state, rate, settings, update):
    """Adam (Kingma and Ba, 2015), in the form of its section 2; epsilon outside the root."""
    mean, mean_square = state
    mean += (gradient - mean) * settings["one_minus_beta_1"]
    mean_square += (tf.square(gradient) - mean_square) * settings["one_minus_beta_2"]
    step = rate * tf.sqrt(1 - settings["beta_2"] ** update) / (1 - settings["beta_1"] ** update)
    return -step * mean / (tf.sqrt(mean_square) + settings["epsilon"]), (mean, mean_square)


def adamw(weights, gradient, state, rate, settings, update):
    """Adam that first shrinks all weights by rate x weight decay (Loshchilov and Hutter, 2019)."""
    step, state = adam(weights, gradient, state, rate, settings, update)
    return step - weights * settings["weight_decay"] * rate, state


@dataclass(frozen=True)
class Optimizer:
    """An optimizer: how it is called, how it steps, and what can be set.

    label         its name in words
    keras_name    its class in keras.optimizers
    default_rate  Keras's default learning rate
    rule, states  its update rule, and how many arrays of state that keeps for each weight
    settings      field of Experiment: argument in Keras
    start         the field, if any, that says where its state starts (else at 0)
    """

    label: str
    keras_name: str
    default_rate: float
    rule: Callable
    states: int
    settings: Mapping[str, str] = field(default_factory=dict)
    start: str | None = None

    def initial_state(self, experiment) -> float:
        """Where every array of its state starts, rounded to float32 as in Keras."""
        return float32(getattr(experiment, self.start)) if self.start else 0.0


SGD_SETTINGS = {"momentum": "momentum", "nesterov": "nesterov"}
OPTIMIZERS = {
    "sgd": Optimizer("SGD", "SGD", 0.01, sgd, 1, SGD_SETTINGS),
    "rmsprop": Optimizer("RMSprop", "RMSprop", 0.001, rmsprop, 1),
    "adagrad": Optimizer(
        *("Adagrad", "Adagrad", 0.001, adagrad, 1),
        {"initial_accumulator": "initial_accumulator_value"},
        start="initial_accumulator",
    ),
    "adam": Optimizer("Adam", "Adam", 0.001, adam, 2),
    "adamw": Optimizer("AdamW", "AdamW", 0.001, adamw, 2, {"weight_decay": "weight_decay"}),
}
SETTINGS = {name: owner for owner, o in OPTIMIZERS.items() for name in o.settings}
"""Field of Experiment: the optimizer that has it."""


def settings_of(experiment) -> dict[str, float]:
    """Every scalar that an update rule needs, apart from the learning rate."""
    return CONSTANTS | {name: float32(getattr(experiment, name)) for name in SETTINGS}

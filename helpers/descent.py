"""Gradient descent on a bowl, the smallest place where a learning rate can be too large."""

from functools import lru_cache
from typing import NamedTuple

from helpers.experiment import Experiment
from helpers.network import on_cpu
from helpers.optimizers import OPTIMIZERS, settings_of

import numpy as np
import tensorflow as tf

FAR = 1e6  # a path that leaves this box is not followed any further
ROOM = 1024  # steps that one compiled walk has room for


class Bowl(NamedTuple):
    """The surface f(u) = (curvatures[0] u[0]² + …) / 2, in one or two dimensions, and a start.

    angle: by how many degrees a bowl of two dimensions is turned; the start is turned with it.
    """

    curvatures: tuple[float, ...]
    start: tuple[float, ...]
    angle: float = 0.0

    @property
    def condition_number(self) -> float:
        """The steepest curvature over the flattest."""
        return max(self.curvatures) / min(self.curvatures)

    @property
    def directions(self) -> np.ndarray:
        """The directions of the curvatures, one in each column."""
        if len(self.curvatures) == 1:
            return np.eye(1)
        turn = np.deg2rad(self.angle)
        return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    @property
    def hessian(self) -> np.ndarray:
        """The matrix of second derivatives; the gradient at w is `hessian @ w`."""
        return self.directions @ np.diag(self.curvatures) @ self.directions.T

    def height(self, w: np.ndarray) -> np.ndarray:
        """The value of f at points w (..., dimensions)."""
        return 0.5 * np.sum(np.square(w @ self.directions) * self.curvatures, axis=-1)


PARABOLA = Bowl((1.0,), (-4.0,))
RAVINE = Bowl((1.0, 20.0), (-4.0, 1.0))
TURNED_RAVINE = RAVINE._replace(angle=45.0)

METHODS = {"SGD": {}, "SGD with Nesterov momentum": {"nesterov": True}} | {
    o.label: {"optimizer": name}
    for name, o in OPTIMIZERS.items()
    if name != "sgd" and "weight_decay" not in o.settings
}
"""The optimizers that walk down a bowl: label and fields of Experiment."""


@on_cpu
def descend(
    bowl: Bowl,
    learning_rate: float,
    momentum: float,
    steps: int,
    optimizer: str = "sgd",
    **settings,
) -> np.ndarray:
    """The path (steps + 1, dimensions) of an optimizer down a bowl, without any noise.

    settings: further fields of Experiment, such as nesterov=True. The path ends early, shorter than
    asked for, where it leaves all bounds.
    """
    experiment = Experiment(optimizer, learning_rate, momentum, **settings)
    if not 0 <= steps <= ROOM:
        raise ValueError(f"steps is {steps}, but must be a whole number from 0 to {ROOM}.")
    numbers = settings_of(experiment) | {
        "rate": learning_rate,
        "start": OPTIMIZERS[optimizer].initial_state(experiment),
    }
    start = bowl.directions @ bowl.start
    walked = _walk(optimizer)(
        tf.constant(start[:, None]),
        tf.constant(bowl.hessian),
        {name: tf.constant(number, tf.float64) for name, number in numbers.items()},
        tf.constant(steps),
    )
    path = np.vstack([start, walked.numpy()[:steps, :, 0]])
    within = np.abs(path).max(axis=1) <= FAR  # False for NaN, too
    return path if within.all() else path[: within.argmin() + 1]


@lru_cache
def _walk(optimizer: str):
    """The compiled walk with this optimizer's rule."""
    entry = OPTIMIZERS[optimizer]

    @tf.function(jit_compile=True, autograph=False)
    def walk(w, hessian, numbers, steps):
        path = tf.TensorArray(w.dtype, ROOM, element_shape=w.shape)
        state = (tf.zeros_like(w) + numbers["start"],) * entry.states

        def step(number, w, state, path):
            update = tf.cast(number + 1, w.dtype)
            rate = numbers["rate"]
            change, state = entry.rule(w, hessian @ w, state, rate, numbers, update)
            return number + 1, w + change, state, path.write(number, w + change)

        *_, path = tf.while_loop(lambda number, *_: number < steps, step, (0, w, state, path))
        return path.stack()

    return walk


def oscillates_above(curvature: float, momentum: float = 0.0, nesterov: bool = False) -> float:
    """The learning rate above which a path of SGD swings from side to side on its way down.

    With Nesterov momentum: O'Donoghue and Candès, Adaptive restart for accelerated gradient schemes, 2015.
    """
    root = (1 - momentum) / (1 + momentum) if nesterov else 1 - np.sqrt(momentum)
    return root**2 / curvature


def diverges_above(curvature: float, momentum: float = 0.0, nesterov: bool = False) -> float:
    """The learning rate above which no path of SGD comes down: 2 / curvature without momentum.

    Polyak, Some methods of speeding up the convergence of iteration methods, 1964. With Nesterov momentum
    a step has the factors of x² - (1 + m) q x + m q with q = 1 - rate curvature, and one of them is -1 there.
    """
    return 2 * (1 + momentum) / (1 + 2 * momentum * nesterov) / curvature


def regime(bowl: Bowl, learning_rate: float, momentum: float = 0.0, nesterov: bool = False) -> str:
    """What a path of SGD does, said of the bowl's steepest direction."""
    steepest = max(bowl.curvatures)
    boundary = diverges_above(steepest, momentum, nesterov)
    if np.isclose(learning_rate, boundary):
        return "on the boundary"
    if learning_rate > boundary:
        return "diverging"
    if learning_rate > oscillates_above(steepest, momentum, nesterov) * (1 + 1e-9):
        return "oscillating, yet converging"
    return "creeping, without crossing"

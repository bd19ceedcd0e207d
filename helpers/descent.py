"""Gradient descent on a bowl, the smallest place where a learning rate can be too large."""

from typing import NamedTuple

import numpy as np

FAR = 1e6  # a path that leaves this box is not followed any further


class Bowl(NamedTuple):
    """The surface f(w) = (curvatures[0] w[0]² + …) / 2, in one or two dimensions, and a start."""

    curvatures: tuple[float, ...]
    start: tuple[float, ...]

    def height(self, w: np.ndarray) -> np.ndarray:
        """The value of f at points w (..., dimensions)."""
        return 0.5 * np.sum(np.asarray(self.curvatures) * np.square(w), axis=-1)


PARABOLA = Bowl((1.0,), (-4.0,))
RAVINE = Bowl((1.0, 20.0), (-4.0, 1.0))


def descend(bowl: Bowl, learning_rate: float, momentum: float, steps: int) -> np.ndarray:
    """The path (steps + 1, dimensions) of v = momentum v - learning_rate f'(w); w += v.

    It ends early, shorter than asked for, where it leaves all bounds.
    """
    w, v = np.array(bowl.start), np.zeros(len(bowl.start))
    path = [w]
    for _ in range(steps):
        v = momentum * v - learning_rate * np.asarray(bowl.curvatures) * w
        w = w + v
        path.append(w)
        if np.abs(w).max() > FAR:
            break
    return np.array(path)


def oscillates_above(curvature: float, momentum: float = 0.0) -> float:
    """The learning rate above which a path swings from side to side on its way down."""
    return (1 - np.sqrt(momentum)) ** 2 / curvature


def diverges_above(curvature: float, momentum: float = 0.0) -> float:
    """The learning rate above which no path comes down: 2 / curvature without momentum.

    Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """
    return 2 * (1 + momentum) / curvature


def regime(bowl: Bowl, learning_rate: float, momentum: float = 0.0) -> str:
    """What a path does, said of the bowl's steepest direction."""
    steepest = max(bowl.curvatures)
    boundary = diverges_above(steepest, momentum)
    if np.isclose(learning_rate, boundary):
        return "on the boundary"
    if learning_rate > boundary:
        return "diverging"
    if learning_rate > oscillates_above(steepest, momentum) * (1 + 1e-9):
        return "oscillating, yet converging"
    return "creeping, without crossing"

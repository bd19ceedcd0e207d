"""The problems: points in two halves, and the best that any model can do where that is known.

Four are drawn: each class is a set of places, equally likely, from which its points are scattered by
round normal noise. So the probability of a class at a point can be computed, and with it the most
accurate classifier that there is (Hastie, Tibshirani, Friedman, The Elements of Statistical Learning,
2009, section 2.4). The fifth, handwritten digits, is real: nobody knows its best.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from helpers.fields import listed

import numpy as np
from sklearn.datasets import load_digits, make_blobs, make_circles, make_moons


class _Arrays(NamedTuple):
    trainX: np.ndarray
    trainy: np.ndarray
    testX: np.ndarray
    testy: np.ndarray


class Split(_Arrays):
    """Samples `X` float32 (n/2, features) and one-hot classes `y` float32 (n/2, classes), twice.

    best_accuracy: on the test half, of the most accurate classifier there is; None where unknown.
    """

    best_accuracy: float | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """A problem as a value: its name, its points, its best possible test accuracy (None: unknown)."""

    name: str
    data: Split
    best_accuracy: float | None = None

    @property
    def features(self) -> int:
        """Inputs of the network."""
        return self.data.trainX.shape[1]

    @property
    def classes(self) -> int:
        """Outputs of the network."""
        return self.data.trainy.shape[1]

    @property
    def n_train(self) -> int:
        """Points that train."""
        return len(self.data.trainX)

    @property
    def n_test(self) -> int:
        """Points that test."""
        return len(self.data.testX)

    def updates_per_epoch(self, batch_size: int) -> int:
        """Batches of an epoch; the last one may be short."""
        return -(-self.n_train // batch_size)

    @property
    def guessing(self) -> float:
        """Accuracy of pure guessing."""
        return 1 / self.classes

    @property
    def standard_error(self) -> float:
        """Standard error of the best accuracy on the test half; where that is unknown, the largest."""
        return standard_error(
            0.5 if self.best_accuracy is None else self.best_accuracy, self.n_test
        )


def prepare_data(
    n_samples: int = 1000, centers: int = 3, cluster_std: float = 2.0, random_state: int = 2
) -> Split:
    """Draw the blobs with scikit-learn; the first half trains, the second half tests.

    The points are exactly those of `sklearn.datasets.make_blobs` with the same arguments and two
    features, rounded to float32. The blobs are equally likely, round and of one size, so that the best
    classifier is the nearest true center.
    """
    if n_samples < 2:
        raise ValueError(f"n_samples is {n_samples!r}, but must be at least 2: one half trains.")
    drawn = {"centers": centers, "cluster_std": cluster_std, "random_state": random_state}
    points, classes, middles = make_blobs(n_samples, return_centers=True, **drawn)
    return _split(points, classes, middles[:, None], cluster_std)


def _split(points, classes, places=None, scatter=None) -> Split:
    """Halve the points; places (classes, k, features) and scatter: where and how they were drawn."""
    X, half = points.astype("float32"), len(points) // 2
    y = np.eye(classes.max() + 1 if places is None else len(places), dtype="float32")[classes]
    split = Split(X[:half], y[:half], X[half:], y[half:])
    if places is not None:
        right = most_likely(split.testX, places, scatter) == split.testy.argmax(axis=1)
        split.best_accuracy = float(right.mean())
    return split


def most_likely(X: np.ndarray, places: np.ndarray, scatter: float) -> np.ndarray:
    """The most probable class (n,) of points X (n, 2), scattered around places (classes, k, 2)."""
    likelihood = []
    for around in places:
        squares = ((X[:, None].astype("float64") - around) ** 2).sum(axis=2) / (2 * scatter**2)
        nearest = squares.min(axis=1)
        likelihood.append(np.log(np.exp(nearest[:, None] - squares).sum(axis=1)) - nearest)
    return np.argmax(likelihood, axis=0)


def make_spiral(n_samples, noise, random_state):
    """Draw three arms of one turn each, one for each class, as scikit-learn draws its moons."""
    random = np.random.default_rng(random_state)
    classes = random.permutation(n_samples) % 3
    length = np.linspace(0.15, 1, n_samples)
    angle = 2 * np.pi * (length + classes / 3)
    arms = length[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    order = random.permutation(n_samples)
    return (arms + random.normal(scale=noise, size=arms.shape))[order], classes[order]


@dataclass(frozen=True)
class Source:
    """Where a problem's points come from.

    draw, arguments  the function, of scikit-learn's but one, and what it is told
    scatter          the argument that is the noise's standard deviation; None: not drawn but real
    """

    draw: Callable
    arguments: dict
    scatter: str | None = "noise"

    def split(self) -> Split:
        """Draw the points."""
        points, classes = self.draw(**self.arguments)
        if not self.scatter:
            return _split(points, classes)
        quiet = self.arguments | {self.scatter: 0.0}  # the same places, without the noise
        places, classes_there = self.draw(**quiet)
        by_class = [places[classes_there == c] for c in range(classes.max() + 1)]
        k = min(map(len, by_class))
        places = np.stack([arm[:k] for arm in by_class])
        return _split(points, classes, places, self.arguments[self.scatter])


DRAWN = {"n_samples": 1000, "random_state": 2}
PROBLEMS = {
    "blobs": Source(make_blobs, {**DRAWN, "centers": 3, "cluster_std": 2.0}, "cluster_std"),
    "moons": Source(make_moons, {**DRAWN, "noise": 0.3}),
    "circles": Source(make_circles, {**DRAWN, "noise": 0.25, "factor": 0.4}),
    "spiral": Source(make_spiral, {**DRAWN, "noise": 0.06}),
    # Images of 8 by 8 pixels from 0 to 16; the second half was written by other people.
    "digits": Source(load_digits, {"return_X_y": True}, scatter=None),
}
"""Name of a problem: where its points come from."""


def problem(name: str = "blobs", scaled: bool = False) -> Problem:
    """A problem by its name, drawn once; scaled: its inputs standardized on the training half."""
    if name not in PROBLEMS:
        raise ValueError(f"There is no problem {name!r}, but {listed(PROBLEMS)}.")
    return _drawn(name, bool(scaled))


@lru_cache
def _drawn(name: str, scaled: bool) -> Problem:
    data = PROBLEMS[name].split()
    for array in data:
        array.flags.writeable = False
    return Problem(name, standardized(data) if scaled else data, data.best_accuracy)


def problem_of(experiment, data: Split | None = None) -> Problem:
    """The problem that an experiment names, or the one that the data makes."""
    if data is None:
        return problem(experiment.problem, experiment.scaled)
    return Problem("the data given", data, getattr(data, "best_accuracy", None))


def standardized(data: Split) -> Split:
    """The same points, each input shifted and scaled to mean 0 and deviation 1 on the training half.

    An input that never changes there is only shifted.
    """
    mean, deviation = data.trainX.mean(axis=0), data.trainX.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1)
    trainX, testX = ((X - mean) / deviation for X in (data.trainX, data.testX))
    scaled = Split(trainX.astype("float32"), data.trainy, testX.astype("float32"), data.testy)
    scaled.best_accuracy = data.best_accuracy
    return scaled


def best_accuracy(data: Split | None = None) -> float | None:
    """Accuracy on the test half of the most accurate classifier there is; None where unknown.

    On infinitely many points no model is better; on a finite test half luck can be.
    """
    return problem().best_accuracy if data is None else data.best_accuracy


def standard_error(accuracy: float, n: int) -> float:
    """Standard error of an accuracy measured on n independent samples (binomial)."""
    return float(np.sqrt(accuracy * (1 - accuracy) / n))

"""The blobs problem: three overlapping clouds of points, and the best that any model can do."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from sklearn.datasets import make_blobs

CENTERS, CLUSTER_STD, RANDOM_STATE = 3, 2.0, 2


class Split(NamedTuple):
    """Samples `X` float32 (n/2, 2) and one-hot classes `y` float32 (n/2, centers), twice."""

    trainX: np.ndarray
    trainy: np.ndarray
    testX: np.ndarray
    testy: np.ndarray


def prepare_data(
    n_samples: int = 1000,
    centers: int = CENTERS,
    cluster_std: float = CLUSTER_STD,
    random_state: int = RANDOM_STATE,
) -> Split:
    """Draw the blobs with scikit-learn; the first half trains, the second half tests.

    The points are exactly those of `sklearn.datasets.make_blobs` with the same arguments and two
    features, rounded to float32.
    """
    if n_samples < 2:
        raise ValueError(f"n_samples is {n_samples!r}, but must be at least 2: one half trains.")
    points, classes = make_blobs(
        n_samples, centers=centers, cluster_std=cluster_std, random_state=random_state
    )
    X = points.astype("float32")
    y = np.eye(centers, dtype="float32")[classes]
    half = n_samples // 2
    return Split(X[:half], y[:half], X[half:], y[half:])


@lru_cache
def lesson_data() -> Split:
    """The lesson's own blobs, drawn once; `prepare_data()` gives a copy to write into."""
    return prepare_data()


def standardized(data: Split) -> Split:
    """The same points, shifted and scaled so that the training half has mean 0 and deviation 1."""
    mean, deviation = data.trainX.mean(axis=0), data.trainX.std(axis=0)
    return data._replace(
        trainX=(data.trainX - mean) / deviation, testX=(data.testX - mean) / deviation
    )


def best_accuracy(data: Split | None = None, random_state: int = RANDOM_STATE) -> float:
    """Accuracy on the test half of the classifier that knows how the points were made.

    The blobs are equally likely, round and of one size, so that the Bayes classifier is the
    nearest true center (Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2009,
    section 4.3). On infinitely many points no model is better; on a finite test half luck can be.
    `random_state` has to be the one that the data was made with.
    """
    data = lesson_data() if data is None else data
    centers = data.testy.shape[1]
    _, _, true_centers = make_blobs(centers=centers, random_state=random_state, return_centers=True)
    distances = np.linalg.norm(data.testX[:, None] - true_centers, axis=-1)
    return float(np.mean(distances.argmin(axis=1) == data.testy.argmax(axis=1)))


def standard_error(accuracy: float, n: int) -> float:
    """Standard error of an accuracy measured on n independent samples (binomial)."""
    return float(np.sqrt(accuracy * (1 - accuracy) / n))

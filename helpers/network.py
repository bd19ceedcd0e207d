"""The lesson's network: its initial weights, the order of its batches, and what it predicts."""

from functools import lru_cache, wraps

from helpers.kept import kept

import keras
import numpy as np
import tensorflow as tf


def on_cpu(function):
    """The function, with what it computes in TensorFlow on the CPU: for so small a network a GPU is a detour."""

    @wraps(function)
    def placed(*args, **kwargs):
        with tf.device("CPU:0"):
            return function(*args, **kwargs)

    return placed


@lru_cache(maxsize=256)
def seeds(seed: int) -> tuple[int, int, int]:
    """Three independent seeds out of one: hidden weights, output weights, batch order."""
    return tuple(int(word) >> 1 for word in np.random.SeedSequence(seed).generate_state(3))


@kept(mebibytes=4)
def initial_weights(
    seed: int, features: int, hidden: int, classes: int, floatx: str
) -> list[np.ndarray]:
    """[W1 (features, hidden), b1, W2 (hidden, classes), b2] as Keras draws them for these seeds."""
    first, second, _ = seeds(seed)
    return [
        np.asarray(keras.initializers.HeUniform(first)((features, hidden), floatx)),
        np.zeros(hidden, floatx),
        np.asarray(keras.initializers.GlorotUniform(second)((hidden, classes), floatx)),
        np.zeros(classes, floatx),
    ]


def batch_order(seed: int, epochs: int, n: int) -> np.ndarray:
    """Which sample comes when: int32 (epochs, n), a fresh permutation for each epoch."""
    samples = np.tile(np.arange(n, dtype="int32"), (epochs, 1))
    return np.random.default_rng(seeds(seed)[2]).permuted(samples, axis=1)


def predict(weights: list[np.ndarray], X: np.ndarray) -> np.ndarray:
    """Class probabilities (n, classes) of the network with these weights for X (n, features)."""
    W1, b1, W2, b2 = weights
    logits = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)

"""The network's arithmetic, in the forms of which XLA makes the fastest code.

The biases of the hidden units are weights of one more input, always 1. Logits have a row for each
class, so that softmax is a few operations on whole rows. A product of few terms is written out, and
then computed where it is used. Every other product is one that XLA compiles itself, in small blocks.
"""

from functools import reduce
from typing import NamedTuple

from helpers.kept import kept

import numpy as np
import tensorflow as tf

FEW = 4  # terms


class Weights(NamedTuple):
    """The network's parameters, or one array of optimizer state for each of them."""

    W1: tf.Tensor  # (features + 1, hidden); the last row is b1
    W2: tf.Tensor  # (classes, hidden)
    b2: tf.Tensor  # (classes, 1)


def product(A, B):
    """A (k, m) transposed times B (k, n)."""
    if A.shape[0] > FEW:
        return tf.transpose(A) @ B
    return reduce(tf.add, (a[:, None] * b for a, b in zip(tf.unstack(A), tf.unstack(B))))


def forward(weights, X):
    """Hidden activations (samples, hidden) and logits (classes, samples) of X (samples, features + 1)."""
    hidden = tf.nn.relu(product(tf.transpose(X), weights.W1))
    return hidden, weights.W2 @ tf.transpose(hidden) + weights.b2


def softmax(logits, classes):
    """Probabilities minus truth (classes, samples); each sample's cross-entropy, and 1 if it is right.

    The guess is the first of the largest logits, and class 0 where they are not numbers, as in Keras.
    """
    first, *others = tf.unstack(logits)
    largest, guess = first, tf.zeros_like(classes)
    for number, row in enumerate(others, start=1):
        guess = tf.where(row > largest, number, guess)
        largest = tf.where(row > largest, row, largest)
    shifted = logits - largest
    powers = tf.exp(shifted)
    total = reduce(tf.add, tf.unstack(powers))
    truth = tf.cast(classes == tf.range(logits.shape[0])[:, None], logits.dtype)
    own = reduce(tf.add, tf.unstack(tf.where(truth > 0, shifted, tf.zeros_like(shifted))))
    right = tf.cast(guess == classes, logits.dtype)
    return powers / total - truth, tf.math.log(total) - own, right


def gradient(weights, X, hidden, errors, share):
    """The gradient of a mean loss in which each sample has its share: backpropagation, written out.

    errors: probabilities minus truth, as `softmax` gives them.
    """
    d_logits = errors * share
    d_hidden = tf.where(hidden > 0, product(d_logits, weights.W2), tf.zeros_like(hidden))
    return Weights(tf.transpose(X) @ d_hidden, d_logits @ hidden, errors @ share[:, None])


@kept(mebibytes=8)
def halves(problem, floatx, block):
    """The training and the test half: X (samples, features + 1) and classes (samples,), in whole blocks."""

    def half(X, y):
        X, spare = np.insert(X, X.shape[1], 1, axis=1), -len(X) % block
        X, classes = np.pad(X, ((0, spare), (0, 0))), np.pad(y.argmax(axis=1), (0, spare))
        return tf.constant(X, floatx), tf.constant(classes, tf.int32)

    return half(*problem.data[:2]), half(*problem.data[2:])

"""The whole run as one compiled TensorFlow program, and many runs side by side.

Two loops, epochs and the batches in them, are compiled by XLA into one program. Everything that a
slider can move goes in as a tensor, so that a move never compiles anything: the rates of all
updates as one array, the plateau rule as numbers (a patience that is never reached switches it off).
The gradient of this small network is written out, which takes a quarter off the time of a run.
"""

import os
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from helpers.experiment import Experiment, History
from helpers.network import batch_order, initial_weights
from helpers.optimizers import OPTIMIZERS, settings_of
from helpers.problems import Split, problem_of
from helpers.schedules import scheduled_rates

import keras
import numpy as np
import tensorflow as tf

NEVER = 1e9  # a patience that no run reaches


def train(experiment: Experiment, data: Split | None = None) -> History:
    """Train the network as `fit_keras` does, from the same weights, on the same batches.

    Computes in `keras.config.floatx()`. A run that diverges is no error: its arrays hold what
    happened, infinities and NaN included.
    """
    problem = problem_of(experiment, data)
    data = problem.data
    floatx = keras.config.floatx()
    n, classes = data.trainy.shape
    order, mask = _padded_batches(
        experiment.seed, experiment.epochs, n, min(experiment.batch_size, n), floatx
    )
    plateau = {
        "patience": experiment.patience or NEVER,
        "factor": experiment.factor,
        "min_delta": experiment.min_delta,
        "watches_training": float(experiment.monitor == "loss"),
    }
    recorded, path = PROGRAMS[experiment.optimizer](
        initial_weights(experiment.seed, problem.features, experiment.hidden, classes, floatx),
        tf.constant(OPTIMIZERS[experiment.optimizer].initial_state(experiment), floatx),
        tf.constant(order),
        tf.constant(mask),
        tf.constant(scheduled_rates(experiment, order.shape[1], floatx)),
        _tensors(settings_of(experiment), floatx),
        _tensors(plateau, floatx),
        Split(*(tf.constant(array, floatx) for array in data)),
    )
    return History(experiment, *(a.numpy() for a in recorded), [a.numpy() for a in path], problem)


def train_many(
    experiments: Iterable[Experiment],
    data: Split | None = None,
    *,
    executor: Executor | None = None,
    progress: bool = False,
) -> list[History]:
    """Train all experiments, one History for each, in their order.

    executor: any `concurrent.futures.Executor`; None takes threads, one a core. A pool of processes
    has to start them with "spawn": TensorFlow does not survive a fork.
    progress: print how far it is, in tenths.
    """
    experiments = list(experiments)
    own_threads = ThreadPoolExecutor(os.cpu_count()) if executor is None else None
    try:
        runs = (executor or own_threads).map(train, experiments, repeat(data))
        return list(tenths(runs, len(experiments)) if progress else runs)
    finally:
        if own_threads:
            own_threads.shutdown(cancel_futures=True)


def tenths(steps: Iterable, total: int) -> Iterable:
    """Pass the steps on, printing each tenth of the way that is done: text that never varies."""
    for done, step in enumerate(steps, start=1):
        for tenth in range((done - 1) * 10 // total + 1, done * 10 // total + 1):
            print(f"{tenth * 10} %", end="\n" if tenth == 10 else " … ", flush=True)
        yield step


def _tensors(numbers: dict[str, float], floatx: str) -> dict[str, tf.Tensor]:
    return {name: tf.constant(number, floatx) for name, number in numbers.items()}


@lru_cache(maxsize=64)
def _padded_batches(seed, epochs, n, batch_size, floatx) -> tuple[np.ndarray, np.ndarray]:
    """Sample numbers (epochs, batches, batch_size), and which places (batches, batch_size) count.

    The last batch of an epoch may be short: it is filled up with sample 0, which the mask leaves out.
    """
    batches = -(-n // batch_size)
    missing = batches * batch_size - n
    order = np.pad(batch_order(seed, epochs, n), ((0, 0), (0, missing)))
    mask = np.pad(np.ones(n, floatx), (0, missing))
    return order.reshape(epochs, batches, batch_size), mask.reshape(batches, batch_size, 1)


class _Weights(NamedTuple):
    """The network's parameters, or one array of optimizer state for each of them."""

    W1: tf.Tensor
    b1: tf.Tensor
    W2: tf.Tensor
    b2: tf.Tensor


class _Plateau(NamedTuple):
    """What ReduceLROnPlateau remembers; `scale` multiplies the scheduled rates."""

    scale: tf.Tensor
    best: tf.Tensor
    wait: tf.Tensor


def _forward(weights, X):
    hidden = tf.nn.relu(X @ weights.W1 + weights.b1)
    return hidden, hidden @ weights.W2 + weights.b2


def _sums(logits, y, mask):
    """Sum of the cross-entropies, and number of right answers, over the samples that count."""
    loss = tf.nn.softmax_cross_entropy_with_logits(y, logits)
    right = tf.cast(tf.argmax(logits, 1) == tf.argmax(y, 1), logits.dtype)
    return tf.reduce_sum(mask[:, 0] * loss), tf.reduce_sum(mask[:, 0] * right)


def _gradient(weights, X, y, mask):
    """Backpropagation, written out: the gradient of the batch's mean loss, and the batch's sums."""
    hidden, logits = _forward(weights, X)
    d_logits = (tf.nn.softmax(logits) - y) * (mask / tf.reduce_sum(mask))
    d_hidden = tf.where(hidden > 0, d_logits @ tf.transpose(weights.W2), tf.zeros_like(hidden))
    gradient = _Weights(
        tf.transpose(X) @ d_hidden,
        tf.reduce_sum(d_hidden, 0),
        tf.transpose(hidden) @ d_logits,
        tf.reduce_sum(d_logits, 0),
    )
    return gradient, *_sums(logits, y, mask)


def _after_epoch(plateau, epoch, monitored, settings):
    """ReduceLROnPlateau at the end of an epoch: the first epoch always counts as improved."""
    improved = (epoch == 0) | (monitored + settings["min_delta"] < plateau.best)
    wait = tf.where(improved, tf.zeros_like(plateau.wait), plateau.wait + 1)
    drop = wait >= settings["patience"]
    return _Plateau(
        tf.where(drop, plateau.scale * settings["factor"], plateau.scale),
        tf.where(improved, monitored, plateau.best),
        tf.where(drop, tf.zeros_like(wait), wait),
    )


def _program(optimizer: str):
    """The compiled run for one optimizer; new shapes or a new floatx compile it once more."""
    rule, arrays_of_state = OPTIMIZERS[optimizer].rule, OPTIMIZERS[optimizer].states

    @tf.function(jit_compile=True, autograph=False)
    def run(weights, state_start, order, mask, rates, settings, plateau_settings, data):
        weights = _Weights(*weights)
        epochs, batches, _ = order.shape
        dtype = state_start.dtype
        zero = tf.zeros((), dtype)
        state = [(tf.fill(w.shape, state_start),) * arrays_of_state for w in weights]
        test_mask = tf.ones_like(data.testy[:, :1])
        # One slot an epoch: loss, accuracy, val_loss, val_accuracy, learning_rate; then the weights.
        records = [tf.TensorArray(dtype, epochs, element_shape=()) for _ in range(5)]
        path = [tf.TensorArray(dtype, epochs, element_shape=w.shape) for w in weights]

        def one_batch(epoch, batch, weights, state, scale, loss, right):
            samples = order[epoch, batch]
            gradient, batch_loss, batch_right = _gradient(
                weights,
                tf.gather(data.trainX, samples),
                tf.gather(data.trainy, samples),
                mask[batch],
            )
            update = tf.cast(epoch * batches + batch + 1, dtype)
            rate = rates[epoch, batch] * scale
            changes = [
                rule(w, g, s, rate, settings, update) for w, g, s in zip(weights, gradient, state)
            ]
            weights = _Weights(*(w + change for w, (change, _) in zip(weights, changes)))
            state = [new_state for _, new_state in changes]
            return batch + 1, weights, state, loss + batch_loss, right + batch_right

        def one_epoch(epoch, weights, state, plateau, records, path):
            _, weights, state, loss, right = tf.while_loop(
                lambda batch, *_: batch < batches,
                lambda batch, w, s, loss, right: one_batch(
                    epoch, batch, w, s, plateau.scale, loss, right
                ),
                (0, weights, state, zero, zero),
            )
            n, n_test = tf.reduce_sum(mask), tf.reduce_sum(test_mask)
            val_loss, val_right = _sums(_forward(weights, data.testX)[1], data.testy, test_mask)
            values = (
                *(loss / n, right / n, val_loss / n_test, val_right / n_test),
                rates[epoch, -1] * plateau.scale,
            )
            records = [record.write(epoch, value) for record, value in zip(records, values)]
            path = [array.write(epoch, w) for array, w in zip(path, weights)]
            monitored = tf.where(plateau_settings["watches_training"] > 0, values[0], values[2])
            plateau = _after_epoch(plateau, epoch, monitored, plateau_settings)
            return epoch + 1, weights, state, plateau, records, path

        *_, records, path = tf.while_loop(
            lambda epoch, *_: epoch < epochs,
            one_epoch,
            (0, weights, state, _Plateau(zero + 1, zero, zero), records, path),
        )
        return [record.stack() for record in records], [array.stack() for array in path]

    return run


PROGRAMS = {optimizer: _program(optimizer) for optimizer in OPTIMIZERS}
"""Optimizer: its compiled run; nothing is compiled before its first call."""

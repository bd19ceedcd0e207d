"""The whole run as one compiled TensorFlow program, and many runs side by side.

Two loops, epochs and the blocks of samples in them, are compiled by XLA into one program. Everything
that a slider can move goes in as a tensor, so that a move never compiles anything: the rates of all
updates as one array, the plateau rule as numbers (a patience that is never reached switches it off),
the batch size as a list of blocks, with an update after the last block of each batch.

The gradient of this small network is written out, and every matrix stands the way round that XLA
multiplies small matrices fastest: the left one's columns meet the right one's rows, without a
transposition between. So samples stand in columns, and have a third coordinate, 1, whose weights are
the biases of the hidden units.
"""

import os
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache, reduce
from itertools import repeat
from typing import NamedTuple

from helpers.compiled import PROGRAMS, Course
from helpers.data import Split, lesson_data
from helpers.experiment import Experiment, History
from helpers.network import batch_order, initial_weights
from helpers.optimizers import initial_state, settings_of
from helpers.schedules import scheduled_rates

import keras
import numpy as np
import tensorflow as tf

ROWS = 256


def train(experiment: Experiment, data: Split | None = None) -> History:
    """Train the network as `fit_keras` does, from the same weights, on the same batches.

    Computes in `keras.config.floatx()`. A run that diverges is no error: its arrays hold what
    happened, infinities and NaN included.
    """
    data = lesson_data() if data is None else data
    floatx = keras.config.floatx()
    n, classes = data.trainy.shape
    epochs = experiment.epochs
    batch_size = min(experiment.batch_size, n)
    updates = -(-n // batch_size)
    block, smallest = (32, 8) if batch_size >= 8 else (8, 1)
    rows = max(ROWS, 1 << (epochs - 1).bit_length())
    order = np.zeros((rows, n + block), "int32")
    order[:epochs, :n] = batch_order(experiment.seed, epochs, n)
    rates = np.zeros((rows, -(-n // smallest)), floatx)
    rates[:epochs, :updates] = scheduled_rates(experiment, updates, floatx)
    if experiment.patience:
        rates[:epochs, :updates] *= np.cumprod([1, *[experiment.factor] * (epochs - 1)])[:, None]
    W1, b1, W2, b2 = initial_weights(experiment.seed, experiment.hidden, classes, floatx)
    course = Course(
        order=tf.constant(order),
        sizes=tf.fill([rows], n),
        rates=tf.constant(rates),
        epochs=tf.constant(epochs),
        updates=tf.constant(updates),
        batch_size=tf.constant(batch_size),
        patience=tf.constant(experiment.patience or 0),
        min_delta=tf.constant(experiment.min_delta, "float64"),
        watches_training=tf.constant(experiment.monitor == "loss"),
    )
    settings = {**settings_of(experiment), "state_start": initial_state(experiment)}
    recorded, path = PROGRAMS[experiment.optimizer](
        [tf.constant(array) for array in (np.vstack([W1, b1]), W2.T, b2[:, None])],
        course,
        {name: tf.constant(number, floatx) for name, number in settings.items()},
        Split(*(tf.constant(array.T, floatx) for array in data)),
        block,
    )
    *curves, row = (array.numpy()[:epochs] for array in recorded)
    W1, W2, b2 = (array.numpy()[:epochs] for array in path)
    by_epoch = [W1[:, :-1], W1[:, -1], W2.swapaxes(1, 2), b2[..., 0]]
    return History(experiment, *curves, rates[row, updates - 1], by_epoch)


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
    data = lesson_data() if data is None else data
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



"""The whole run as one TensorFlow program, which XLA compiles to machine code.

Two loops: epochs, and in each of them blocks of samples, with an update after a batch's last block.
Everything that a slider moves goes in as a tensor: the rates as a table, the batch size and the rule
of the plateau as numbers. Only another optimizer, network or problem compiles anew.

Where a place in a table depends on such a number, `tf.gather` and `tf.slice` read it: for brackets,
XLA would want to know the number, and compile anew for each.
"""

from typing import NamedTuple

from helpers.gradient import Weights, forward, gradient, halves, softmax
from helpers.network import initial_weights, on_cpu
from helpers.optimizers import CONSTANTS, OPTIMIZERS, SETTINGS, settings_of

import numpy as np
import tensorflow as tf

ROWS = 256  # room for epochs; a longer run takes a power of two
BLOCK, SMALL_BLOCK = 32, 8  # samples computed at once; the small block is for batches below 8
NUMBERS = (*CONSTANTS, *SETTINGS, "initial_state")


class Counts(NamedTuple):
    """The whole numbers of a run."""

    epochs: int
    updates: int  # in an epoch
    batch_size: int
    n_test: int
    patience: int  # 0: no plateau rule
    watches_training: bool  # the plateau rule


class Course(NamedTuple):
    """All that a run depends on; rows are epochs, and spare ones."""

    weights: Weights
    order: tf.Tensor  # (rows, n + BLOCK): which sample comes when
    sizes: tf.Tensor  # (rows,): how many of a row's samples count
    train: tuple  # X and classes, as `halves` makes them
    test: tuple
    places: tf.Tensor  # 0, 1, 2, … in a block
    rates: tf.Tensor  # (rows, updates or more): a row for each epoch, or for each number of drops
    counts: tf.Tensor
    numbers: tf.Tensor  # float64: NUMBERS and min_delta


class _Epoch(NamedTuple):
    """How far an epoch has come."""

    samples: tf.Tensor
    updates: tf.Tensor
    weights: Weights
    state: list
    gradient: Weights  # of the batch so far
    loss: tf.Tensor  # (block,): sums so far, one for each place
    right: tf.Tensor


class _Plateau(NamedTuple):
    """What ReduceLROnPlateau remembers."""

    drops: tf.Tensor
    best: tf.Tensor
    wait: tf.Tensor


@on_cpu
def run(experiment, problem, batches, rates, epochs, patience=0):
    """Run the compiled program.

    batches  as `batches_of` makes them
    rates    (rows, updates): a row for each epoch or, with patience, for each number of drops
    Return loss, accuracy, val_loss, val_accuracy and the rows of rates that were used, each (epochs,),
    and the weights after each epoch as a History has them.
    """
    n, floatx = problem.n_train, rates.dtype.name
    batch_size = min(experiment.batch_size, n)
    block, most = (BLOCK, -(-n // SMALL_BLOCK)) if batch_size >= SMALL_BLOCK else (SMALL_BLOCK, n)
    watches = experiment.monitor == "loss"
    counts = Counts(epochs, rates.shape[1], batch_size, problem.n_test, patience, watches)
    numbers = settings_of(experiment)
    numbers["initial_state"] = OPTIMIZERS[experiment.optimizer].initial_state(experiment)
    W1, b1, W2, b2 = initial_weights(
        experiment.seed, problem.features, experiment.hidden, problem.classes, floatx
    )
    course = Course(
        Weights(*map(tf.constant, (np.vstack([W1, b1]), W2.T, b2[:, None]))),
        *batches,
        *halves(problem, floatx, BLOCK),
        tf.range(block),
        tf.constant(_with_room(rates, most)),
        tf.constant(counts),
        tf.constant([*(numbers[name] for name in NUMBERS), experiment.min_delta], tf.float64),
    )
    recorded = PROGRAMS[experiment.optimizer](course)
    curves, W1, W2, b2 = (array.numpy()[:epochs].copy() for array in recorded)
    return curves.T.copy(), [W1[:, :-1], W1[:, -1], W2.swapaxes(1, 2), b2[..., 0]]


@on_cpu
def batches_of(order, sizes, n):
    """Put order (epochs, samples) and sizes (epochs,) into tables of a program for n samples."""
    order = _with_room(order, n + BLOCK)
    return tf.constant(order), tf.constant(np.resize(sizes, len(order)), tf.int32)


def _with_room(table, columns):
    rows = max(ROWS, 1 << (len(table) - 1).bit_length())
    room = np.zeros((rows, columns), table.dtype)
    room[: table.shape[0], : table.shape[1]] = table
    return room


def _next_block(course, batch_size, epoch, now):
    """X, classes and shares in their batch's mean of the next block; where it ends, and if the batch does."""
    start, block = now.updates * batch_size, course.places.shape[0]
    stop = tf.minimum(start + batch_size, tf.gather(course.sizes, epoch))
    end = tf.minimum(now.samples + block, stop)
    samples = tf.slice(course.order, [epoch, now.samples], [1, block])[0]
    X, classes = (tf.gather(array, samples) for array in course.train)
    counted = tf.cast(course.places < end - now.samples, X.dtype)
    return X, classes, counted, counted / tf.cast(stop - start, X.dtype), end, end == stop


def _step(optimizer, course):
    """The optimizer's step as a function: (weights, state, gradient, rate, number) -> weights, state."""
    settings = dict(zip(NUMBERS, tf.unstack(tf.cast(course.numbers, course.rates.dtype))))

    def step(weights, state, gradient, rate, number):
        arrays = zip(weights, gradient, state)
        changes = [optimizer.rule(w, g, s, rate, settings, number) for w, g, s in arrays]
        moved = Weights(*(w + change for w, (change, _) in zip(weights, changes)))
        return moved, [new_state for _, new_state in changes]

    return step


def _train(course, counts, step, epoch, row, weights, state):
    """One epoch: the weights and state after it, its sums of losses and of right answers."""
    size, no_gradient = tf.gather(course.sizes, epoch), Weights(*map(tf.zeros_like, weights))

    def one_block(now):
        X, classes, counted, share, end, last = _next_block(course, counts.batch_size, epoch, now)
        hidden, logits = forward(now.weights, X)
        errors, loss, right = softmax(logits, classes)
        added = gradient(now.weights, X, hidden, errors, share)
        so_far = Weights(*map(tf.add, now.gradient, added))
        rate = tf.gather(tf.gather(course.rates, row), now.updates)
        number = tf.cast(epoch * counts.updates + now.updates + 1, X.dtype)
        moved = step(now.weights, now.state, so_far, rate, number)
        after, before = (*moved, no_gradient), (now.weights, now.state, so_far)
        kept = tf.nest.map_structure(lambda new, old: tf.where(last, new, old), after, before)
        sums = now.loss + counted * loss, now.right + counted * right
        return (_Epoch(end, now.updates + tf.cast(last, tf.int32), *kept, *sums),)

    none = tf.zeros_like(course.places, course.rates.dtype)
    begin = _Epoch(0, 0, weights, state, no_gradient, none, none)
    (end,) = tf.while_loop(lambda now: now.samples < size, one_block, (begin,))
    return end.weights, end.state, tf.reduce_sum(end.loss), tf.reduce_sum(end.right)


def _test(course, n, weights):
    """The sums of the losses and of the right answers over the test half, n samples."""
    X, classes = course.test

    def one_block(done, loss, right):
        block = tf.slice(X, [done, 0], [BLOCK, X.shape[1]])
        _, logits = forward(weights, block)
        _, more_loss, more_right = softmax(logits, tf.slice(classes, [done], [BLOCK]))
        counted = tf.cast(done + tf.range(BLOCK) < n, X.dtype)
        return done + BLOCK, loss + counted * more_loss, right + counted * more_right

    none = tf.zeros(BLOCK, X.dtype)
    _, loss, right = tf.while_loop(lambda done, *_: done < n, one_block, (0, none, none))
    return tf.reduce_sum(loss), tf.reduce_sum(right)


def _after_epoch(plateau, epoch, monitored, patience, min_delta):
    """ReduceLROnPlateau at the end of an epoch: adds in float64, compares in float32, as Keras does."""
    monitored = tf.cast(monitored, tf.float64)
    lower = tf.cast(monitored + min_delta, tf.float32) < tf.cast(plateau.best, tf.float32)
    improved = lower | (epoch == 0)
    wait = tf.where(improved, 0, plateau.wait + 1)
    drop = (patience > 0) & (wait >= patience)
    return _Plateau(
        plateau.drops + tf.cast(drop, tf.int32),
        tf.where(improved, monitored, plateau.best),
        tf.where(drop, 0, wait),
    )


def _program(optimizer):
    """The compiled run for one optimizer; new shapes or a new floatx compile it once more."""

    @tf.function(jit_compile=True, autograph=False)
    def program(course):
        counts, step = Counts(*tf.unstack(course.counts)), _step(optimizer, course)
        rows, dtype, start = course.rates.shape[0], course.rates.dtype, course.weights
        first = tf.cast(course.numbers[NUMBERS.index("initial_state")], dtype)
        state = [(tf.fill(w.shape, first),) * optimizer.states for w in start]

        def one_epoch(epoch, weights, state, plateau, records, path):
            row = tf.where(counts.patience > 0, plateau.drops, epoch)
            weights, state, *sums = _train(course, counts, step, epoch, row, weights, state)
            n, n_test = tf.gather(course.sizes, epoch), counts.n_test
            sums = tf.stack([*sums, *_test(course, n_test, weights)])
            curves = sums / tf.cast(tf.stack([n, n, n_test, n_test]), dtype)
            watched = tf.where(counts.watches_training > 0, curves[0], curves[2])
            plateau = _after_epoch(plateau, epoch, watched, counts.patience, course.numbers[-1])
            records = records.write(epoch, tf.concat([curves, tf.cast(row, dtype)[None]], 0))
            path = [array.write(epoch, w) for array, w in zip(path, weights)]
            return epoch + 1, weights, state, plateau, records, path

        records = tf.TensorArray(dtype, rows, element_shape=[5])
        path = [tf.TensorArray(dtype, rows, element_shape=w.shape) for w in start]
        plateau = _Plateau(0, tf.zeros((), tf.float64), 0)
        *_, records, path = tf.while_loop(
            lambda epoch, *_: epoch < counts.epochs,
            one_epoch,
            (0, start, state, plateau, records, path),
        )
        return records.stack(), *(array.stack() for array in path)

    return program


PROGRAMS = {name: _program(optimizer) for name, optimizer in OPTIMIZERS.items()}
"""Optimizer: its compiled run; nothing is compiled before its first call."""

"""The whole run as one TensorFlow program, which XLA compiles to machine code.

Two loops: epochs, and in each of them blocks of samples, with an update after a batch's last block.
Everything that a slider moves goes in as a tensor: the rates as a table, the batch size and the rule
of the plateau as numbers. Only a new optimizer, network or problem compiles anew.

The gradient of this small network is written out, and every matrix stands the way round that XLA
multiplies small ones fastest: the left one's columns meet the right one's rows, without a transposition
between. So samples stand in columns, and have one more input, 1, whose weights are the hidden biases.
"""

from functools import reduce
from typing import NamedTuple

from helpers.network import initial_weights
from helpers.optimizers import OPTIMIZERS, settings_of
from helpers.problems import Split

import numpy as np
import tensorflow as tf

BLOCK, SMALLEST = 32, 8  # samples that are computed at once, and the smallest batch size for them
SMALL_BLOCK = 8  # for smaller batches
ROWS = 256  # room for epochs; longer runs take a power of two


def run(experiment, problem, order, sizes, rates, patience=0):
    """Run the compiled program.

    order    (epochs, samples) which sample comes when; sizes (epochs,) how many of them there are
    rates    (rows, updates): a row for each epoch or, with patience, for each number of drops
    Return [loss, accuracy, val_loss, val_accuracy] and the rows of rates that were used, all (epochs,),
    and the weights after each epoch as a History has them.
    """
    (epochs, _), (_, updates), n = order.shape, rates.shape, problem.n_train
    rows = max(ROWS, 1 << (epochs - 1).bit_length())
    batch_size = min(experiment.batch_size, n)
    block, smallest = (BLOCK, SMALLEST) if batch_size >= SMALLEST else (SMALL_BLOCK, 1)
    floatx = rates.dtype.name
    optimizer = OPTIMIZERS[experiment.optimizer]
    numbers = {**settings_of(experiment), "state_start": optimizer.initial_state(experiment)}
    course = Course(
        order=_padded(order, rows, n + block),
        sizes=np.resize(sizes, rows).astype("int32"),
        rates=_padded(rates, rows, -(-n // smallest)),
        epochs=epochs,
        updates=updates,
        batch_size=batch_size,
        patience=patience,
        min_delta=tf.constant(experiment.min_delta, tf.float64),
        watches_training=experiment.monitor == "loss",
        n_test=problem.n_test,
    )
    W1, b1, W2, b2 = initial_weights(
        experiment.seed, problem.features, experiment.hidden, problem.classes, floatx
    )
    data, filled_up = problem.data, ((0, -problem.n_test % BLOCK), (0, 0))
    halves = *data[:2], *(np.pad(array, filled_up) for array in data[2:])
    recorded, path = PROGRAMS[experiment.optimizer](
        Weights(*map(tf.constant, (np.vstack([W1, b1]), W2.T, b2[:, None]))),
        Course(*map(tf.constant, course)),
        {name: tf.constant(number, floatx) for name, number in numbers.items()},
        Split(*(tf.constant(array.T, floatx) for array in halves)),
        block,
    )
    *curves, row = (array.numpy()[:epochs].copy() for array in recorded)
    W1, W2, b2 = (array.numpy()[:epochs].copy() for array in path)
    return curves, row, [W1[:, :-1], W1[:, -1], W2.swapaxes(1, 2), b2[..., 0]]


def _padded(table, rows, columns):
    return np.pad(table, ((0, rows - len(table)), (0, columns - table.shape[1])))


class Weights(NamedTuple):
    """The network's parameters, or one array of optimizer state for each of them."""

    W1: tf.Tensor  # (features + 1, hidden); the last row is b1
    W2: tf.Tensor  # (classes, hidden)
    b2: tf.Tensor  # (classes, 1)


class Course(NamedTuple):
    """What lies before a run, apart from the data; tables have a row for each epoch, and more."""

    order: tf.Tensor  # (rows, n + block) which sample comes when
    sizes: tf.Tensor  # (rows,) samples of each epoch
    rates: tf.Tensor  # (rows, updates or more), a row for each epoch or number of drops
    epochs: tf.Tensor
    updates: tf.Tensor  # of an epoch
    batch_size: tf.Tensor
    patience: tf.Tensor  # 0: no plateau rule
    min_delta: tf.Tensor  # float64
    watches_training: tf.Tensor
    n_test: tf.Tensor  # test points; their table is filled up to whole blocks


class _Learner(NamedTuple):
    """What the blocks of an epoch change."""

    weights: Weights
    state: list
    gradient: Weights  # of the batch so far
    loss: tf.Tensor  # sums over the epoch so far
    right: tf.Tensor


class _Plateau(NamedTuple):
    """What ReduceLROnPlateau remembers."""

    drops: tf.Tensor
    best: tf.Tensor
    wait: tf.Tensor


def _logits(weights, X):
    """Logits (classes, samples) of samples X (features + 1, samples)."""
    return weights.W2 @ tf.nn.relu(tf.transpose(weights.W1) @ X) + weights.b2


def _sums(logits, y, counts):
    """Sum of the cross-entropies, and number of right answers, over the samples that count."""
    shifted = logits - reduce(tf.maximum, tf.unstack(logits))
    own = tf.reduce_sum(tf.where(y > 0, shifted, tf.zeros_like(shifted)), 0)
    loss = tf.math.log(reduce(tf.add, tf.unstack(tf.exp(shifted)))) - own
    right = tf.cast(tf.argmax(logits, 0) == tf.argmax(y, 0), logits.dtype)
    return tf.reduce_sum(counts * loss), tf.reduce_sum(counts * right)


def _gradient(weights, X, y, share):
    """Backpropagation, written out: what a block adds to the gradient of the mean loss; its logits."""
    logits = _logits(weights, X)
    powers = tf.exp(logits - reduce(tf.maximum, tf.unstack(logits)))
    d_logits = powers * (share / reduce(tf.add, tf.unstack(powers))) - y * share
    hidden = tf.nn.relu(tf.transpose(X) @ weights.W1)  # computed again, the other way round
    d_hidden = tf.transpose(d_logits) @ weights.W2
    d_hidden = tf.where(hidden > 0, d_hidden, tf.zeros_like(hidden))
    b2 = tf.reduce_sum(d_logits, 1, keepdims=True)
    return Weights(X @ d_hidden, d_logits @ hidden, b2), logits


def _after_epoch(plateau, epoch, monitored, course):
    """ReduceLROnPlateau at the end of an epoch: adds in float64 and compares in float32, as Keras."""
    monitored = tf.cast(monitored, tf.float64)
    lower = tf.cast(monitored + course.min_delta, tf.float32) < tf.cast(plateau.best, tf.float32)
    improved = lower | (epoch == 0)
    wait = tf.where(improved, 0, plateau.wait + 1)
    drop = (course.patience > 0) & (wait >= course.patience)
    return _Plateau(
        plateau.drops + tf.cast(drop, tf.int32),
        tf.where(improved, monitored, plateau.best),
        tf.where(drop, 0, wait),
    )


def _program(optimizer):
    """The compiled run for one optimizer; new shapes or a new floatx compile it once more."""

    @tf.function(jit_compile=True, autograph=False)
    def program(weights, course, numbers, data, block):
        rows = course.order.shape[0]
        dtype = course.rates.dtype
        zero = tf.zeros((), dtype)
        no_gradient = Weights(*map(tf.zeros_like, weights))
        state = [(w + numbers["state_start"],) * optimizer.states for w in no_gradient]
        train_X = tf.concat([data.trainX, tf.ones_like(data.trainX[:1])], 0)
        test_X = tf.concat([data.testX, tf.ones_like(data.testX[:1])], 0)
        n_test = tf.cast(course.n_test, dtype)
        records = [tf.TensorArray(dtype, rows, element_shape=()) for _ in range(4)]
        records += [tf.TensorArray(tf.int32, rows, element_shape=())]
        path = [tf.TensorArray(dtype, rows, element_shape=w.shape) for w in weights]
        places = tf.range(block)

        def one_block(epoch, row, start, update, learner):
            weights, state, gradient, loss, right = learner
            size = course.sizes[epoch]
            batch_start = update * course.batch_size
            batch_end = tf.minimum(batch_start + course.batch_size, size)
            end = tf.minimum(start + block, batch_end)
            samples = tf.slice(course.order, [epoch, start], [1, block])[0]
            counts = tf.cast(places < end - start, dtype)
            share = counts / tf.cast(batch_end - batch_start, dtype)
            X, y = tf.gather(train_X, samples, axis=1), tf.gather(data.trainy, samples, axis=1)
            added, logits = _gradient(weights, X, y, share)
            more_loss, more_right = _sums(logits, y, counts)
            gradient = Weights(*(g + more for g, more in zip(gradient, added)))
            number = tf.cast(epoch * course.updates + update + 1, dtype)
            rate = course.rates[row, update]
            changes = [
                optimizer.rule(w, g, s, rate, numbers, number)
                for w, g, s in zip(weights, gradient, state)
            ]
            moved = Weights(*(w + change for w, (change, _) in zip(weights, changes)))
            after = moved, [new_state for _, new_state in changes], no_gradient
            last = end == batch_end
            weights, state, gradient = tf.nest.map_structure(
                lambda new, old: tf.where(last, new, old), after, (weights, state, gradient)
            )
            learner = _Learner(weights, state, gradient, loss + more_loss, right + more_right)
            return end, update + tf.cast(last, tf.int32), learner

        def one_test_block(start, weights, loss, right):
            X = tf.slice(test_X, [0, start], [test_X.shape[0], BLOCK])
            y = tf.slice(data.testy, [0, start], [data.testy.shape[0], BLOCK])
            counts = tf.cast(start + tf.range(BLOCK) < course.n_test, dtype)
            sums = _sums(_logits(weights, X), y, counts)
            return start + BLOCK, weights, loss + sums[0], right + sums[1]

        def one_epoch(epoch, weights, state, plateau, records, path):
            row = tf.where(course.patience > 0, plateau.drops, epoch)
            _, _, (weights, state, _, loss, right) = tf.while_loop(
                lambda start, *_: start < course.sizes[epoch],
                lambda start, update, learner: one_block(epoch, row, start, update, learner),
                (0, 0, _Learner(weights, state, no_gradient, zero, zero)),
            )
            _, _, val_loss, val_right = tf.while_loop(
                lambda start, *_: start < course.n_test, one_test_block, (0, weights, zero, zero)
            )
            n = tf.cast(course.sizes[epoch], dtype)
            values = (loss / n, right / n, val_loss / n_test, val_right / n_test, row)
            records = [record.write(epoch, value) for record, value in zip(records, values)]
            path = [array.write(epoch, w) for array, w in zip(path, weights)]
            monitored = tf.where(course.watches_training, values[0], values[2])
            plateau = _after_epoch(plateau, epoch, monitored, course)
            return epoch + 1, weights, state, plateau, records, path

        none = _Plateau(0, tf.zeros((), tf.float64), 0)
        *_, records, path = tf.while_loop(
            lambda epoch, *_: epoch < course.epochs,
            one_epoch,
            (0, weights, state, none, records, path),
        )
        return [record.stack() for record in records], [array.stack() for array in path]

    return program


PROGRAMS = {name: _program(optimizer) for name, optimizer in OPTIMIZERS.items()}
"""Optimizer: its compiled run; nothing is compiled before its first call."""

"""How long a run takes: plain Keras, Keras made fast, `train`, `train_many`, and a native loop."""

import time
from functools import partial
from statistics import median

from helpers import Experiment, problem, range_test, train, train_many
from helpers.keras_fit import keras_model
from helpers.network import batch_order, initial_weights
from helpers.optimizers import OPTIMIZERS
from tests.benchmarks.native import native_loop

import keras
import numpy as np
import tensorflow as tf

EXPERIMENT = Experiment()  # 200 epochs of 16 updates
DATA = problem().data
UPDATES = 16


def seconds(work) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compiled_model(**options) -> keras.Model:
    model = keras_model(EXPERIMENT, problem())
    optimizer = keras.optimizers.SGD(learning_rate=EXPERIMENT.learning_rate)
    loss = "categorical_crossentropy"
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"], **options)
    return model


def plain_fit(epochs=10):
    """Plain `fit` on arrays: a few epochs, times what is missing to 200."""
    model = compiled_model()
    fit = {"validation_data": (DATA.testX, DATA.testy), "batch_size": 32, "verbose": 0}
    model.fit(DATA.trainX, DATA.trainy, epochs=1, **fit)  # traces
    once = seconds(lambda: model.fit(DATA.trainX, DATA.trainy, epochs=epochs, **fit))
    return once * EXPERIMENT.epochs / epochs


def fast_fit():
    """Keras made fast: one endless dataset, an epoch in one execution; traced before."""
    model = compiled_model(steps_per_execution=UPDATES, jit_compile=False)
    batches = tf.data.Dataset.from_tensor_slices((DATA.trainX, DATA.trainy))
    test = tf.data.Dataset.from_tensors((DATA.testX, DATA.testy)).repeat()
    fit = {"validation_data": test, "validation_steps": 1, "shuffle": False, "verbose": 0}
    fit |= {"x": batches.shuffle(500).batch(32).repeat(), "steps_per_epoch": UPDATES}
    model.fit(epochs=1, **fit)  # traces
    return seconds(lambda: model.fit(epochs=EXPERIMENT.epochs, **fit))


def native_run(loop):
    """One run of a native loop: its curves and weights."""
    weights = initial_weights(0, 2, EXPERIMENT.hidden, 3, "float32")
    order = batch_order(0, EXPERIMENT.epochs, len(DATA.trainX))
    return loop(weights, order, 32, EXPERIMENT.learning_rate, DATA)


def check(loop):
    """The native loop is the same run, until rounding tells them apart; this compiles it."""
    history = train(EXPERIMENT)
    curves = (history.loss, history.accuracy, history.val_loss, history.val_accuracy)
    ours, natives = np.stack(curves, axis=1), native_run(loop)[0]
    np.testing.assert_allclose(natives[:2], ours[:2], rtol=1e-4)
    assert np.abs(natives[-50:].mean(axis=0) - ours[-50:].mean(axis=0)).max() < 0.05


def first_calls():
    """Seconds of the first call for each optimizer, and of calls with batch sizes not seen before."""
    firsts = [seconds(partial(train, Experiment(name, 0.001))) for name in OPTIMIZERS]
    unseen = [seconds(partial(train, Experiment(batch_size=size))) for size in (20, 64, 100, 333)]
    return max(firsts), max(unseen)


def medians(works):
    """Median of the seconds that each work returns; by turns: what disturbs one disturbs the others."""
    times = {name: [] for name in works}
    for turn in range(max(turns for _, turns in works.values())):
        for name, (work, turns) in works.items():
            if turn < turns:
                times[name].append(work())
    return {name: median(runs) for name, runs in times.items()}


def benchmark():
    """Print the times, their ratios and the targets."""
    first, unseen = first_calls()
    strict, reordered = loops = [native_loop(fastmath) for fastmath in (False, True)]
    for loop in loops:
        check(loop)
    seeds = [Experiment(seed=seed) for seed in range(30)]
    digits = Experiment(problem="digits", scaled=True)
    for other in (digits, Experiment(batch_size=1)):
        train(other)  # compiles
    times = medians(
        {  # what is timed, and how often
            "one": (partial(seconds, lambda: train(EXPERIMENT)), 21),
            "strict": (partial(seconds, lambda: native_run(strict)), 21),
            "reordered": (partial(seconds, lambda: native_run(reordered)), 21),
            "many": (partial(seconds, lambda: train_many(seeds)), 7),
            "range": (partial(seconds, lambda: range_test(EXPERIMENT)), 21),
            "digits": (partial(seconds, lambda: train(digits)), 7),
            "single": (partial(seconds, lambda: train(Experiment(batch_size=1))), 3),
            "fast fit": (fast_fit, 3),
            "plain fit": (plain_fit, 3),
        }
    )
    one = times["one"]
    print("One run of 200 epochs, 3200 updates: medians, and how they compare with `train`\n")
    for label, taken, ratio, target in [
        ("plain model.fit on arrays, 10 epochs x 20", times["plain fit"], "its time /", ">= 2000"),
        ("model.fit made fast", times["fast fit"], "its time /", ">= 100"),
        ("train", one, "", ""),
        ("native loop, one thread, IEEE sums as in XLA", times["strict"], "train /", "<= 0.4"),
        ("native loop, sums reordered (fastmath)", times["reordered"], "train /", "<= 0.5"),
        ("train_many of 30 seeds", times["many"], "its time /", "< 20"),
        ("range test of 200 updates", times["range"], "its time /", "< 1"),
        ("train, batches of 1: 100000 updates", times["single"], "its time /", "< 15"),
        ("train, digits: 64 inputs, 898 samples", times["digits"], "its time /", "< 20"),
    ]:
        quotient = one / taken if ratio == "train /" else taken / one
        told = f"{ratio:>12}{quotient:8.2f}   target {target}" if ratio else ""
        print(f"{label:46}{taken * 1000:9.1f} ms{told}")
    for label, taken, target in [
        ("first call of train, the slowest optimizer", first, 2000),
        ("a batch size not seen before", unseen, 50),
    ]:
        print(f"{label:46}{taken * 1000:9.1f} ms{'':23}target < {target} ms")


if __name__ == "__main__":
    benchmark()

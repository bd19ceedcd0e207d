"""How long a run takes: plain Keras, Keras made fast, `train`, `train_many`, and a native loop."""

import time
from functools import partial
from statistics import median

from helpers import Experiment, prepare_data, train, train_many
from helpers.keras_fit import keras_model
from helpers.network import batch_order, initial_weights
from helpers.optimizers import RULES
from tests.benchmarks.native import native_loop

import keras
import numpy as np
import tensorflow as tf

EXPERIMENT = Experiment()  # 200 epochs of 16 updates
DATA = prepare_data()
UPDATES = 16


def seconds(work) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compiled_model(**options) -> keras.Model:
    model = keras_model(EXPERIMENT, 3)
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
    weights = initial_weights(0, EXPERIMENT.hidden, 3, "float32")
    order = batch_order(0, EXPERIMENT.epochs, len(DATA.trainX))
    return loop(weights, order, 32, EXPERIMENT.learning_rate, DATA)


def check(loop):
    """The native loop is the same run, until rounding tells them apart; this compiles it."""
    history = train(EXPERIMENT)
    curves = (history.loss, history.accuracy, history.val_loss, history.val_accuracy)
    ours, natives = np.stack(curves, axis=1), native_run(loop)[0]
    np.testing.assert_allclose(natives[:2], ours[:2], rtol=1e-4)
    assert np.abs(natives[-50:].mean(axis=0) - ours[-50:].mean(axis=0)).max() < 0.05


def benchmark():
    """Print the times, their ratios and the targets."""
    starts = [Experiment(optimizer, learning_rate=0.001) for optimizer in RULES]
    first = max(seconds(partial(train, start)) for start in starts)
    strict, reordered = loops = [native_loop(fastmath) for fastmath in (False, True)]
    for loop in loops:
        check(loop)
    seeds = [Experiment(seed=seed) for seed in range(30)]
    works = {  # what is timed, and how often
        "train": (lambda: train(EXPERIMENT), 21),
        "strict": (lambda: native_run(strict), 21),
        "reordered": (lambda: native_run(reordered), 21),
        "many": (lambda: train_many(seeds), 7),
    }
    times = {name: [] for name in works}
    for turn in range(21):  # by turns: what disturbs one disturbs the others
        for name, (work, turns) in works.items():
            if turn < turns:
                times[name].append(seconds(work))
    times["fast fit"] = [fast_fit() for _ in range(3)]
    times["plain fit"] = [plain_fit() for _ in range(3)]
    times = {name: median(runs) for name, runs in times.items()}
    one = times["train"]

    print("One run of 200 epochs, 3200 updates: medians, and how they compare with `train`\n")
    for label, taken, ratio, target in [
        ("plain model.fit on arrays, 10 epochs x 20", times["plain fit"], "its time /", ">= 300"),
        ("model.fit made fast", times["fast fit"], "its time /", ">= 25"),
        ("train", one, "", ""),
        ("native loop, one thread, IEEE sums as in XLA", times["strict"], "train /", "<= 1.3"),
        ("native loop, sums reordered (fastmath)", times["reordered"], "train /", "none"),
        ("train_many of 30 seeds", times["many"], "its time /", "< 20"),
    ]:
        quotient = one / taken if ratio == "train /" else taken / one
        told = f"{ratio:>12}{quotient:7.2f}   target {target}" if ratio else ""
        print(f"{label:46}{taken * 1000:9.1f} ms{told}")
    print(
        f"first call of train, the slowest optimizer    {first * 1000:9.1f} ms   target < 2000 ms"
    )

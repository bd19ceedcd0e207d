"""What training gives back, and that a slider never waits for a compiler."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from helpers import (
    Experiment,
    fit_keras,
    predict,
    prepare_data,
    problem,
    tenths,
    train,
    train_many,
    training,
)
from helpers.compiled import PROGRAMS
from helpers.keras_fit import keras_model, keras_optimizer
from helpers.network import batch_order, initial_weights
from helpers.optimizers import OPTIMIZERS
from helpers.problems import problem_of
from helpers.training import range_test, train_grid

import keras
import numpy as np
import pytest

SHORT = {"epochs": 4}
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


@pytest.fixture
def float64():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


@pytest.mark.parametrize(
    ("optimizer", "name"), [*((optimizer, "blobs") for optimizer in OPTIMIZERS), ("sgd", "digits")]
)
def test_shapes_of_a_history(optimizer, name):
    experiment = Experiment(optimizer, problem=name, **SHORT)
    history = train(experiment)
    features, classes = problem(name).features, problem(name).classes
    shapes = [(features, 50), (50,), (50, classes), (classes,)]
    assert history.experiment is experiment
    assert history.problem.name == name
    assert {getattr(history, name).shape for name in CURVES} == {(4,)}
    assert [w.shape for w in history.weights] == shapes
    assert [w.shape for w in history.weights_by_epoch] == [(4, *shape) for shape in shapes]
    assert all(w.dtype == "float32" for w in history.weights)


def plain_run(experiment, data):
    """SGD in NumPy, batch by batch: the loss, accuracy and final weights."""
    W1, b1, W2, b2 = map(
        np.array,
        initial_weights(
            experiment.seed,
            data.trainX.shape[1],
            experiment.hidden,
            data.trainy.shape[1],
            "float64",
        ),
    )
    n, curves = len(data.trainX), []
    for order in batch_order(experiment.seed, experiment.epochs, n):
        losses, right = [], 0
        for start in range(0, n, experiment.batch_size):
            X, y = (a[order[start : start + experiment.batch_size]] for a in data[:2])
            hidden = np.maximum(X @ W1 + b1, 0)
            p = predict([W1, b1, W2, b2], X)
            losses += [*-np.log((p * y).sum(axis=1))]
            right += (p.argmax(axis=1) == y.argmax(axis=1)).sum()
            d_logits = (p - y) / len(X)
            d_hidden = (d_logits @ W2.T) * (hidden > 0)
            for w, gradient in (
                (W1, X.T @ d_hidden),
                (b1, d_hidden.sum(axis=0)),
                (W2, hidden.T @ d_logits),
                (b2, d_logits.sum(axis=0)),
            ):
                w -= experiment.learning_rate * gradient
        curves.append([np.mean(losses), right / n])
    return np.transpose(curves), [W1, b1, W2, b2]


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("hidden", [1, 31])
@pytest.mark.parametrize("batch_size", [1, 7, 8, 31, 32, 33, 64, 100, 499, 500, 501, 1000])
def test_every_batch_size_makes_its_own_updates(batch_size, hidden):
    experiment = Experiment(learning_rate=2**-9, epochs=3, batch_size=batch_size, hidden=hidden)
    (loss, accuracy), weights = plain_run(experiment, problem().data)
    history = train(experiment)
    np.testing.assert_allclose(history.loss, loss, rtol=1e-9)
    np.testing.assert_allclose(history.accuracy, accuracy, rtol=1e-12)
    for ours, expected in zip(history.weights, weights, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-10)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(("n_samples", "centers"), [(2, 2), (14, 2), (66, 7), (1796, 3)])
def test_every_number_of_samples_and_classes(n_samples, centers):
    data = prepare_data(n_samples=n_samples, centers=centers, random_state=1)
    experiment = Experiment(learning_rate=2**-9, epochs=3, batch_size=20)
    (loss, accuracy), weights = plain_run(experiment, data)
    history = train(experiment, data)
    np.testing.assert_allclose(history.loss, loss, rtol=1e-9)
    np.testing.assert_allclose(history.accuracy, accuracy, rtol=1e-12)
    probabilities = predict(weights, data.testX)
    val_loss = -np.log((probabilities * data.testy).sum(axis=1)).mean()
    np.testing.assert_allclose(history.val_loss[-1], val_loss, rtol=1e-8)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("hidden", [3, 50, 150])
def test_the_digits_with_any_width(hidden):
    experiment = Experiment(
        learning_rate=2**-9, epochs=2, hidden=hidden, problem="digits", scaled=True
    )
    (loss, accuracy), weights = plain_run(experiment, problem("digits", True).data)
    history = train(experiment)
    np.testing.assert_allclose(history.loss, loss, rtol=1e-9)
    np.testing.assert_allclose(history.accuracy, accuracy, rtol=1e-12)
    np.testing.assert_allclose(history.weights[0], weights[0], rtol=1e-7, atol=1e-9)


def test_the_final_weights_predict_the_final_accuracy():
    history, data = train(Experiment(epochs=20, momentum=0.9)), prepare_data()
    probabilities = predict(history.weights, data.testX)
    right = probabilities.argmax(axis=1) == data.testy.argmax(axis=1)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert right.mean() == pytest.approx(history.val_accuracy[-1])
    assert right.mean() > 0.75


def test_other_data_than_the_lesson_s():
    data = prepare_data(n_samples=80, centers=4, random_state=1)
    history = train(Experiment(**SHORT), data)
    assert history.weights[-1].shape == (4,)
    assert (history.val_accuracy * 40 % 1 < 1e-4).all()


def test_a_run_that_diverges_is_no_error():
    history = train(Experiment(learning_rate=100, momentum=0.99, epochs=10))
    assert history.loss.shape == (10,)
    assert not (history.loss < 100).all()


def test_the_same_experiment_gives_the_same_run_and_another_seed_another():
    first, again, other = (train(Experiment(seed=seed, **SHORT)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.loss, again.loss)
    assert (first.loss != other.loss).all()


def test_every_epoch_sees_every_sample_once_in_an_order_of_its_own():
    order = batch_order(seed=1, epochs=20, n=50)
    np.testing.assert_array_equal(np.sort(order, axis=1), [range(50)] * 20)
    assert len(np.unique(order, axis=0)) == 20
    assert (order != batch_order(seed=2, epochs=20, n=50)).any()


MOVES = [
    {"learning_rate": 0.5},
    {"momentum": 0.3, "nesterov": True},
    {"decay": 0.02},
    {"schedule": ((1, 0.1),)},
    {"schedule": "cosine"},
    {"schedule": "one-cycle", "warmup": 2},
    {"patience": 1},
    {"patience": 3, "monitor": "loss", "factor": 0.3, "min_delta": 0.1, "min_lr": 0.001},
    {"seed": 8},
    {"epochs": 7},
    {"epochs": 250},
    *({"batch_size": size} for size in (8, 9, 31, 33, 77, 499, 500, 501)),
]
"""What compiles nothing anew. The batch sizes below 8 share one more program."""

COUNTED = """
import sys
from pathlib import Path
from helpers import Experiment, range_test, train, train_grid
from tests.test_training import MOVES, SHORT

compiled = lambda: len(list(Path(sys.argv[1]).glob("*before_optimizations.txt")))
train(Experiment(**SHORT))
print(first := compiled())
train_grid([SHORT | move for move in MOVES], 1)
print(compiled() - first)
range_test(Experiment(**SHORT))
range_test(Experiment(batch_size=100, momentum=0.9, **SHORT), 1e-3, 2.0, 99)
print(compiled() - first)
train(Experiment(batch_size=1, **SHORT))
small = compiled()
print(small - first)
train_grid([SHORT | {"batch_size": size} for size in range(2, 8)], 1)
print(compiled() - small)
"""


def test_no_move_of_a_slider_compiles(tmp_path):
    """XLA writes down what it compiles; `tf.function` would not count what XLA compiles for a value."""
    flags = f"--xla_dump_to={tmp_path} --xla_dump_hlo_as_text"
    command = [sys.executable, "-c", COUNTED, str(tmp_path)]
    environment = {**os.environ, "XLA_FLAGS": flags}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    first, *more = map(int, run.stdout.split())
    assert first > 0
    assert more == [0, 0, 1, 0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_optimizer_is_traced_once(optimizer):
    train(Experiment(optimizer, **SHORT))
    program = PROGRAMS[optimizer]
    before = program.experimental_get_tracing_count()
    settings = {name: 0.5 for name in OPTIMIZERS[optimizer].settings if name != "nesterov"}
    train(Experiment(optimizer, 0.1, decay=0.1, seed=3, **settings, **SHORT))
    assert program.experimental_get_tracing_count() == before


@pytest.mark.parametrize("min_lr", [1e-5, 0.003, 0.01, 0.5])
def test_the_plateau_rule_stops_at_the_lowest_rate_as_keras_does(min_lr):
    experiment = Experiment(patience=1, min_delta=100, min_lr=min_lr, epochs=7, batch_size=500)
    ours, keras_own = train(experiment), fit_keras(experiment)
    np.testing.assert_array_equal(ours.learning_rate, keras_own.learning_rate)


def keras_losses(experiment, rates):
    """Losses of plain Keras over the same batches, each before its step at its own rate."""
    own = problem_of(experiment)
    model = keras_model(experiment, own)
    model.compile(keras_optimizer(experiment, 0.5), "categorical_crossentropy")
    order, size = batch_order(experiment.seed, len(rates), own.n_train), experiment.batch_size
    batches = [row[i : i + size] for row in order for i in range(0, own.n_train, size)]
    losses = []
    for rate, samples in zip(rates, batches):
        model.optimizer.learning_rate = rate
        model.reset_metrics()
        losses.append(model.train_on_batch(own.data.trainX[samples], own.data.trainy[samples]))
    return losses


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"momentum": 0.875, "batch_size": 200},
        {"optimizer": "adam", "batch_size": 7, "seed": 3},
        {"optimizer": "adagrad", "batch_size": 500},
        {"problem": "digits", "hidden": 9, "batch_size": 450},
    ],
    ids=str,
)
def test_a_range_test_is_keras_batch_by_batch(fields):
    experiment = Experiment(patience=2, **fields)  # whose plateau rule is left aside
    test = range_test(experiment, 2**-14, 2**-4, 20)
    np.testing.assert_allclose(test.learning_rate, 2.0 ** np.linspace(-14, -4, 20))
    assert (test.experiment, test.loss.shape) == (experiment, (20,))
    np.testing.assert_allclose(test.loss, keras_losses(experiment, test.learning_rate), 1e-9)


def test_a_range_test_rises_until_it_diverges():
    test = range_test(Experiment())
    assert test.learning_rate.shape == test.loss.shape == (200,)
    assert test.learning_rate[[0, -1]] == pytest.approx([1e-5, 10])
    assert test.problem.name == "blobs"
    assert test.loss[80:100].mean() < test.loss[:20].mean() / 3
    assert test.loss[130:140].mean() > 3 * test.loss[90:100].mean()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lowest": 0},
        {"lowest": 1, "highest": 1},
        {"highest": float("inf")},
        {"lowest": float("nan")},
        {"updates": 1},
        {"updates": 2.5},
        {"highest": "1"},
    ],
    ids=str,
)
def test_a_range_test_without_a_range(wrong):
    with pytest.raises(ValueError, match=r"(lowest|highest|updates) is .*, but must be .*\.$"):
        range_test(Experiment(), **wrong)


def experiments():
    return [Experiment(seed=seed, **SHORT) for seed in (3, 1, 2, 0)]


def test_train_many_keeps_the_order():
    alone = [train(experiment) for experiment in experiments()]
    with ThreadPoolExecutor(1) as executor:
        given = train_many(experiments(), executor=executor)
        assert executor.submit(int).result() == 0, "it is the caller's, and still open"
    for together in (given, train_many(iter(experiments()))):
        assert [history.experiment for history in together] == experiments()
        for ours, expected in zip(together, alone, strict=True):
            np.testing.assert_array_equal(ours.loss, expected.loss)
            np.testing.assert_array_equal(ours.weights[0], expected.weights[0])


def test_many_runs_keep_their_final_weights_alone():
    (lean,), (whole,) = (
        train_many([Experiment(**SHORT)], every_epoch=all_) for all_ in (False, True)
    )
    for final, by_epoch in zip(lean.weights, whole.weights_by_epoch, strict=True):
        np.testing.assert_array_equal(final, by_epoch[-1])
    assert all(array.base is None and len(array) == 1 for array in lean.kept_weights)
    with pytest.raises(ValueError, match=r"^This run kept its final weights alone: train it with"):
        _ = lean.weights_by_epoch
    (row,) = train_grid([SHORT], 2, every_epoch=True)
    assert all(len(run.weights_by_epoch[0]) == run.experiment.epochs for run in row)


def test_what_is_no_executor_is_refused():
    with pytest.raises(
        ValueError, match=r"^executor is 4, but must be a concurrent\.futures\.Executor\.$"
    ):
        train_many([Experiment(**SHORT)], executor=4)


def test_an_executor_is_asked_for_no_more_where_a_run_fails(monkeypatch):
    started, ended = [], Event()

    def failing(experiment, **_):
        started.append(experiment)
        if len(started) == 1:
            raise OSError("no room")
        ended.wait(60)

    monkeypatch.setattr(training, "_recorded", failing)
    many = [Experiment(seed=seed) for seed in range(50)]
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(OSError, match="no room"):
            train_many(many, executor=executor)
        ended.set()
    assert len(started) <= 2


def test_train_many_trains_on_the_data_that_it_is_given():
    data = prepare_data(n_samples=80, random_state=1)
    (together,) = train_many([Experiment(**SHORT)], data)
    np.testing.assert_array_equal(together.loss, train(Experiment(**SHORT), data).loss)


def test_a_grid_has_a_row_for_each_setting_and_a_column_for_each_seed(capsys):
    settings = [{"momentum": 0.5, **SHORT}, Experiment("adam", seed=9, **SHORT)]
    grid = train_grid(settings, 3, progress=True)
    assert capsys.readouterr().out.endswith("100 %\n")
    assert grid.shape == (2, 3)
    expected = [
        [Experiment(momentum=0.5, seed=seed, **SHORT) for seed in range(3)],
        [Experiment("adam", seed=seed, **SHORT) for seed in range(3)],
    ]
    assert [[history.experiment for history in row] for row in grid] == expected
    np.testing.assert_array_equal(grid[1, 2].loss, train(expected[1][2]).loss)
    assert train_grid([], 3).shape == (0, 3)
    assert train_grid([SHORT], 1, prepare_data(80, 4))[0, 0].weights[-1].shape == (4,)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no core can be taken away here")
def test_threads_are_as_many_as_the_cores_that_may_be_used(monkeypatch):
    started = []

    class Counted(ThreadPoolExecutor):
        def __init__(self, workers):
            started.append(workers)
            super().__init__(workers)

    monkeypatch.setattr(training, "ThreadPoolExecutor", Counted)
    cores = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(cores)})
        train_many(experiments())
    finally:
        os.sched_setaffinity(0, cores)
    assert started == [1]


def test_train_many_of_nothing():
    assert train_many([], progress=True) == []


@pytest.mark.parametrize("total", [3, 10, 25])
def test_progress_is_the_same_text_for_every_number_of_runs(total, capsys):
    assert list(tenths(range(total), total)) == list(range(total))
    text = "10 % … 20 % … 30 % … 40 % … 50 % … 60 % … 70 % … 80 % … 90 % … 100 %\n"
    assert capsys.readouterr().out == text


def test_progress_of_train_many(capsys):
    train_many(experiments())
    assert capsys.readouterr().out == ""
    train_many(experiments(), progress=True)
    assert capsys.readouterr().out.endswith("90 % … 100 %\n")


def test_without_the_compiler_s_options_it_is_only_slower():
    """XLA reads its flags at the first compilation: here after helpers set them."""
    program = (
        "import os; from helpers import Experiment, train; os.environ['XLA_FLAGS'] = ''\n"
        "print(*train(Experiment(epochs=2, batch_size=40)).loss)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    expected = train(Experiment(epochs=2, batch_size=40)).loss
    np.testing.assert_allclose([*map(float, run.stdout.split())], expected, rtol=1e-5)

"""What `train` and `train_many` give back, and that a slider never waits for a compiler."""

import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from helpers import Experiment, predict, prepare_data, tenths, train, train_many
from helpers.network import batch_order
from helpers.optimizers import RULES
from helpers.training import PROGRAMS

import numpy as np
import pytest

SHORT = {"epochs": 4, "hidden": 6}
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


@pytest.mark.parametrize("optimizer", RULES)
def test_shapes_of_a_history(optimizer):
    experiment = Experiment(optimizer, **SHORT)
    history = train(experiment)
    assert history.experiment is experiment
    assert {getattr(history, name).shape for name in CURVES} == {(4,)}
    assert [w.shape for w in history.weights] == [(2, 6), (6,), (6, 3), (3,)]
    assert [w.shape for w in history.weights_by_epoch] == [(4, 2, 6), (4, 6), (4, 6, 3), (4, 3)]
    assert all(w.dtype == "float32" for w in history.weights)


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


def test_no_hyperparameter_compiles_anew():
    for optimizer in RULES:
        train(Experiment(optimizer, **SHORT))
    traces = {name: PROGRAMS[name].experimental_get_tracing_count() for name in RULES}
    moves = [{"learning_rate": 0.5}, {"learning_rate": 3}, {"momentum": 0.3}, {"decay": 0.02}]
    moves += [{"schedule": ((1, 0.1),)}, {"patience": 1}, {"patience": 3}, {"seed": 8}]
    moves += [{"patience": 1, "monitor": "loss", "factor": 0.3, "min_delta": 0.1}]
    moves += [{"optimizer": name, "learning_rate": 0.1, "decay": 0.1} for name in RULES]
    moves += [{"optimizer": "adagrad", "initial_accumulator": 0}]
    train_many(Experiment(**move, **SHORT) for move in moves)
    assert traces == {name: PROGRAMS[name].experimental_get_tracing_count() for name in RULES}


def experiments():
    return [Experiment(seed=seed, **SHORT) for seed in (3, 1, 2, 0)]


@pytest.mark.parametrize("kind", ["own threads", "given threads", "given processes"])
def test_train_many_keeps_the_order(kind):
    alone = [train(experiment) for experiment in experiments()]
    if kind == "own threads":
        together = train_many(iter(experiments()))
    elif kind == "given threads":
        with ThreadPoolExecutor(1) as executor:
            together = train_many(experiments(), executor=executor)
            assert executor.submit(int).result() == 0, "it is the caller's, and still open"
    else:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as executor:
            together = train_many(experiments(), executor=executor)
    assert [history.experiment for history in together] == experiments()
    for ours, expected in zip(together, alone, strict=True):
        np.testing.assert_array_equal(ours.loss, expected.loss)
        np.testing.assert_array_equal(ours.weights[0], expected.weights[0])


def test_train_many_trains_on_the_data_that_it_is_given():
    data = prepare_data(n_samples=80, random_state=1)
    (together,) = train_many([Experiment(**SHORT)], data)
    np.testing.assert_array_equal(together.loss, train(Experiment(**SHORT), data).loss)


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


def test_importing_and_training_write_nothing():
    program = "from helpers import Experiment, train; train(Experiment(epochs=2))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (run.stdout, run.stderr) == (b"", b"")

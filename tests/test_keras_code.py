"""The programs of `keras_code`, run for a few epochs: they do what the experiment says."""

from helpers import Experiment, keras_code, train

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

KINDS = {
    "sgd": Experiment(learning_rate=0.1, epochs=5, seed=3),
    "momentum": Experiment(momentum=0.9, epochs=5, batch_size=50, hidden=20),
    "rmsprop": Experiment("rmsprop", learning_rate=0.01, epochs=5),
    "adagrad": Experiment("adagrad", learning_rate=0.1, epochs=5),
    "adagrad of 2019": Experiment("adagrad", learning_rate=0.05, initial_accumulator=0, epochs=5),
    "adam": Experiment("adam", learning_rate=0.01, epochs=5),
    "decay": Experiment(momentum=0.9, decay=0.001, epochs=5),
    "schedule": Experiment(momentum=0.9, schedule=((1, 0.0125), (3, 0.005)), epochs=5),
    # No epoch improves by 50: the rate drops in every second epoch, whatever the numbers are.
    "plateau": Experiment(momentum=0.9, patience=2, factor=0.5, min_delta=50, epochs=7),
    "plateau, loss": Experiment(
        "adam", learning_rate=0.01, patience=1, monitor="loss", min_delta=50, epochs=5
    ),
}


@pytest.fixture
def run(monkeypatch):
    def run_program(experiment):
        names = {}
        exec(compile(keras_code(experiment), "program", "exec"), names)
        return names

    monkeypatch.setattr(plt, "show", lambda: None)
    yield run_program
    plt.close("all")


@pytest.mark.parametrize("kind", KINDS)
def test_the_program_is_the_experiment(kind, run):
    experiment = KINDS[kind]
    program = run(experiment)
    optimizer, history = program["optimizer"], program["history"].history
    updates = -(-500 // experiment.batch_size)

    assert type(optimizer).__name__.lower() == experiment.optimizer
    assert getattr(optimizer, "momentum", 0) == experiment.momentum
    if experiment.optimizer == "adagrad":
        start = optimizer.initial_accumulator_value
        assert start == experiment.initial_accumulator
    assert program["model"].layers[0].units == experiment.hidden
    assert int(optimizer.iterations) == experiment.epochs * updates
    assert len(history["loss"]) == experiment.epochs
    assert (
        max(history["val_accuracy"]) > 0.6
    )  # Keras's own threads make each run a little different

    if experiment.patience:
        rates = history["learning_rate"]
        assert program["plateau"].monitor == experiment.monitor
    elif "rate" in program:
        last_updates = np.arange(1, experiment.epochs + 1) * updates - 1
        rates = [float(program["rate"](update)) for update in last_updates]
    else:
        rates = [float(optimizer.learning_rate)] * experiment.epochs
    if experiment.schedule:
        first_updates = np.arange(experiment.epochs) * updates
        assert rates == [float(program["rate"](update)) for update in first_updates]
    np.testing.assert_allclose(rates, train(experiment).learning_rate, rtol=1e-6)


def test_the_program_draws_both_accuracies(run):
    history = run(KINDS["sgd"])["history"].history
    lines = {line.get_label(): line.get_ydata() for line in plt.gca().get_lines()}
    assert list(lines["train"]) == history["accuracy"]
    assert list(lines["test"]) == history["val_accuracy"]


def test_the_program_starts_alike_every_time(run):
    weights = []
    for _ in range(2):
        names = run(Experiment(epochs=1, learning_rate=1e-12, seed=9))
        weights.append(keras.ops.convert_to_numpy(names["model"].layers[0].kernel))
    np.testing.assert_array_equal(*weights)

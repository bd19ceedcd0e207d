"""The programs of `keras_code`, run for a few epochs: they do what the experiment says."""

from helpers import Experiment, keras_code, train
from helpers.optimizers import OPTIMIZERS
from helpers.problems import problem_of

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
    "adamw": Experiment("adamw", learning_rate=0.01, epochs=5, weight_decay=0.02),
    "nesterov": Experiment(momentum=0.9, nesterov=True, epochs=5),
    "exponential": Experiment(momentum=0.9, schedule="exponential", epochs=5),
    "cosine": Experiment(momentum=0.9, schedule="cosine", warmup=1, epochs=5),
    "one-cycle": Experiment(momentum=0.9, schedule="one-cycle", warmup=1, epochs=5),
    "warm-up": Experiment(momentum=0.9, warmup=2, epochs=5),
    "steps after a warm-up": Experiment(momentum=0.9, warmup=1, schedule=((2, 0.02),), epochs=5),
    "moons": Experiment("adam", learning_rate=0.01, problem="moons", epochs=5),
    "circles": Experiment("adam", learning_rate=0.05, problem="circles", scaled=True, epochs=5),
    "spiral": Experiment("adam", learning_rate=0.1, problem="spiral", epochs=20),
    "digits": Experiment("adam", learning_rate=0.01, problem="digits", scaled=True, epochs=5),
    "decay": Experiment(momentum=0.9, decay=0.001, epochs=5),
    "schedule": Experiment(momentum=0.9, schedule=((1, 0.0125), (3, 0.005)), epochs=5),
    # No epoch improves by 50: the rate drops in every second epoch, whatever the numbers are.
    "plateau": Experiment(momentum=0.9, patience=2, factor=0.5, min_delta=50, epochs=7),
    "plateau, loss": Experiment(
        "adam", learning_rate=0.01, patience=1, monitor="loss", min_delta=50, epochs=5
    ),
    "plateau, lowest rate": Experiment(
        momentum=0.9, patience=1, min_delta=50, min_lr=3e-4, epochs=7
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


def assert_same_points(program, problem):
    for name, array in zip(problem.data._fields, problem.data, strict=True):
        assert program[name].dtype == ("float32" if name.endswith("X") else program[name].dtype)
        np.testing.assert_array_equal(program[name], array, err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_program_is_the_experiment(kind, run):
    experiment = KINDS[kind]
    program = run(experiment)
    optimizer, history = program["optimizer"], program["history"].history
    problem = problem_of(experiment)
    updates = problem.updates_per_epoch(experiment.batch_size)

    assert type(optimizer).__name__.lower() == experiment.optimizer
    for field, argument in OPTIMIZERS[experiment.optimizer].settings.items():
        assert getattr(optimizer, argument) == getattr(experiment, field)
    assert_same_points(program, problem)
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
    if isinstance(experiment.schedule, tuple) and experiment.schedule and not experiment.warmup:
        first_updates = np.arange(experiment.epochs) * updates
        assert rates == [float(program["rate"](update)) for update in first_updates]
    np.testing.assert_allclose(rates, train(experiment).learning_rate, rtol=1e-6)


def test_the_program_draws_both_accuracies(run):
    history = run(KINDS["sgd"])["history"].history
    lines = {line.get_label(): line.get_ydata() for line in plt.gca().get_lines()}
    assert list(lines["train"]) == history["accuracy"]
    assert list(lines["test"]) == history["val_accuracy"]


@pytest.mark.parametrize("problem", ["blobs", "digits"])
def test_the_program_starts_with_the_weights_of_the_experiment(run, problem):
    experiment = Experiment(epochs=1, learning_rate=1e-12, seed=9, hidden=7, problem=problem)
    start = train(experiment).weights
    for own, ours in zip(run(experiment)["model"].get_weights(), start, strict=True):
        assert own.shape == ours.shape
        np.testing.assert_allclose(own, ours, rtol=0, atol=1e-8)


def test_the_program_shuffles_alike_every_time_and_differently_for_another_seed(run):
    losses = [
        run(Experiment(epochs=1, seed=seed))["history"].history["loss"][0] for seed in (9, 9, 8)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert losses[0] != pytest.approx(losses[2], rel=1e-4)
    assert "set_random_seed(8)" in keras_code(Experiment(seed=8)), "not by its weights alone"


def test_the_program_says_how_many_updates_an_epoch_has():
    assert "# cosine; an epoch has 16 updates" in keras_code(Experiment(schedule="cosine"))

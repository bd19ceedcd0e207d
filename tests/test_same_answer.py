"""The same Experiment gives bitwise the same History: in every process, thread and order."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from helpers import Experiment, prepare_data, train, train_many
from tests.benchmarks.sweep import EXECUTORS

import keras
import pytest

KINDS = {
    "chaotic": Experiment(learning_rate=1.0, epochs=50),
    "momentum": Experiment(momentum=0.9, epochs=50, batch_size=64),
    "plateau": Experiment(patience=2, epochs=50),
    "decay": Experiment(decay=0.01, epochs=50),
    "schedule": Experiment(schedule=((5, 0.1), (9, 0.001)), epochs=50),
    "rmsprop": Experiment("rmsprop", 0.001, epochs=50),
    "adagrad": Experiment("adagrad", 0.1, epochs=50),
    "adamw": Experiment("adamw", 0.01, epochs=50, weight_decay=0.1),
    "nesterov": Experiment(momentum=0.5, nesterov=True, epochs=50, batch_size=100),
    "one-cycle": Experiment(schedule="one-cycle", warmup=3, epochs=50, hidden=130),
    "single samples": Experiment(batch_size=1, epochs=3),
    "digits": Experiment(problem="digits", scaled=True, epochs=5),
    "adam": Experiment("adam", 0.1, epochs=50, seed=2**32 - 1),
}


def fingerprint(history) -> str:
    """A hash of every bit of a run."""
    curves = (history.loss, history.accuracy, history.val_loss, history.val_accuracy)
    arrays = (*curves, history.learning_rate, *history.weights_by_epoch)
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


@pytest.fixture(scope="module")
def expected():
    return {kind: fingerprint(train(experiment)) for kind, experiment in KINDS.items()}


def test_all_kinds_differ(expected):
    assert len(set(expected.values())) == len(KINDS)


def test_in_another_process_which_writes_nothing_else(expected):
    program = (
        "from tests.test_same_answer import KINDS, fingerprint\n"
        "from helpers import train\n"
        "for experiment in reversed(KINDS.values()): print(fingerprint(train(experiment)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == list(reversed(expected.values()))
    assert not run.stderr


@pytest.mark.parametrize("threads", [1, 4])
def test_in_threads(expected, threads):
    with ThreadPoolExecutor(threads) as executor:
        runs = executor.map(train, [*KINDS.values()] * 3)
        assert [fingerprint(run) for run in runs] == [*expected.values()] * 3


@pytest.mark.parametrize("threads", [None, 1, 4])
def test_in_train_many(expected, threads):
    executor = ThreadPoolExecutor(threads) if threads else None
    runs = train_many(KINDS.values(), executor=executor, every_epoch=True)
    assert [fingerprint(run) for run in runs] == list(expected.values())


@pytest.mark.parametrize("name", [name for name in EXECUTORS if name != "threads"])
def test_in_other_processes(expected, name):
    kinds = [kind for kind, e in KINDS.items() if e.optimizer == "sgd" and e.epochs == 50][:5]
    short, data = Experiment(epochs=2), prepare_data(80)
    with EXECUTORS[name]() as executor:
        runs = train_many([KINDS[kind] for kind in kinds], executor=executor, every_epoch=True)
        assert [fingerprint(run) for run in runs] == [expected[kind] for kind in kinds]
        assert [run.experiment for run in runs] == [KINDS[kind] for kind in kinds]
        keras.config.set_floatx("float64")
        try:
            (there,), here = train_many([short], data, executor=executor), train(short, data)
        finally:
            keras.config.set_floatx("float32")
    assert there.loss.dtype == "float64"
    assert there.loss.tolist() == here.loss.tolist()
    assert [w.tolist() for w in there.weights] == [w.tolist() for w in here.weights]


def test_after_a_thousand_other_runs(expected):
    others = [
        Experiment(learning_rate=10.0 ** -(seed % 5), momentum=seed % 10 / 10, seed=seed, epochs=5)
        for seed in range(1000)
    ]
    assert len(train_many(others)) == 1000
    assert {kind: fingerprint(train(experiment)) for kind, experiment in KINDS.items()} == expected

"""A sweep of many runs by each kind of executor: the map of rate and momentum at 100 seeds.

python -m tests.benchmarks.sweep [SEEDS]    100 settings with each of so many seeds, 100 as a rule
"""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext

from helpers import Experiment, level, train_grid

import joblib
import numpy as np
from joblib.externals.loky import get_reusable_executor

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
MOMENTA = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
SETTINGS = [Experiment(learning_rate=r, momentum=m) for m in MOMENTA for r in RATES]
CORES = joblib.cpu_count()


def processes():
    """Processes that are started afresh: TensorFlow does not survive a fork."""
    return ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def dask():
    """A cluster of Dask on this machine; `Client("address:8786")` is one of many machines."""
    from distributed import Client, LocalCluster

    own = {
        "n_workers": CORES,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "silence_logs": 50,
    }
    with LocalCluster(**own) as cluster, Client(cluster) as client:
        yield client.get_executor()


EXECUTORS = {
    "threads": nullcontext,
    "processes": processes,
    "loky": lambda: get_reusable_executor(CORES),
    "dask": dask,
}
"""Name: what makes the executor, and ends it."""


def benchmark(seeds: int = 100):
    """Print what each executor takes to start and to train, and the map that all of them give."""
    maps = {}
    print(f"{len(SETTINGS)} settings, {seeds} seeds each, on {CORES} cores\n")
    for name, made in EXECUTORS.items():
        start = time.perf_counter()
        with made() as executor:
            train_grid(SETTINGS[:CORES], 2, executor=executor)  # imports and compiles
            begun = time.perf_counter()
            runs = train_grid(SETTINGS, seeds, executor=executor)
            taken = time.perf_counter() - begun
        print(
            f"{name:12}{begun - start:7.1f} s to begin {taken:8.1f} s to train "
            f"{1000 * taken / runs.size:7.2f} ms a run",
            flush=True,
        )
        maps[name] = np.median(np.vectorize(level, otypes=[float])(runs), axis=1)
    assert all((other == maps["threads"]).all() for other in maps.values())
    print(f"\nMedian accuracy at the end in per cent; rates {RATES[0]:g} to {RATES[-1]:g}")
    for momentum, row in zip(MOMENTA, maps["threads"].reshape(len(MOMENTA), -1), strict=True):
        print(f"momentum {momentum:<6}", *(f"{value:4.0f}" for value in row))


if __name__ == "__main__":
    benchmark(*map(int, sys.argv[1:]))

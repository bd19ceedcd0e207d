"""Runs, grids of runs and range tests: each run is one call of the compiled program."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from helpers.compiled import batches_of, run
from helpers.experiment import KINDS, Experiment, History
from helpers.fields import Number
from helpers.kept import give_back, kept
from helpers.network import batch_order
from helpers.problems import Problem, Split, problem_of
from helpers.schedules import plateau_rates, scheduled_rates

import joblib
import keras
import numpy as np

UPDATES = Number(2, 5_000, "a whole number from 2 to 5000", whole=True)


def train(
    experiment: Experiment, data: Split | None = None, *, every_epoch: bool = True
) -> History:
    """Train the network as `fit_keras` does, from the same weights, on the same batches.

    Computes in `keras.config.floatx()`. A run that diverges is no error: its arrays hold what
    happened, infinities and NaN included. every_epoch: keep the weights after every epoch, not only
    the final ones.
    """
    problem, floatx = problem_of(experiment, data), keras.config.floatx()
    return History(experiment, *_recorded(experiment, problem, floatx, every_epoch), problem)


def _recorded(experiment, problem, floatx, every_epoch):
    """The curves and weights of a History; without a problem, on the experiment's own."""
    problem = problem or problem_of(experiment)
    updates = problem.updates_per_epoch(experiment.batch_size)
    if experiment.patience:
        rates = np.tile(plateau_rates(experiment, floatx)[:, None], updates)
    else:
        rates = scheduled_rates(experiment, updates, floatx)
    epochs, patience = experiment.epochs, experiment.patience or 0
    batches = _batches(experiment.seed, epochs, problem.n_train)
    (*curves, row), weights = run(experiment, problem, batches, rates, epochs, patience)
    if not every_epoch:
        weights = [array[-1:].copy() for array in weights]
    return *curves, rates[row.astype(int), -1], weights


@kept(mebibytes=20)
def _batches(seed, epochs, n):
    return batches_of(batch_order(seed, epochs, n), n, n)


class RangeTest(NamedTuple):
    """What a range test recorded: arrays (updates,), each batch's loss before the step at that rate."""

    experiment: Experiment
    learning_rate: np.ndarray
    loss: np.ndarray
    problem: Problem


def range_test(
    experiment: Experiment,
    lowest: float = 1e-5,
    highest: float = 10.0,
    updates: int = 200,
    data: Split | None = None,
) -> RangeTest:
    """Train while the rate rises by the same factor at every update (Smith, 2015).

    The weights, batches and optimizer are those of the experiment; its own rate and what changes it
    are left aside.
    """
    lowest, highest = (
        KINDS["learning_rate"].check(name, rate)
        for name, rate in (("lowest", lowest), ("highest", highest))
    )
    updates = UPDATES.check("updates", updates)
    if lowest >= highest:
        raise ValueError(f"lowest is {lowest}, but must be below highest, which is {highest}.")
    problem, floatx = problem_of(experiment, data), keras.config.floatx()
    rates = np.geomspace(lowest, highest, updates, dtype=floatx)
    batches = problem.updates_per_epoch(experiment.batch_size)
    size, n = min(experiment.batch_size, problem.n_train), problem.n_train
    order = batch_order(experiment.seed, -(-updates // batches), n)
    order = np.pad(order, ((0, 0), (0, batches * size - n))).reshape(-1, size)[:updates]
    sizes = np.minimum(size, n - np.arange(updates) % batches * size)
    tables = batches_of(order, sizes, n)
    (loss, *_), _ = run(experiment, problem, tables, rates[:, None], updates)
    return RangeTest(experiment, rates, loss, problem)


def train_many(
    experiments: Iterable[Experiment],
    data: Split | None = None,
    *,
    executor: Executor | None = None,
    every_epoch: bool = False,
    progress: bool = False,
) -> list[History]:
    """Train all experiments, one History for each, in their order.

    executor: any `concurrent.futures.Executor`; None takes threads, one for each core that this
    process may use. A pool of processes has to start them with "spawn": TensorFlow does not survive
    a fork. What computes elsewhere needs the same `helpers`.
    every_epoch: keep the weights after every epoch, a quarter of a megabyte a run, not only the last.
    progress: print how far it is, in tenths.
    """
    if executor is not None and not hasattr(executor, "submit"):
        raise ValueError(f"executor is {executor!r}, but must be a concurrent.futures.Executor.")
    experiments = list(experiments)
    problem = None if data is None else problem_of(None, data)
    own_threads = ThreadPoolExecutor(joblib.cpu_count()) if executor is None else None
    told = {"problem": problem, "floatx": keras.config.floatx(), "every_epoch": every_epoch}
    work = partial(_recorded, **told)  # other processes have not heard of a set_floatx here
    runs = []
    try:
        runs.extend((executor or own_threads).submit(work, e) for e in experiments)
        recorded = (run.result() for run in runs)
        recorded = list(tenths(recorded, len(runs)) if progress else recorded)
    finally:
        for run in runs:
            run.cancel()
        if own_threads:
            own_threads.shutdown()
            give_back()
    return [History(e, *arrays, problem) for e, arrays in zip(experiments, recorded, strict=True)]


def train_grid(
    settings: Iterable[Experiment | Mapping],
    seeds: int = 30,
    data: Split | None = None,
    *,
    executor: Executor | None = None,
    every_epoch: bool = False,
    progress: bool = False,
) -> np.ndarray:
    """Train each setting with seeds 0, 1, 2, …: Histories, an object array (settings, seeds).

    settings: experiments, whose own seed is left aside, or fields of Experiment; all else as in
    `train_many`.
    """
    settings = [vars(s) if isinstance(s, Experiment) else s for s in settings]
    experiments = [Experiment(**{**s, "seed": seed}) for s in settings for seed in range(seeds)]
    grid = np.empty(len(experiments), object)
    given = {"executor": executor, "every_epoch": every_epoch, "progress": progress}
    grid[:] = train_many(experiments, data, **given)
    return grid.reshape(len(settings), seeds)


def tenths(steps: Iterable, total: int) -> Iterable:
    """Pass the steps on, printing each tenth of the way that is done: text that never varies."""
    for done, step in enumerate(steps, start=1):
        for tenth in range((done - 1) * 10 // total + 1, done * 10 // total + 1):
            print(f"{tenth * 10} %", end="\n" if tenth == 10 else " … ", flush=True)
        yield step

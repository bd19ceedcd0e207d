"""A run in numbers, one function for each: the numbers that sentences, claims and goals speak of."""

from helpers.experiment import History
from helpers.problems import Problem

import numpy as np

WINDOW = 50  # the last epochs, over which a run is judged
REACHED = 0.8  # the test accuracy whose first epoch is told
SMOOTHING = 15  # neighbours in the mean of a range test
RULES = ("steepest fall", "a tenth of the lowest")
"""How a rate is read off a range test."""


def volatile_above(problem: Problem) -> float:
    """The swing, in points, of an unchanging network on as many new test points every epoch.

    2.3 points on the blobs.
    """
    return float(100 * np.sqrt(2) * problem.standard_error)


def learned_above(problem: Problem) -> float:
    """The test accuracy, in percent, half-way between guessing and the best possible: 59 on the blobs.

    Where the best possible is unknown, between guessing and 100 %.
    """
    best = 1.0 if problem.best_accuracy is None else problem.best_accuracy
    return 100 * (problem.guessing + best) / 2


def level(history: History, name: str = "val_accuracy") -> float:
    """Mean accuracy of the last 50 epochs, in percent: the test accuracy, or the one named."""
    return float(100 * getattr(history, name)[-WINDOW:].mean())


def swing(history: History) -> float:
    """How much the test accuracy changes from one epoch to the next, in percentage points.

    The standard deviation of the changes over the last 50 epochs.
    """
    changes = np.diff(history.val_accuracy[-WINDOW:])
    return float(100 * changes.std()) if changes.size else 0.0


def epochs_to_80(history: History) -> float:
    """First epoch, counted from 1, whose test accuracy is at least 80 %; infinity where none is."""
    good = np.flatnonzero(history.val_accuracy >= REACHED)
    return float(good[0]) + 1 if good.size else np.inf


def drops(history: History) -> int:
    """How often the rate fell from the last update of one epoch to that of the next."""
    return int(np.sum(np.diff(history.learning_rate) < 0))


def first_drop(history: History) -> float:
    """First epoch, counted from 1, with a lower rate than the one before; infinity where none has."""
    fallen = np.flatnonzero(np.diff(history.learning_rate) < 0)
    return float(fallen[0]) + 2 if fallen.size else np.inf


def plateau_counter(history: History) -> tuple[np.ndarray, np.ndarray]:
    """The best loss so far, and the epochs without improvement, as ReduceLROnPlateau has them.

    Both (epochs,), at each epoch's end, before a drop resets the counter. Once the rate has reached its
    minimum, nothing does.
    """
    experiment = history.experiment
    patience = np.inf if experiment.patience is None else experiment.patience
    lowest = np.float32(experiment.min_lr)
    best, wait, bests, waits = np.inf, 0, [], []
    losses, rates = getattr(history, experiment.monitor).tolist(), history.learning_rate.tolist()
    for epoch, (loss, rate) in enumerate(zip(losses, rates, strict=True)):
        wait += 1
        if epoch == 0 or loss + experiment.min_delta < best:
            best, wait = loss, 0
        bests.append(best)
        waits.append(wait)
        if wait >= patience and rate > lowest:
            wait = 0
    return np.array(bests), np.array(waits)


def smoothed(losses: np.ndarray, neighbours: int = SMOOTHING) -> np.ndarray:
    """The mean of each loss and its neighbours, taken twice, so that the nearest weigh most.

    The first and the last loss stand for those beyond; a loss that is no number spreads.
    """
    losses = np.asarray(losses, dtype=float)
    for _ in range(2):
        padded = np.pad(losses, (neighbours // 2, (neighbours - 1) // 2), mode="edge")
        losses = np.lib.stride_tricks.sliding_window_view(padded, neighbours).mean(axis=1)
    return losses


def rates_read(test, smoothing: int = SMOOTHING) -> dict[str, float]:
    """The rate that each rule reads off a range test (Smith, 2015), on its smoothed loss.

    "steepest fall": where the loss falls most over the logarithm of the rate;
    "a tenth of the lowest": the rate of the lowest loss, divided by ten.
    Both rules are those of fastai's `lr_find`. Only what lies before the loss exceeds twice its lowest
    so far counts (`lr_find` stops at four times). Not a number where the loss does not fall at all.
    """
    loss, rates = smoothed(test.loss, smoothing), test.learning_rate.astype(float)
    away = ~(loss <= 2 * np.fmin.accumulate(loss))  # True for NaN, too
    loss = loss[: away.argmax()] if away.any() else loss
    lowest = int(loss.argmin()) if loss.size else 0
    if not lowest:
        return dict.fromkeys(RULES, np.nan)
    slope = np.gradient(loss, np.log(rates[: loss.size]))[: lowest + 1]
    read = float(rates[slope.argmin()]), float(rates[lowest]) / 10
    return dict(zip(RULES, read, strict=True))

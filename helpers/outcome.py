"""What kind of run a History shows, in one word with a written rule behind it."""

from typing import NamedTuple

from helpers.data import CENTERS, best_accuracy, standard_error
from helpers.experiment import History

import numpy as np

REACHED = 0.8  # the test accuracy whose first epoch is told
BEST = best_accuracy()
STANDARD_ERROR = standard_error(BEST, n=500)
WINDOW = 50  # the last epochs that the rules look at

RULES = {
    "diverged": "The training loss became infinite or undefined, or over the last 50 epochs it "
    "was more than ten times the loss of pure guessing (more than 11).",
    "volatile": "Over the last 50 epochs the test accuracy scatters about its own straight trend by "
    "more than 1.6 percentage points, which is the standard error of 500 test points.",
    "did not learn": "The mean test accuracy of the last 50 epochs is nearer to guessing (33 %) "
    "than to the best possible (84 %).",
    "still learning": "The mean test loss of the last 25 epochs is more than 0.8 % below that of "
    "the 25 epochs before.",
    "settled": "None of the others: the run has found its level, good or poor.",
}
"""Kind of run: its rule. The first rule that holds gives the word."""


class Outcome(NamedTuple):
    """A run in a few numbers and one word of `RULES`.

    reached   first epoch, counted from 1, whose test accuracy is at least 80 %, or None
    drops     how often the rate fell from the last update of one epoch to that of the next
    """

    kind: str
    accuracy: float
    reached: int | None
    drops: int


def outcome(history: History) -> Outcome:
    """Final test accuracy, epoch that reached 80 %, drops of the rate, and kind of a run."""
    good = np.flatnonzero(history.val_accuracy >= REACHED)
    return Outcome(
        kind_of_run(history),
        float(history.val_accuracy[-1]),
        int(good[0]) + 1 if good.size else None,
        int(np.sum(np.diff(history.learning_rate) < 0)),
    )


def kind_of_run(history: History) -> str:
    """Apply the rules in their order."""
    loss, accuracy = history.loss[-WINDOW:], history.val_accuracy[-WINDOW:]
    if not np.isfinite(history.loss).all() or loss.mean() > 10 * np.log(CENTERS):
        return "diverged"
    if scatter(accuracy) > STANDARD_ERROR:
        return "volatile"
    if accuracy.mean() < (1 / CENTERS + BEST) / 2:
        return "did not learn"
    test_loss = history.val_loss[-WINDOW:]
    half = len(test_loss) // 2
    if half and test_loss[half:].mean() < 0.992 * test_loss[:half].mean():
        return "still learning"
    return "settled"


def scatter(values: np.ndarray) -> float:
    """Standard deviation of a series about its own straight trend."""
    if len(values) < 3:
        return 0.0
    steps = np.arange(len(values))
    return float(np.std(values - np.polyval(np.polyfit(steps, values, 1), steps)))

"""What kind of run a History shows, in one word with a written rule behind it."""

from typing import NamedTuple

from helpers.data import CENTERS
from helpers.experiment import History
from helpers.measures import BEST, VOLATILE, WINDOW, drops, epochs_to_80, level, swing

import numpy as np

RULES = {
    "diverged": "The training loss became infinite or undefined, or over the last 50 epochs it "
    "was more than ten times the loss of pure guessing (more than 11).",
    "volatile": "Over the last 50 epochs the test accuracy swings by more than 2.3 percentage points "
    "(the standard deviation of its changes from one epoch to the next): more than an "
    "unchanging network would swing if every epoch were measured on 500 new points.",
    "did not learn": "The mean test accuracy of the last 50 epochs is nearer to guessing (33 %) "
    "than to the best possible (84 %).",
    "still learning": "The mean test loss of the last 25 epochs is more than 0.8 % below that of "
    "the 25 epochs before.",
    "settled": "None of the others: the run has found its level, good or poor.",
}
"""Kind of run: its rule. The first rule that holds gives the word."""

LEARNED = 100 * (1 / CENTERS + BEST) / 2
"""The test accuracy, in percent, half-way between guessing and the best possible: 59."""


class Outcome(NamedTuple):
    """A run in a few numbers and one word of `RULES`.

    accuracy  final test accuracy
    reached   first epoch, counted from 1, whose test accuracy is at least 80 %, or infinity
    drops     how often the rate fell from the last update of one epoch to that of the next
    """

    kind: str
    accuracy: float
    reached: float
    drops: int


def outcome(history: History) -> Outcome:
    """Kind of a run, final test accuracy, epoch that reached 80 %, and drops of the rate."""
    final = float(history.val_accuracy[-1])
    return Outcome(kind_of_run(history), final, epochs_to_80(history), drops(history))


def kind_of_run(history: History) -> str:
    """Apply the rules in their order."""
    recent = history.loss[-WINDOW:].mean()
    if not np.isfinite(history.loss).all() or recent > 10 * np.log(CENTERS):
        return "diverged"
    if swing(history) > VOLATILE:
        return "volatile"
    if level(history) < LEARNED:
        return "did not learn"
    test_loss = history.val_loss[-WINDOW:]
    half = len(test_loss) // 2
    if half and test_loss[half:].mean() < 0.992 * test_loss[:half].mean():
        return "still learning"
    return "settled"

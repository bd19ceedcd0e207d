"""What kind of run a History shows, in one word with a written rule behind it."""

from typing import NamedTuple

from helpers.experiment import History
from helpers.measures import (
    WINDOW,
    drops,
    epochs_to_80,
    learned_above,
    level,
    swing,
    volatile_above,
)
from helpers.problems import Problem

import numpy as np

KINDS_OF_RUN = ("diverged", "volatile", "did not learn", "still learning", "settled")


def rules(problem: Problem) -> dict[str, str]:
    """Kind of run: its rule on this problem. The first rule that holds gives the word."""
    best = "100 %"
    if problem.best_accuracy is not None:
        best = f"the best possible ({100 * problem.best_accuracy:.0f} %)"
    texts = (
        "The training loss became infinite or undefined, or over the last 50 epochs it was more "
        f"than ten times the loss of pure guessing (more than {_far(problem):.0f}).",
        "Over the last 50 epochs the test accuracy swings by more than "
        f"{volatile_above(problem):.1f} percentage points (the standard deviation of its changes "
        "from one epoch to the next): more than an unchanging network would swing if every epoch "
        f"were measured on {problem.n_test} new points.",
        "The mean test accuracy of the last 50 epochs is nearer to guessing "
        f"({100 * problem.guessing:.0f} %) than to {best}.",
        "The mean test loss of the last 25 epochs is more than 0.8 % below that of the 25 epochs "
        "before.",
        "None of the others: the run has found its level, good or poor.",
    )
    return dict(zip(KINDS_OF_RUN, texts, strict=True))


class Outcome(NamedTuple):
    """A run in a few numbers and one of the words `KINDS_OF_RUN`.

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
    problem = history.problem
    recent = history.loss[-WINDOW:].mean()
    if not np.isfinite(history.loss).all() or recent > _far(problem):
        return "diverged"
    if swing(history) > volatile_above(problem):
        return "volatile"
    if level(history) < learned_above(problem):
        return "did not learn"
    test_loss = history.val_loss[-WINDOW:]
    half = len(test_loss) // 2
    if half and test_loss[half:].mean() < 0.992 * test_loss[:half].mean():
        return "still learning"
    return "settled"


def _far(problem: Problem) -> float:
    """Ten times the loss of pure guessing, in nats."""
    return 10 * np.log(problem.classes)

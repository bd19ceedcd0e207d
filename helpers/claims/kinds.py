"""The kinds of claim: each takes the words and the runs, and knows the number and its bound."""

from helpers.claims.evidence import Claim
from helpers.experiment import Experiment, History
from helpers.measures import epochs_to_80, learned_above, level, swing, volatile_above
from helpers.problems import problem, problem_of

POINTS = (
    100 * problem().standard_error
)  # more of a difference than the luck of the blobs' test half
ABOUT = 1.2  # "about n epochs" allows a fifth more
CLEARLY = 1.25  # sooner or calmer than another: by a quarter at least


def sgd(learning_rate: float = 0.01, momentum: float = 0.0, **others) -> Experiment:
    """An experiment with SGD, at Keras's default rate unless another is named."""
    return Experiment("sgd", learning_rate, momentum, **others)


def training_level(history: History) -> float:
    """Mean training accuracy of the last 50 epochs, in percent."""
    return level(history, "accuracy")


def ends(words: str, experiment: Experiment, **bounds) -> Claim:
    """Where a run ends: its test accuracy in percent."""
    measured = "test accuracy of the last 50 epochs"
    return Claim(words, measured, (experiment,), level, unit="%", **bounds)


def ends_training(words: str, experiment: Experiment, **bounds) -> Claim:
    """Where a run ends: its training accuracy in percent."""
    measured = "training accuracy of the last 50 epochs"
    return Claim(words, measured, (experiment,), training_level, unit="%", **bounds)


def learns(words: str, experiment: Experiment) -> Claim:
    """It ends nearer to the best possible than to guessing."""
    return ends(words, experiment, low=learned_above(problem_of(experiment)))


def reaches_80(words: str, experiment: Experiment, **bounds) -> Claim:
    """In which epoch the test accuracy first is 80 %."""
    return Claim(words, "epochs to 80 %", (experiment,), epochs_to_80, unit="epochs", **bounds)


def within_about(epochs: int, words: str, experiment: Experiment, **others) -> Claim:
    """It reaches 80 % in about so many epochs."""
    return reaches_80(words, experiment, high=ABOUT * epochs, **others)


def is_volatile(words: str, experiment: Experiment) -> Claim:
    """It swings by more than an unchanging network would on 500 new points every epoch."""
    low = volatile_above(problem_of(experiment))
    return Claim(words, "swing", (experiment,), swing, low=low, unit="points", digits=1)


def is_sooner(words: str, fast: Experiment, slow: Experiment, **others) -> Claim:
    """One reaches 80 % clearly sooner than the other."""

    def ratio(fast, slow):
        return epochs_to_80(slow) / epochs_to_80(fast)

    measured = "epochs to 80 %, the other over this one"
    return Claim(
        words, measured, (fast, slow), ratio, low=CLEARLY, unit="times", digits=2, **others
    )


def is_calmer(words: str, calm: Experiment, volatile: Experiment, low=CLEARLY, **others) -> Claim:
    """One swings clearly less than the other."""

    def ratio(calm, volatile):
        return swing(volatile) / max(swing(calm), 0.01)

    measured, unit = "swing, the other over this one", {"unit": "times", "digits": 2}
    return Claim(words, measured, (calm, volatile), ratio, low=low, **unit, **others)


def is_higher(words: str, one: Experiment, other: Experiment) -> Claim:
    """One ends higher than the other, by more than the luck of the test half."""

    def lead(one, other):
        return level(one) - level(other)

    measured = "lead in test accuracy, last 50 epochs"
    return Claim(words, measured, (one, other), lead, low=POINTS, unit="points", digits=1)

"""What can be wrong with a run, as settings to draw from: the table behind the runs with hidden settings.

Each cause stands with the kind of run that it leads to. Causes whose runs look alike cannot be told apart: the same
kind, and the same sign of that kind.
"""

from dataclasses import dataclass
from math import inf

from helpers.experiment import Experiment, History
from helpers.measures import epochs_to_80, level, swing
from helpers.outcome import kind_of_run
from helpers.schedules import NAMED

import numpy as np

SIGNS = {
    "volatile": lambda run: 15 < epochs_to_80(run) < inf and level(run) > 79,  # slow, yet good
    "did not learn": lambda run: swing(run) < 0.5,  # and is calm
    "settled": lambda run: epochs_to_80(run) < inf,  # at a good level
}
"""Kind of run: what else about its curves tells causes apart."""


def look(history: History) -> tuple[str, bool]:
    """The kind of a run, and whether it has the sign of that kind."""
    kind = kind_of_run(history)
    return kind, kind not in SIGNS or bool(SIGNS[kind](history))


@dataclass(frozen=True)
class Recipe:
    """How runs with one cause come about.

    cause  in words, as the student chooses it
    look   kind of run, and whether it has the sign of that kind
    cards  how many of the topic's cards it has
    why    one sentence
    draws  field: a range to draw from, evenly by its logarithm; a list to choose from; or its value
    """

    cause: str
    look: tuple[str, bool]
    cards: int
    why: str
    draws: dict

    def draw(self, rng: np.random.Generator) -> Experiment:
        """One experiment."""
        values = {name: _drawn(value, rng) for name, value in self.draws.items()}
        return Experiment(**values, seed=int(rng.integers(1000)))


def _drawn(value, rng):
    if isinstance(value, list):
        return value[rng.integers(len(value))]
    if not isinstance(value, tuple):
        return value
    return float(f"{np.exp(rng.uniform(*np.log(value))):.2g}")


def recipe(cause, kind, sign, cards, why, rate, **others) -> Recipe:
    """One line of the table."""
    return Recipe(cause, (kind, sign), cards, why, {"learning_rate": rate, **others})


DIVERGED, VOLATILE, SETTLED = "diverged", "volatile", "settled"
NOT_LEARNED, LEARNING = "did not learn", "still learning"

FITS = "no fault: the settings fit"
SMALL = "the learning rate is too small"
LARGE = "the learning rate is too large"
MOMENTUM = "the momentum is too large"
UNSCALED = "the inputs are not scaled"
ARRIVES = "The steps are long enough to arrive and short enough to come to rest."
CREEPS = "Each step is so short that 200 epochs are not enough of them."
JUMPS = "Each step is so long that it throws the weights further than they have to go."
FOLLOWS = "Momentum m makes steps up to 1/(1 - m) times as long, too long at this rate."
STEEP = (
    "Without scaling, one direction of the loss is so steep that this rate bounces in it; on scaled "
    "inputs the same rate is calm."
)

RATES = (
    recipe(FITS, SETTLED, True, 2, ARRIVES, (0.009, 0.03), momentum=0.9),
    recipe(FITS, SETTLED, True, 2, ARRIVES, (0.01, 0.3), scaled=True),
    recipe(SMALL, NOT_LEARNED, True, 2, CREEPS, (1e-6, 1e-5)),
    recipe(SMALL, LEARNING, True, 2, CREEPS, (3e-4, 1e-3)),
    recipe(SMALL, LEARNING, True, 2, CREEPS, (3e-4, 1e-3), scaled=True),
    recipe(LARGE, VOLATILE, False, 1, JUMPS, (0.8, 3.0)),
    recipe(LARGE, DIVERGED, True, 2, JUMPS, (3.0, 9.0), momentum=0.9),
    recipe(LARGE, NOT_LEARNED, False, 1, JUMPS, (0.9, 1.2), momentum=0.9, scaled=True),
    recipe(MOMENTUM, VOLATILE, False, 1, FOLLOWS, (0.06, 0.1), momentum=0.99, scaled=True),
    recipe(MOMENTUM, DIVERGED, True, 2, FOLLOWS, (0.4, 1.0), momentum=0.99),
    recipe(MOMENTUM, NOT_LEARNED, False, 1, FOLLOWS, (0.45, 0.7), momentum=0.95, scaled=True),
    recipe(UNSCALED, VOLATILE, True, 2, STEEP, (0.008, 0.011)),
    recipe(UNSCALED, VOLATILE, False, 1, STEEP, (0.3, 0.4)),
)

FELL = "no fault: the rate falls in time"
PATIENCE = "the patience is too short"
SOON = "the decay takes the rate away too soon"
WARM_UP = "the warm-up takes too long"
NEVER = "nothing lowers the rate in time"
CALMS = "Long steps first, to arrive, and short ones at the end, to come to rest."
IMPATIENT = (
    "A few epochs without a new best loss are only noise, and each time the rate fell to a tenth."
)
FREEZES = "The rate was next to nothing before the network had learned: frozen, not finished."
RISES = "The rate reached its full size so late that too few epochs were left."
NOISE = "At this rate each batch keeps the weights moving, and nothing shortens the steps."
ANY = list(NAMED)

SCHEDULES = (
    recipe(FELL, SETTLED, True, 2, CALMS, (0.15, 0.4), schedule=ANY),
    recipe(FELL, SETTLED, True, 1, CALMS, (0.2, 0.5), decay=(0.005, 0.03)),
    recipe(PATIENCE, SETTLED, False, 3, IMPATIENT, (0.007, 0.013), patience=[1, 2, 3]),
    recipe(SOON, SETTLED, False, 1, FREEZES, 0.01, decay=(0.02, 0.2)),
    recipe(SOON, NOT_LEARNED, True, 2, FREEZES, 0.01, decay=(2.0, 8.0)),
    recipe(SMALL, SETTLED, False, 1, CREEPS, (5e-4, 1e-3), schedule="exponential"),
    recipe(SMALL, NOT_LEARNED, True, 2, CREEPS, (2e-6, 1e-5), schedule=ANY),
    recipe(SMALL, LEARNING, True, 1, CREEPS, (3e-4, 1e-3), warmup=[5, 10, 20], scaled=True),
    recipe(WARM_UP, LEARNING, True, 3, RISES, (0.005, 0.009), warmup=[180, 190, 199], scaled=True),
    recipe(NEVER, VOLATILE, True, 2, NOISE, (0.008, 0.012), warmup=[5, 10, 20]),
    recipe(NEVER, VOLATILE, False, 1, NOISE, (0.3, 0.5), warmup=[5, 10, 20]),
    recipe(LARGE, VOLATILE, False, 1, JUMPS, (0.8, 1.5), decay=(1e-5, 1e-4)),
    recipe(LARGE, DIVERGED, True, 4, JUMPS, (3.0, 9.0), momentum=0.9, schedule=ANY),
)

ADAGRAD = "Adagrad's sum of squares only grows"
SHRINKS = "Adagrad divides each step by the root of all squared gradients so far."
ADAPTIVE = ["rmsprop", "adam", "adamw"]

OPTIMIZERS = (
    recipe(FITS, SETTLED, True, 2, ARRIVES, (0.001, 0.003), optimizer=ADAPTIVE),
    recipe(FITS, SETTLED, True, 1, ARRIVES, (0.01, 0.3), scaled=True),
    recipe(FITS, SETTLED, True, 1, ARRIVES, (0.1, 1.0), optimizer="adagrad"),
    recipe(SMALL, NOT_LEARNED, True, 2, CREEPS, (1e-6, 1e-5), optimizer=ADAPTIVE),
    recipe(SMALL, LEARNING, True, 2, CREEPS, (7e-5, 2e-4), optimizer=ADAPTIVE),
    recipe(ADAGRAD, NOT_LEARNED, True, 2, SHRINKS, (1e-4, 3e-4), optimizer="adagrad"),
    recipe(ADAGRAD, LEARNING, True, 2, SHRINKS, (0.002, 0.01), optimizer="adagrad"),
    recipe(LARGE, VOLATILE, False, 2, JUMPS, (0.1, 0.6), optimizer="rmsprop"),
    recipe(LARGE, DIVERGED, True, 3, JUMPS, (30.0, 100.0)),
    recipe(UNSCALED, VOLATILE, True, 2, STEEP, (0.008, 0.011)),
    recipe(UNSCALED, VOLATILE, False, 1, STEEP, (0.3, 0.4)),
)

TOPICS = {"rates": RATES, "schedules": SCHEDULES, "optimizers": OPTIMIZERS}

"""Claims on the learning rate, on what can be reached, and on momentum: notebooks 1 to 4."""

from helpers.claims.evidence import OURS, Claim
from helpers.claims.kinds import (
    POINTS,
    ends,
    is_calmer,
    is_sooner,
    is_volatile,
    learns,
    reaches_80,
    sgd,
    within_about,
)
from helpers.measures import epochs_to_80, level

STUCK = "Goodfellow et al. 2016, 11.4.1"
NOISE_FLOOR = "Bottou et al. 2018, 4.2"


def stays(words, experiment) -> Claim:
    """Over the whole run the accuracy changes no more than luck might, up or down."""

    def change(run):
        return level(run) - 100 * run.val_accuracy[0]

    measured, either_way = "change of test accuracy since epoch 1", {"low": -POINTS, "high": POINTS}
    return Claim(words, measured, (experiment,), change, **either_way, unit="points", digits=1)


def lead_of_the_second(*runs) -> float:
    """How many times as many epochs to 80 % the best of the others takes."""
    return min(map(epochs_to_80, runs[:1] + runs[2:])) / epochs_to_80(runs[1])


RATES = {
    "small and large rates": [
        reaches_80(
            "A small rate may look stuck: 0.001 does not reach 80 % in 200 epochs",
            sgd(0.001, epochs=1000),
            low=201,
            source=STUCK,
        ),
        reaches_80(
            "… but it is only slow: in 1,000 epochs it does",
            sgd(0.001, epochs=1000),
            high=1000,
            source=OURS,
        ),
        is_sooner("A larger rate needs fewer epochs: 0.1 against 0.01", sgd(0.1), sgd(0.01)),
        ends("Too large a rate ends badly: 1.0", sgd(1.0), high=75),
    ],
    "the ceiling": [
        Claim(
            "No run stays above the best possible accuracy",
            "lead over the best possible, last 50 epochs",
            (sgd(momentum=0.9),),
            lambda run: level(run) - 100 * run.problem.best_accuracy,
            high=0,
            unit="points",
            digits=1,
            source="Hastie et al. 2009, 2.4",
        ),
    ],
    "learning rates": [
        is_volatile("1.0 oscillates", sgd(1.0)),
        *(learns(f"{rate} learns", sgd(rate)) for rate in (0.1, 0.01, 0.001)),
        is_sooner("Slower as the rate falls: 0.1 is sooner than 0.01", sgd(0.1), sgd(0.01)),
        is_sooner("… and 0.01 is sooner than 0.001", sgd(0.01), sgd(0.001)),
        stays("1e-6 does not move the accuracy", sgd(1e-6)),
        stays("1e-7 does not move the accuracy", sgd(1e-7)),
        Claim(
            "About 0.1 is a good choice: none of the eight is sooner",
            "epochs to 80 %, the best other rate over 0.1",
            tuple(sgd(10.0**-exponent) for exponent in range(8)),
            lead_of_the_second,
            low=1,
            unit="times",
            digits=1,
        ),
        is_calmer(
            "A smaller rate is calmer: 0.01 against 0.1",
            sgd(0.01),
            sgd(0.1),
            source=NOISE_FLOOR,
        ),
        is_calmer(
            "… on scaled inputs",
            sgd(0.01, scaled=True),
            sgd(0.1, scaled=True),
            source=NOISE_FLOOR,
        ),
        is_calmer(
            "… after 1,000 epochs",
            sgd(0.01, epochs=1000),
            sgd(0.1, epochs=1000),
            source=NOISE_FLOOR,
        ),
    ],
    "momentum": [
        is_sooner("Momentum speeds training up: 0.9 against none", sgd(momentum=0.9), sgd()),
        within_about(50, "Momentum 0.9 reaches 80 % within about 50 epochs", sgd(momentum=0.9)),
        within_about(50, "Momentum 0.99 reaches 80 % within about 50 epochs", sgd(momentum=0.99)),
        reaches_80("Without momentum it takes all 200 epochs", sgd(), low=150),
        is_calmer("Momentum makes a run calmer: 0.9 against none", sgd(momentum=0.9), sgd()),
        is_calmer("The more the calmer: 0.99 against 0.9", sgd(momentum=0.99), sgd(momentum=0.9)),
    ],
    "momentum at the same step size": [
        is_sooner(
            "Momentum is still sooner: 0.9 at 0.01 against none at 0.1",
            sgd(0.01, 0.9),
            sgd(0.1),
            source=OURS,
        ),
        is_calmer(
            "Momentum is still calmer: 0.9 at 0.01 against none at 0.1",
            sgd(0.01, 0.9),
            sgd(0.1),
            source=OURS,
        ),
        is_calmer(
            "… each at a fast rate of its own: 0.9 at 0.03 against none at 0.15",
            sgd(0.03, 0.9),
            sgd(0.15),
            source=OURS,
        ),
    ],
}
"""Topic: its claims."""

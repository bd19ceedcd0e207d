"""Claims on decay, on patience, and on adaptive rates: notebooks 5 and 6."""

from dataclasses import replace

from helpers.claims.evidence import OURS, Claim
from helpers.claims.kinds import (
    ABOUT,
    POINTS,
    ends,
    ends_training,
    is_calmer,
    is_higher,
    is_sooner,
    is_volatile,
    reaches_80,
    sgd,
    within_about,
)
from helpers.experiment import Experiment
from helpers.measures import drops, first_drop, level
from helpers.problems import problem

RMSPROP, ADAM, ADAGRAD = (Experiment(o, 0.001) for o in ("rmsprop", "adam", "adagrad"))
ADAGRAD_2019 = Experiment("adagrad", 0.01, initial_accumulator=0.0)
POOR = 100 * problem().best_accuracy - 5  # percent


def distance(one, other) -> float:
    """How far apart two runs end, in percentage points of test accuracy."""
    return abs(level(one) - level(other))


def change_after_epoch_150(run) -> float:
    """How much the training accuracy still changes, ten epochs against ten, in percentage points."""
    return 100 * abs(run.accuracy[190:200].mean() - run.accuracy[140:150].mean())


def rate_after_about_25(run) -> float:
    """The rate of epoch 30 as a percentage of the first."""
    return 100 * run.learning_rate[round(25 * ABOUT) - 1] / run.learning_rate[0]


def between_first_drops(one, other) -> float:
    """Epochs between the first drops of two runs; a run without one drops after its end."""
    return abs(min(first_drop(one), 201) - min(first_drop(other), 201))


def drops_about_once(words, experiment) -> Claim:
    """The rate falls once or twice."""
    return Claim(words, "drops of the rate", (experiment,), drops, low=1, high=2)


SCHEDULES = {
    "decay": [
        ends("Decay 0.1 is too fast and ends badly", sgd(decay=0.1), high=POOR),
        ends("Decay 0.01 is too fast and ends badly", sgd(decay=0.01), high=POOR),
        is_higher("A smaller decay does better: 0.01 against 0.1", sgd(decay=0.01), sgd(decay=0.1)),
        is_higher("… 0.001 against 0.01", sgd(decay=0.001), sgd(decay=0.01)),
        is_higher("… 0.0001 against 0.001", sgd(decay=0.0001), sgd(decay=0.001)),
        Claim(
            "Decay 0.0001 ends where no decay ends",
            "distance in test accuracy, last 50 epochs",
            (sgd(decay=0.0001), sgd()),
            distance,
            high=POINTS,
            unit="points",
            digits=1,
        ),
    ],
    "patience": [
        Claim(
            "Patience 2 drops the rate to almost nothing within about 25 epochs",
            "rate of epoch 30 as a share of the first",
            (sgd(patience=2),),
            rate_after_about_25,
            high=1.01,
            unit="%",
            digits=2,
        ),
        ends_training("… and stops near 65 % training accuracy", sgd(patience=2), low=62, high=68),
        ends_training("Patience 5 stops under 75 % training accuracy", sgd(patience=5), high=75),
        Claim(
            "Patience 10 converges before epoch 150",
            "training accuracy, change from epochs 141–150 to 191–200",
            (sgd(patience=10),),
            change_after_epoch_150,
            high=0.5,
            unit="points",
            digits=1,
        ),
        drops_about_once("Patience 15 drops the rate about once", sgd(patience=15)),
        drops_about_once(
            "… about once where it watches the training loss", sgd(patience=15, monitor="loss")
        ),
        is_volatile("Patience 15 stays volatile", sgd(patience=15)),
        is_higher("10 does better than 5", sgd(patience=10), sgd(patience=5)),
        is_higher("15 does better than 5", sgd(patience=15), sgd(patience=5)),
        Claim(
            "With patience 10, which loss is watched changes the answer",
            "epochs between the two first drops",
            (sgd(patience=10), sgd(patience=10, monitor="loss")),
            between_first_drops,
            low=20,
            unit="epochs",
            source=OURS,
        ),
        Claim(
            "With patience 100, the rate drops within 200 epochs",
            "drops of the rate",
            (sgd(patience=100),),
            drops,
            low=1,
        ),
    ],
    "optimizers": [
        reaches_80("SGD at 0.01 takes most of the run", sgd(), low=100),
        is_volatile("SGD at 0.01 is volatile", sgd()),
        within_about(50, "RMSprop reaches 80 % within about 50 epochs", RMSPROP),
        within_about(50, "Adam reaches 80 % within about 50 epochs", ADAM),
        is_calmer("RMSprop is far calmer than SGD, three times", RMSPROP, sgd(), low=3),
        is_calmer("Adam is far calmer than SGD, three times", ADAM, sgd(), low=3),
        within_about(
            50, "Adagrad reaches 80 % within about 50 epochs", ADAGRAD, then=(ADAGRAD_2019,)
        ),
    ],
    "the race elsewhere": [
        is_sooner("RMSprop is sooner than SGD", RMSPROP, sgd(), source=OURS),
        is_sooner(
            "RMSprop is sooner than SGD on scaled inputs",
            replace(RMSPROP, scaled=True),
            sgd(scaled=True),
            source=OURS,
        ),
    ],
}
"""Topic: its claims."""

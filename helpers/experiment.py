"""Experiment, one training run as a value, and History, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from helpers.fields import Choice, Number, Span, Switch, listed, of_kind, shown
from helpers.optimizers import OPTIMIZERS, SETTINGS
from helpers.problems import PROBLEMS, Problem, problem_of
from helpers.schedules import NAMED, SCHEDULES

import numpy as np

MONITORS = {"val_loss": "test loss", "loss": "training loss"}
PLATEAU = ("factor", "min_delta", "min_lr")  # what else ReduceLROnPlateau is told


@dataclass(frozen=True)
class Experiment:
    """One training run of the lesson's network, as a value.

    optimizer      "sgd", "rmsprop", "adagrad", "adam" or "adamw", with Keras's defaults for all else
    learning_rate  the rate, or the highest of a schedule
    momentum       of SGD, 0 <= momentum < 1; nesterov: its form by Nesterov
    decay          time-based decay: learning_rate / (1 + decay * update), updates counted from 0
    schedule       ((epoch, rate), ...): each rate from its epoch on, epochs counted from 0,
                   learning_rate before the first; or "exponential", "cosine" or "one-cycle", which
                   end at final_fraction of the learning rate
    warmup         epochs of linear rise before any of these
    patience       epochs without improvement before ReduceLROnPlateau acts; None = no plateau rule
    factor         what ReduceLROnPlateau multiplies the rate by, down to min_lr
    min_delta      how much smaller the monitored loss has to be to count as improved
    monitor        "val_loss" or "loss"
    epochs, batch_size, hidden (ReLU units)
    seed           of the initial weights and of the order of the batches
    problem        "blobs", "moons", "circles", "spiral" or "digits"
    scaled         inputs standardized on the training half
    initial_accumulator   of Adagrad: 0.1 in Keras 3, 0 in the stand-alone Keras of 2019
    weight_decay   of AdamW

    A field out of range, or fields without meaning together, raise ValueError.
    """

    optimizer: str = of_kind("sgd", Choice({name: o.label for name, o in OPTIMIZERS.items()}))
    learning_rate: float = of_kind(
        0.01, Number(1e-12, 100, "a number from 1e-12 to 100", Span(1e-7, 1, 0.1, log=True))
    )
    momentum: float = of_kind(
        0.0,
        Number(0, 1 - 1e-9, "a number from 0 up to, but not including, 1", Span(0, 0.99, 0.01)),
    )
    decay: float = of_kind(
        0.0, Number(0, 100, "a number from 0 to 100", Span(1e-5, 1, 0.1, log=True, off=0.0))
    )
    patience: int | None = of_kind(
        None,
        Number(
            *(1, 10_000, "a whole number of epochs from 1 to 10000, or None"),
            *(Span(1, 50, 1, off=None), True, True),
        ),
    )
    factor: float = of_kind(
        0.1,
        Number(
            *(1e-6, 1 - 1e-9, "a number above 0 (at least 1e-6) and below 1"),
            Span(0.05, 0.95, 0.05),
        ),
    )
    min_delta: float = of_kind(
        1e-7, Number(0, 100, "a number from 0 to 100", Span(1e-7, 0.1, 0.25, log=True, off=0.0))
    )
    monitor: str = of_kind("val_loss", Choice(MONITORS))
    epochs: int = of_kind(200, Number(1, 5_000, "a whole number from 1 to 5000", whole=True))
    batch_size: int = of_kind(
        32,
        Number(
            *(1, 100_000, "a whole number from 1 to 100000"),
            *(Span(8, 500, 0.1, log=True), True),
        ),
    )
    hidden: int = of_kind(50, Number(1, 2_000, "a whole number from 1 to 2000", whole=True))
    seed: int = of_kind(
        0, Number(0, 2**32 - 1, "a whole number from 0 to 4294967295", Span(0, 99, 1), True)
    )
    schedule: tuple[tuple[int, float], ...] | str = ()
    initial_accumulator: float = of_kind(0.1, Number(0, 100, "a number from 0 to 100"))
    nesterov: bool = of_kind(False, Switch())
    weight_decay: float = of_kind(
        0.004, Number(0, 100, "a number from 0 to 100", Span(1e-4, 1, 0.1, log=True, off=0.0))
    )
    warmup: int = of_kind(
        0, Number(0, 4_999, "a whole number of epochs from 0 to 4999", Span(0, 50, 1), True)
    )
    final_fraction: float = of_kind(
        0.01, Number(1e-6, 1, "a number from 1e-6 to 1", Span(1e-4, 1, 0.1, log=True))
    )
    min_lr: float = of_kind(
        0.0, Number(0, 100, "a number from 0 to 100", Span(1e-7, 0.01, 0.25, log=True, off=0.0))
    )
    problem: str = of_kind("blobs", Choice({name: name for name in PROBLEMS}))
    scaled: bool = of_kind(False, Switch())

    def __post_init__(self):
        """Check every field and store it as a plain Python value."""
        for name, kind in KINDS.items():
            object.__setattr__(self, name, kind.check(name, getattr(self, name)))
        object.__setattr__(self, "schedule", _checked_schedule(self))
        _check_together(self)


FIELDS = tuple(field.name for field in fields(Experiment))
KINDS = {
    field.name: field.metadata["kind"] for field in fields(Experiment) if field.name != "schedule"
}
"""Field: its kind; a schedule is of none."""


def as_number(name: str, value) -> float | int:
    """Turn a value given for a field into a Python number in its range, or raise ValueError."""
    return KINDS[name].check(name, value)


def _checked_schedule(e: Experiment) -> tuple[tuple[int, float], ...] | str:
    if isinstance(e.schedule, str) and e.schedule in NAMED:
        return str(e.schedule)
    try:
        pairs = tuple(
            (as_number("epochs", epoch), as_number("learning_rate", rate))
            for epoch, rate in e.schedule
        )
        starts = [epoch for epoch, _ in pairs]
        within = all(max(1, e.warmup) <= epoch < e.epochs for epoch in starts)
        if starts != sorted(set(starts)) or not within:
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(
            f"schedule is {shown(e.schedule)}, but must be {listed(NAMED)} or pairs (epoch, rate): "
            f"epochs whole, rising, from {max(1, e.warmup)} to less than {e.epochs}, rates from "
            "1e-12 to 100."
        ) from None
    return pairs


def _check_together(e: Experiment):
    for name, owner in SETTINGS.items():
        if owner != e.optimizer and getattr(e, name) != DEFAULTS[name]:
            raise ValueError(
                f'{name} is {getattr(e, name)} with optimizer "{e.optimizer}", but must be '
                f'{DEFAULTS[name]} there: only "{owner}" has it.'
            )
    if e.warmup >= e.epochs:
        raise ValueError(
            f"warmup is {e.warmup}, but must be less than epochs, which is {e.epochs}."
        )
    rules = ("decay", "schedule", "patience")
    given = [f"{name} is {shown(getattr(e, name))}" for name in rules if getattr(e, name)]
    if e.warmup and e.patience:
        given = [f"warmup is {e.warmup}", f"patience is {e.patience}"]
    if len(given) > 1:
        raise ValueError(
            f"{' and '.join(given)}, but must not be given together: Keras lets only one of them "
            "set the learning rate."
        )


DEFAULTS = {field.name: field.default for field in fields(Experiment)}
DECIDED_BY = {
    **dict.fromkeys(SETTINGS, ("optimizer",)),
    **dict.fromkeys(PLATEAU, ("patience",)),
    "decay": ("patience", "schedule"),
    "patience": ("schedule",),
    "warmup": ("patience",),
    "final_fraction": ("schedule",),
}
"""Field: the fields that can leave it without effect."""


def without_effect(values: Mapping) -> set[str]:
    """The fields without effect beside the other values: a schedule goes before patience and decay."""
    schedule = values["schedule"]
    idle = {name for name, owner in SETTINGS.items() if owner != values["optimizer"]}
    if values["patience"] is None or schedule:
        idle |= {*PLATEAU}
    if schedule:
        idle |= {"decay", "patience"}
    elif values["patience"] is not None:
        idle |= {"decay", "warmup"}
    shaped = schedule in NAMED and "final_fraction" in SCHEDULES[schedule].settings
    return idle if shaped else idle | {"final_fraction"}


@dataclass(frozen=True, eq=False)
class History:
    """What a run recorded: NumPy arrays of shape (epochs,), with Keras's meaning.

    loss, accuracy          averages over the epoch's batches, weighted by their length, while the
                            weights change; loss in nats
    val_loss, val_accuracy  on the test half, at the epoch's end
    learning_rate           the rate that the epoch's last update used
    weights                 the final [W1 (features, hidden), b1, W2 (hidden, classes), b2]
    weights_by_epoch        the same after each epoch: [W1 (epochs, features, hidden), …]
    problem                 what it was trained on
    """

    experiment: Experiment
    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray
    learning_rate: np.ndarray
    kept_weights: list[np.ndarray]
    problem: Problem | None = None

    def __post_init__(self):
        """Without another problem, it is the experiment's own."""
        if self.problem is None:
            object.__setattr__(self, "problem", problem_of(self.experiment))

    @property
    def weights(self) -> list[np.ndarray]:
        """The final weights: W1 (features, hidden), b1, W2 (hidden, classes), b2."""
        return [array[-1] for array in self.kept_weights]

    @property
    def weights_by_epoch(self) -> list[np.ndarray]:
        """The weights after each epoch; ValueError for one of many runs, which keep the final ones."""
        if len(self.kept_weights[0]) < self.experiment.epochs:
            raise ValueError(
                "This run kept its final weights alone: train it with every_epoch=True."
            )
        return self.kept_weights

"""Experiment, one training run as a value, and History, what came of it."""

from dataclasses import dataclass, fields
from math import isfinite
from numbers import Integral, Real

import numpy as np

OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adam")
MONITORS = ("val_loss", "loss")

# Field: its type, the smallest and largest value, and the range in words.
RANGES = {
    "learning_rate": (float, 1e-12, 100.0, "a number from 1e-12 to 100"),
    "momentum": (float, 0.0, 1 - 1e-9, "a number from 0 up to, but not including, 1"),
    "decay": (float, 0.0, 100.0, "a number from 0 to 100"),
    "patience": (int, 1, 10_000, "a whole number of epochs from 1 to 10000, or None"),
    "factor": (float, 1e-6, 1 - 1e-9, "a number above 0 (at least 1e-6) and below 1"),
    "min_delta": (float, 0.0, 100.0, "a number from 0 to 100"),
    "epochs": (int, 1, 5_000, "a whole number from 1 to 5000"),
    "batch_size": (int, 1, 100_000, "a whole number from 1 to 100000"),
    "hidden": (int, 1, 2_000, "a whole number from 1 to 2000"),
    "seed": (int, 0, 2**32 - 1, "a whole number from 0 to 4294967295"),
    "initial_accumulator": (float, 0.0, 100.0, "a number from 0 to 100"),
}


@dataclass(frozen=True)
class Experiment:
    """One training run of the lesson's network, as a value.

    optimizer      "sgd", "rmsprop", "adagrad" or "adam", with Keras's defaults for all else
    learning_rate  the rate, or where a schedule starts
    momentum       of SGD, 0 <= momentum < 1
    decay          time-based decay: learning_rate / (1 + decay * update), updates counted from 0
    schedule       piecewise-constant rate: ((epoch, rate), ...), each rate from its epoch on,
                   epochs counted from 0; learning_rate holds before the first
    patience       epochs without improvement before ReduceLROnPlateau acts; None = no plateau rule
    factor         what ReduceLROnPlateau multiplies the rate by
    min_delta      how much smaller the monitored loss has to be to count as improved
    monitor        "val_loss" or "loss"
    epochs, batch_size, hidden (ReLU units)
    seed           of the initial weights and of the order of the batches
    initial_accumulator   of Adagrad: 0.1 in Keras 3, 0 in the Keras of 2019

    A field out of range, or fields without meaning together, raise ValueError.
    """

    optimizer: str = "sgd"
    learning_rate: float = 0.01
    momentum: float = 0.0
    decay: float = 0.0
    patience: int | None = None
    factor: float = 0.1
    min_delta: float = 1e-7
    monitor: str = "val_loss"
    epochs: int = 200
    batch_size: int = 32
    hidden: int = 50
    seed: int = 0
    schedule: tuple[tuple[int, float], ...] = ()
    initial_accumulator: float = 0.1

    def __post_init__(self):
        """Check every field and store it as a plain Python value."""
        _check_choice("optimizer", self.optimizer, OPTIMIZERS)
        _check_choice("monitor", self.monitor, MONITORS)
        for name in RANGES:
            value = getattr(self, name)
            if not (name == "patience" and value is None):
                object.__setattr__(self, name, as_number(name, value))
        object.__setattr__(self, "schedule", _checked_schedule(self.schedule, self.epochs))
        _check_together(self)


def as_number(name: str, value) -> float | int:
    """Turn a value given for a field into a Python number in its range, or raise ValueError."""
    kind, smallest, largest, allowed = RANGES[name]
    value = value.item() if isinstance(value, np.generic) else value
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    whole = kind is float or isinstance(value, Integral) or (is_number and value == value // 1)
    if not (is_number and smallest <= value <= largest and whole and isfinite(value)):
        raise ValueError(f"{name} is {_shown(value)}, but must be {allowed}.")
    return kind(value)


def _shown(value) -> str:
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        text = "a number too long to write"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _check_choice(name, value, choices):
    if not (isinstance(value, str) and value in choices):
        listed = ", ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} is {_shown(value)}, but must be one of {listed}.")


def _checked_schedule(schedule, epochs) -> tuple[tuple[int, float], ...]:
    try:
        pairs = tuple(
            (as_number("epochs", epoch), as_number("learning_rate", rate))
            for epoch, rate in schedule
        )
        starts = [epoch for epoch, _ in pairs]
        if starts != sorted(set(starts)) or any(epoch >= epochs for epoch in starts):
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(
            f"schedule is {_shown(schedule)}, but must be pairs (epoch, rate), epochs whole, rising, "
            f"from 1 to less than {epochs}, rates from 1e-12 to 100."
        ) from None
    return pairs


def _check_together(e: Experiment):
    if e.momentum and e.optimizer != "sgd":
        raise ValueError(
            f'momentum is {e.momentum} with optimizer "{e.optimizer}", but must be 0 there: '
            'only "sgd" has momentum.'
        )
    if e.initial_accumulator != 0.1 and e.optimizer != "adagrad":
        raise ValueError(
            f'initial_accumulator is {e.initial_accumulator} with optimizer "{e.optimizer}", but '
            'must be left out there: only "adagrad" has an accumulator.'
        )
    chosen = {"decay": e.decay, "schedule": e.schedule, "patience": e.patience}
    given = [f"{name} is {value}" for name, value in chosen.items() if value]
    if len(given) > 1:
        raise ValueError(
            f"{' and '.join(given)}, but only one of decay, schedule and patience can set "
            "the learning rate."
        )


@dataclass(frozen=True, eq=False)
class History:
    """What a run recorded: NumPy arrays of shape (epochs,), with Keras's meaning.

    loss, accuracy          averages over the epoch's batches, weighted by their length, while the
                            weights change; loss in nats
    val_loss, val_accuracy  on the test half, at the epoch's end
    learning_rate           the rate that the epoch's last update used
    weights_by_epoch        [W1 (epochs, 2, hidden), b1, W2 (epochs, hidden, centers), b2] after
                            each epoch
    """

    experiment: Experiment
    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray
    learning_rate: np.ndarray
    weights_by_epoch: list[np.ndarray]

    @property
    def weights(self) -> list[np.ndarray]:
        """The final weights: W1 (2, hidden), b1, W2 (hidden, centers), b2."""
        return [array[-1] for array in self.weights_by_epoch]


FIELDS = tuple(field.name for field in fields(Experiment))

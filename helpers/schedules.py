"""The schedules: the learning rate of every update, as NumPy and as Keras has it.

Keras's schedules compute in float32 whatever the network computes in, and so do the rates here.
`warmup` epochs of linear rise may come before any of them; a schedule counts its own updates from the
end of the rise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getsource

import keras
import numpy as np
from numpy import float32

RISE, FIRST_FRACTION = 0.3, 0.04  # of one-cycle: the share of the run that rises, and from where


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear rise over some updates to the rate that `after`, a number or schedule, starts with."""

    def __init__(self, updates, after):
        """Keep both."""
        self.updates, self.after = updates, after

    def __call__(self, step):
        """Return the rate of update `step`, counted from 0."""
        step = keras.ops.cast(step, "float32")
        after = self.after if callable(self.after) else lambda _: self.after
        rising = after(0.0) * (step + 1) / self.updates
        return keras.ops.where(step < self.updates, rising, after(step - self.updates))


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Rise to the highest rate, then fall to the last one, both in a straight line, after Smith (2018)."""

    def __init__(self, first, highest, last, rise, updates):
        """first, highest, last: rates; rise, updates: numbers of updates, up and in all."""
        self.first, self.highest, self.last = first, highest, last
        self.rise, self.updates = rise, updates

    def __call__(self, step):
        """Return the rate of update `step`, counted from 0."""
        step = keras.ops.cast(step, "float32")
        up = (self.highest - self.first) * step / self.rise
        down = (self.last - self.highest) * (step - self.rise) / (self.updates - self.rise)
        return keras.ops.minimum(self.first + up, self.highest + down)


@dataclass(frozen=True)
class Schedule:
    """A schedule: how it is called, its rates, and the same in Keras.

    label      its name in words
    moves      how its rate moves, in words; empty where the drops are counted instead
    rates      (experiment, updates (n,) float32 from 0, updates in an epoch) -> rates (n,)
    keras      its class; None: a plain number
    arguments  (experiment, updates in an epoch, updates in all) -> arguments of that class
    settings   the fields of Experiment that shape it
    """

    label: str
    moves: str
    rates: Callable
    keras: type | None = None
    arguments: Callable | None = None
    settings: tuple[str, ...] = ()


def step_rates(e, update, per_epoch):
    """The rates of the pairs (epoch, rate), epochs counted from the run's beginning."""
    starts, rates = zip(*e.schedule, strict=True)
    first_updates = (np.array(starts) - e.warmup) * per_epoch
    return np.array([e.learning_rate, *rates])[np.searchsorted(first_updates, update, "right")]


def step_arguments(e, per_epoch, updates):
    """A boundary is the last update of the old rate."""
    starts, rates = zip(*e.schedule, strict=True)
    return {
        "boundaries": [(epoch - e.warmup) * per_epoch - 1 for epoch in starts],
        "values": [e.learning_rate, *rates],
    }


def cosine_rates(e, update, per_epoch):
    """Half a cosine, from the learning rate to final_fraction of it (Loshchilov and Hutter, 2017)."""
    half_wave = (1 + np.cos(float32(np.pi) * update / float32(update.size))) / 2
    return e.learning_rate * ((1 - float32(e.final_fraction)) * half_wave + e.final_fraction)


def one_cycle_rates(e, update, per_epoch):
    """Two straight lines: what OneCycle returns."""
    of = one_cycle_arguments(e, per_epoch, update.size)
    up = (of["highest"] - of["first"]) * update / of["rise"]
    down = (of["last"] - of["highest"]) * (update - of["rise"]) / (of["updates"] - of["rise"])
    return np.minimum(of["first"] + up, of["highest"] + down)


def one_cycle_arguments(e, per_epoch, updates):
    """The rise takes three tenths of the run; that of Smith (2018) takes nearly half."""
    return {
        "first": FIRST_FRACTION * e.learning_rate,
        "highest": e.learning_rate,
        "last": e.final_fraction * e.learning_rate,
        "rise": RISE * updates,
        "updates": updates,
    }


FALLS, SHAPED = "fell with every update", ("final_fraction",)
SCHEDULES = {
    "constant": Schedule(
        "constant", "", lambda e, update, _: np.full(update.shape, e.learning_rate)
    ),
    "time-based": Schedule(  # what SGD(decay=...) once did
        *("time-based decay", FALLS),
        lambda e, update, _: float32(e.learning_rate) / (1 + float32(e.decay) * update),
        keras.optimizers.schedules.InverseTimeDecay,
        lambda e, *_: {
            "initial_learning_rate": e.learning_rate,
            "decay_steps": 1,
            "decay_rate": e.decay,
        },
        ("decay",),
    ),
    "steps": Schedule(
        *("your own steps", "", step_rates),
        *(keras.optimizers.schedules.PiecewiseConstantDecay, step_arguments),
    ),
    "exponential": Schedule(
        *("exponential", FALLS),
        lambda e, update, _: e.learning_rate * float32(e.final_fraction) ** (update / update.size),
        keras.optimizers.schedules.ExponentialDecay,
        lambda e, _, updates: {
            "initial_learning_rate": e.learning_rate,
            "decay_steps": updates,
            "decay_rate": e.final_fraction,
        },
        SHAPED,
    ),
    "cosine": Schedule(
        *("cosine", FALLS, cosine_rates, keras.optimizers.schedules.CosineDecay),
        lambda e, _, updates: {
            "initial_learning_rate": e.learning_rate,
            "decay_steps": updates,
            "alpha": e.final_fraction,
        },
        SHAPED,
    ),
    "one-cycle": Schedule(
        *("one-cycle", "rose and fell", one_cycle_rates, OneCycle, one_cycle_arguments, SHAPED),
    ),
}
NAMED = tuple(SCHEDULES)[3:]
"""The schedules that an experiment chooses by name; the others follow from its numbers."""


def schedule_of(experiment) -> Schedule:
    """The schedule that an experiment means."""
    if isinstance(experiment.schedule, str):
        return SCHEDULES[experiment.schedule]
    if experiment.schedule:
        return SCHEDULES["steps"]
    return SCHEDULES["time-based" if experiment.decay else "constant"]


def scheduled_rates(experiment, updates_per_epoch: int, floatx: str) -> np.ndarray:
    """Learning rates, shape (epochs, updates_per_epoch), before any ReduceLROnPlateau."""
    schedule, rising = schedule_of(experiment), experiment.warmup * updates_per_epoch
    update = np.arange(experiment.epochs * updates_per_epoch - rising, dtype="float32")
    rates = schedule.rates(experiment, update, updates_per_epoch)
    if schedule.keras or rising:
        rates = rates.astype("float32")
        rise = rates[0] * np.arange(1, rising + 1, dtype="float32") / max(rising, 1)
        rates = np.concatenate([rise, rates])
    return rates.astype(floatx).reshape(-1, updates_per_epoch)


def keras_rate(experiment, updates_per_epoch: int):
    """The learning rate as Keras takes it: a number, or a LearningRateSchedule."""
    schedule, rate = schedule_of(experiment), experiment.learning_rate
    rising = experiment.warmup * updates_per_epoch
    updates = experiment.epochs * updates_per_epoch - rising
    if schedule.keras:
        rate = schedule.keras(**schedule.arguments(experiment, updates_per_epoch, updates))
    return WarmUp(rising, rate) if rising else rate


def plateau_rates(experiment, floatx: str) -> np.ndarray:
    """The rates after 0, 1, 2, … drops, shape (epochs,), each stored as ReduceLROnPlateau stores it."""
    rates = [np.dtype(floatx).type(experiment.learning_rate)]
    for _ in range(experiment.epochs - 1):
        rate = float(rates[-1])
        if rate > float32(experiment.min_lr):
            rate = max(rate * experiment.factor, experiment.min_lr)
        rates.append(np.dtype(floatx).type(rate))
    return np.array(rates)


def lines_of_program(experiment, updates_per_epoch: int) -> str:
    """The lines that define `rate` in a Keras program; none for a plain number."""
    schedule, rising = schedule_of(experiment), experiment.warmup * updates_per_epoch
    updates = experiment.epochs * updates_per_epoch - rising
    lines = []
    if schedule.keras:
        arguments = schedule.arguments(experiment, updates_per_epoch, updates)
        listed = "".join(f"    {name}={value!r},\n" for name, value in arguments.items())
        lines += [f"# {schedule.label}; an epoch has {updates_per_epoch} updates"]
        lines += [f"rate = {_name_of(schedule.keras)}(\n{listed})"]
    if rising:
        after = "rate" if schedule.keras else repr(experiment.learning_rate)
        lines += [f"rate = WarmUp(updates={rising}, after={after})"]
    kinds = [schedule.keras, WarmUp if rising else None]
    brought = "".join(f"\n\n{getsource(kind)}" for kind in kinds if kind and _is_ours(kind))
    return brought + "\n\n" * bool(brought) + "".join(f"{line}\n" for line in lines)


def _is_ours(kind: type) -> bool:
    return kind.__module__ == __name__


def _name_of(kind: type) -> str:
    return kind.__name__ if _is_ours(kind) else f"keras.optimizers.schedules.{kind.__name__}"

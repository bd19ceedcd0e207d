"""What the values of an explorer's controls mean beside each other."""

from helpers.experiment import Experiment
from helpers.optimizers import OPTIMIZERS

DEFAULT_RATES = {name: o.default_rate for name, o in OPTIMIZERS.items()}

DEPENDS_ON = {
    "momentum": ("optimizer",),
    "initial_accumulator": ("optimizer",),
    "decay": ("patience", "schedule"),
    "patience": ("schedule",),
    "factor": ("patience",),
    "min_delta": ("patience",),
}
"""Field: the fields that can take its meaning away."""


def meaningless(values: dict) -> set[str]:
    """The fields without meaning beside the other values."""
    plateau, schedule = values["patience"] is not None, bool(values["schedule"])
    conditions = {
        "momentum": values["optimizer"] != "sgd",
        "initial_accumulator": values["optimizer"] != "adagrad",
        "decay": plateau or schedule,
        "patience": schedule,
        "factor": not plateau,
        "min_delta": not plateau,
    }
    return {name for name, holds in conditions.items() if holds}


def experiment_of(values: dict) -> Experiment:
    """The experiment that the values mean: what has no meaning beside the others keeps its default."""
    dropped = meaningless(values)
    return Experiment(**{name: value for name, value in values.items() if name not in dropped})


def check_controls(fields: tuple[str, ...], values: dict):
    """ValueError for a control that nothing could ever give a meaning."""
    for name in fields:
        causes = DEPENDS_ON.get(name, ())
        if name in meaningless(values) and not set(causes) & set(fields):
            given = ", ".join(f"{cause} {values[cause]!r}" for cause in causes)
            raise ValueError(f"A control of {name} would have no meaning beside {given}.")


def following(values: dict, before: dict, moved: str, rates: dict, hold_step_size: bool) -> dict:
    """The values after a move, with the learning rate that follows from it.

    rates: optimizer: the rate it was left at. hold_step_size: keep learning_rate / (1 - momentum).
    """
    rate = values["learning_rate"]
    if moved == "optimizer" and values["optimizer"] != before["optimizer"]:
        rate = rates.get(values["optimizer"], DEFAULT_RATES[values["optimizer"]])
    if moved == "momentum" and hold_step_size:
        rate *= (1 - values["momentum"]) / (1 - before["momentum"])
    return {**values, "learning_rate": float(f"{rate:.6g}")}

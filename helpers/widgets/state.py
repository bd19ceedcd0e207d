"""The state of an explorer, from which everything that it shows follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from helpers.experiment import DECIDED_BY, FIELDS, Experiment, History, without_effect
from helpers.optimizers import OPTIMIZERS


@dataclass(frozen=True)
class State:
    """What the controls say, the run on the picture, and what stands beside it.

    values    field: what its control says; those without a control as well
    rates     optimizer: the rate that it was left at
    previous  the run before, a ghost on the picture
    met       goal: the run that met it, in words
    pins, band   pinned runs; this run and more seeds of it, once they are there
    epoch     where the replay stands, counted from 1; None: at the end
    seeds     how many more seeds to draw
    regions_of  an earlier run, whose decision regions are still shown; None: they are of this run
    part      which part of the fold is open; None: none
    """

    values: Mapping
    history: History
    rates: Mapping = field(default_factory=dict)
    previous: History | None = None
    met: Mapping = field(default_factory=dict)
    pins: tuple[History, ...] = ()
    band: tuple[History, ...] = ()
    epoch: int | None = None
    seeds: int = 10
    regions: bool = False
    regions_of: History | None = None
    linear_rate: bool = False
    over_updates: bool = False
    part: int | None = None


def values_of(experiment: Experiment) -> dict:
    """Every field and its value."""
    return {name: getattr(experiment, name) for name in FIELDS}


def experiment_of(values: Mapping) -> Experiment:
    """The experiment that the values mean: what has no effect beside the others keeps its default."""
    idle = without_effect(values)
    return Experiment(**{name: value for name, value in values.items() if name not in idle})


def start_of(caller: str, fields: tuple, controlled: Sequence[str], fixed: Mapping) -> Experiment:
    """Where an explorer of these fields starts; ValueError for a field that has no control, or no effect."""
    known = all(isinstance(field, str) and field in controlled for field in fields)
    if not fields or not known or len(set(fields)) < len(fields):
        raise ValueError(
            f"{caller} was given {', '.join(map(repr, fields)) or 'no field'}, but must be given "
            f"one or more different fields of: {', '.join(controlled)}."
        )
    for name in fixed:
        if name not in FIELDS:
            raise ValueError(f"{name!r} is no field of Experiment: {', '.join(FIELDS)} are.")
    experiment = Experiment(**fixed)
    check_controls(fields, values_of(experiment))
    return experiment


def check_controls(fields: tuple[str, ...], values: Mapping):
    """ValueError for a control that nothing could ever give an effect."""
    for name in without_effect(values).intersection(fields):
        causes = DECIDED_BY[name]
        if not set(causes) & set(fields):
            given = ", ".join(f"{cause} {values[cause]!r}" for cause in causes)
            raise ValueError(f"A control of {name} would have no effect beside {given}.")


def following(values: Mapping, state: State, moved: str, hold_step_size: bool) -> float:
    """The learning rate that follows from a move: each optimizer has its own.

    hold_step_size: keep learning_rate / (1 - momentum), to six digits.
    """
    before, rate = state.values, values["learning_rate"]
    if moved == "optimizer" and values["optimizer"] != before["optimizer"]:
        default = OPTIMIZERS[values["optimizer"]].default_rate
        return state.rates.get(values["optimizer"], default)
    if moved == "momentum" and hold_step_size:
        return float(f"{rate * (1 - values['momentum']) / (1 - before['momentum']):.6g}")
    return rate

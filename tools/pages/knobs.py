"""The controls of a page: what it makes of an explorer's controls."""

from typing import NamedTuple

from helpers.experiment import KINDS
from helpers.fields import Choice, Switch
from helpers.widgets.number import NumberControl
from helpers.widgets.schedule_control import CONSTANT, STEPS, ScheduleControl
from helpers.widgets.words import label_of, shown

import numpy as np

FEWEST = 20  # stops of a slider that is not alone
FEW = {"seed": slice(5), "batch_size": slice(None, None, 3)}
"""Fields beside others that have fewer stops: no seed is like another, small batches take long."""
STEPS_OF_PAGES = [
    *(((epoch, rate),) for epoch in (10, 30, 100) for rate in (0.01, 0.001, 0.0001)),
    ((30, 0.01), (100, 0.001)),
    ((5, 0.0001), (100, 0.1)),
    ((5, 0.0001), (100, 0.1), (150, 0.01)),
]
"""Steps to choose from, where a student of the notebook writes own ones; they can meet its goals."""


class Knob(NamedTuple):
    """A control of a page: its stops, as values and as labels; where it starts; what kind it is."""

    name: str
    label: str
    kind: str  # "number", "choice" or "switch"
    values: list
    labels: list[str]
    start: int


def number_knob(control: NumberControl, start, alone: bool, most: int | None) -> Knob:
    """The stops of a slider: all, or every few where there are others beside it; the start is one."""
    slider, span = control.slider, control.span
    steps = round((slider.max - slider.min) / slider.step)
    stride = 1
    if not alone:
        stride = max(s for s in (1, 2, 4, 5, 10) if steps // s >= FEWEST - 1 or s == 1)
    if most:
        stride = -(-steps // (most - 1))
    first = slider.min + slider.step * (span.off is not ...)  # decades stay stops
    places = [*np.arange(first, slider.max, slider.step * stride), slider.max]
    values = [control._value_at(10**place if span.log else float(place)) for place in places]
    if control.kind.whole:
        values = [round(value) for value in values]
    found = sorted({*values, *(() if start is None or start == span.off else (start,))})
    stops = [*([span.off] if span.off is not ... else []), *found]
    labels = ["off" if control._is_off(value) else shown(control.name, value) for value in stops]
    return Knob(control.name, label_of(control.name), "number", stops, labels, stops.index(start))


def knob_of(name: str, control, start, alone: bool, most: int | None = None) -> Knob:
    """What a page makes of a control."""
    if isinstance(control, NumberControl):
        knob = number_knob(control, start, alone, most)
        if alone or most or name not in FEW:
            return knob
        values, labels = knob.values[FEW[name]], knob.labels[FEW[name]]
        return knob._replace(values=values, labels=labels, start=values.index(start))
    if isinstance(control, ScheduleControl):
        own = start if start and not isinstance(start, str) else ((100, 0.001),)
        words = {key: label for label, key in control._options()}
        labels = {(): words.pop(CONSTANT), own: words.pop(STEPS)} | words
        labels |= {steps: shown(name, steps) for steps in (own, *STEPS_OF_PAGES)}
        return choice(name, labels, start)
    if isinstance(KINDS[name], Switch):
        return Knob(name, label_of(name), "switch", [False, True], ["off", "on"], int(start))
    kind: Choice = KINDS[name]
    return choice(name, kind.labels, start)


def choice(name: str, labels: dict, start, label=None) -> Knob:
    """A list to choose from."""
    values = list(labels)
    return Knob(
        name, label or label_of(name), "choice", values, list(labels.values()), values.index(start)
    )


def words_of(knob: Knob) -> list:
    """The stops as an address names them: numbers, words, or their place where they are neither."""
    words = {True: "on", False: "off", None: "off"}
    found = []
    for place, value in enumerate(knob.values, 1):
        if value is None or isinstance(value, bool):
            value = words[value]
        plain = isinstance(value, int | float) or (isinstance(value, str) and value.isidentifier())
        found.append(value if plain else str(place))
    return found

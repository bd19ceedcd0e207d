"""The control of a number: a box for the exact value and a slider."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, log10

from helpers.experiment import KINDS, as_number
from helpers.widgets.turn import in_turn
from helpers.widgets.words import label_of, shown

import ipywidgets as widgets

LABEL_WIDTH, BOX_WIDTH = "100px", "184px"


@dataclass(frozen=True)
class Range:
    """Where a slider begins and ends, in values, and its step: in decades where it is logarithmic.

    off: the value that the slider's first position stands for, one step below `first`; for fields
    that can be switched off. `...` where a field cannot.
    """

    first: float
    last: float
    step: float
    log: bool = False
    off: object = ...


SLIDERS = {
    "learning_rate": Range(1e-7, 1, 0.1, log=True),
    "momentum": Range(0, 0.99, 0.01),
    "decay": Range(1e-5, 1, 0.1, log=True, off=0.0),
    "patience": Range(1, 50, 1, off=None),
    "factor": Range(0.05, 0.95, 0.05),
    "min_delta": Range(1e-7, 0.1, 0.25, log=True, off=0.0),
    "batch_size": Range(8, 500, 0.1, log=True),
    "seed": Range(0, 99, 1),
}


class NumberControl(widgets.HBox):
    """A box for the exact number and a slider; `value` is what Experiment takes.

    The box takes every number that the field allows, also beyond the slider's ends. What it cannot
    take goes back to what it was, and `on_error` hears a sentence that says why.
    """

    def __init__(self, name: str, value, on_change: Callable, on_error: Callable, span=None):
        """Build the two; `on_change(value)` hears of the student's moves only.

        span: another Range than that of the field in `SLIDERS`.
        """
        self.name, self.range = name, span or SLIDERS[name]
        self.on_change, self.on_error = on_change, on_error
        self.slider = self._slider()
        self.slider.add_class(f"control-{name}")
        self.box = widgets.Text(
            continuous_update=False,
            description=label_of(name),
            style={"description_width": LABEL_WIDTH},
            layout=widgets.Layout(width=BOX_WIDTH, flex="0 0 auto"),
        ).add_class(f"box-{name}")
        self._moving = False
        self.value = value
        self.slider.observe(self._slid, "value")
        self.box.observe(self._typed, "value")
        super().__init__(
            [self.box, self.slider], layout=widgets.Layout(flex_flow="row wrap", max_width="560px")
        )

    def _slider(self):
        common = {
            "readout": False,
            "layout": widgets.Layout(flex="1 1 auto", width="auto", min_width="160px"),
        }
        r = self.range
        below = 0 if r.off is ... else r.step
        if r.log:
            low, high = round(log10(r.first), 6) - below, log10(r.last)
            return widgets.FloatLogSlider(min=low, max=high, step=r.step, **common)
        kind = widgets.IntSlider if KINDS[self.name].whole else widgets.FloatSlider
        return kind(min=r.first - below, max=r.last, step=r.step, **common)

    @property
    def value(self):
        """The field's value, `off` included."""
        return self._value

    @value.setter
    def value(self, value):
        self._value, self._moving = value, True
        position = self.slider.min if value is None else value
        if self.range.log:
            self.slider.value = max(position, 10**self.slider.min)
        else:
            self.slider.value = min(max(position, self.slider.min), self.slider.max)
        self.box.value = "off" if self._is_off(value) else shown(value)
        self._moving = False

    def _is_off(self, value) -> bool:
        return self.range.off is not ... and value == self.range.off

    @in_turn
    def _slid(self, change):
        position = change["new"]
        if self._moving or self._is_stop_nearest_to_value(position):
            return
        try:
            value = self._value_at(position)
        except ValueError as error:  # no front end slides there, but a message may
            self._refuse(error)
            return
        self._value, self._moving = value, True
        self.box.value = "off" if self._is_off(value) else shown(value)
        self._moving = False
        self.on_change(value)

    def _value_at(self, position):
        """The value that a position of the slider stands for, in three digits."""
        if self.range.off is not ... and position < self.range.first * (1 - 1e-6):
            return self.range.off
        value = float(f"{position:.3g}")
        whole = KINDS[self.name].whole and isfinite(value)
        return as_number(self.name, round(value) if whole else value)

    def _refuse(self, error: ValueError):
        """Go back to the value, and say why."""
        self.value = self._value
        self.on_error(str(error))

    def _is_stop_nearest_to_value(self, position) -> bool:
        """Whether the front end has only snapped a typed value to the slider's nearest stop."""
        if self._is_off(self._value) or self._value <= 0 or position <= 0:
            return position == self._value
        distance = log10(position / self._value) if self.range.log else position - self._value
        return abs(distance) < 0.5 * self.range.step

    @in_turn
    def _typed(self, change):
        if self._moving:
            return
        text = change["new"].strip().lower()
        try:
            if text in ("off", "none") and self.range.off is not ...:
                value = self.range.off
            else:
                value = as_number(self.name, _number(text))
        except ValueError as error:
            self._refuse(error)
            return
        self.value = value
        self.on_change(value)

    @property
    def disabled(self) -> bool:
        """Whether the student can move it now."""
        return self.slider.disabled

    @disabled.setter
    def disabled(self, disabled: bool):
        self.slider.disabled = self.box.disabled = disabled


def _number(text: str):
    """The number that a text means; the text itself where it means none, for the error's sentence."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text

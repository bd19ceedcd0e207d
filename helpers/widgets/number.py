"""The control of a number: a box for the exact value and a slider."""

from collections.abc import Callable
from math import isfinite, log10

from helpers.fields import Number
from helpers.widgets.typed import number_in
from helpers.widgets.words import label_of, shown

import ipywidgets as widgets

LABEL_WIDTH = "100px"
FOLDING = {
    **{"flex_flow": "row wrap", "max_width": "calc(100% - 4px)"},
    **{"height": "auto", "min_height": "28px", "align_items": "stretch"},
}
"""Layout of a wide list: on a narrow screen it stands under its label."""


class NumberControl:
    """A box for the exact number and a slider, which tells `move` what the student sets.

    The box takes every number that the field allows, also beyond the slider's ends.
    """

    def __init__(self, stage, name: str, kind: Number, move: Callable, label=None, part=None):
        """Make both; label and part, the name of their CSS classes, where they are not the field's."""
        self.stage, self.name, self.kind, self.span, self.move = stage, name, kind, kind.span, move
        self.slider = self._slider(f"control-{part or name}")
        self.box = stage.kit(
            widgets.Text,
            f"box-{part or name}",
            continuous_update=False,
            description=label or label_of(name),
            style={"description_width": "40px" if label else LABEL_WIDTH},
            layout={"width": "124px" if label else "184px", "flex": "0 0 auto"},
        )
        layout = {"flex_flow": "row wrap", "max_width": "560px"}
        if label:  # beside others
            layout["flex"] = "1 1 240px"
        self.widget = stage.kit(widgets.HBox, children=[self.box, self.slider], layout=layout)
        stage.follow(self.slider, self._slid)
        stage.follow(self.box, lambda text: move(self.read(text)))

    def _slider(self, css_class):
        span = self.span
        first = span.first if not span.log else round(log10(span.first), 6)
        kind = widgets.IntSlider if self.kind.whole else widgets.FloatSlider
        return self.stage.kit(
            widgets.FloatLogSlider if span.log else kind,
            css_class,
            min=first if span.off is ... else first - span.step,
            max=log10(span.last) if span.log else span.last,
            step=span.step,
            readout=False,
            layout={"flex": "1 1 auto", "width": "auto", "min_width": "160px"},
        )

    @property
    def value(self):
        """The value that is shown."""
        return self.read(self.box.value)

    @property
    def disabled(self) -> bool:
        """Whether the student cannot move it now."""
        return self.box.disabled

    def look(self, value, disabled: bool = False) -> dict:
        """Box and slider for this value."""
        text = "off" if self._is_off(value) else shown(self.name, value)
        position = self.slider.value
        if not self._stands_for(position, value):
            position = self._position_of(value)
        return {
            self.box: {"value": text, "disabled": disabled},
            self.slider: {"value": position, "disabled": disabled},
        }

    def read(self, text: str):
        """The value that a text in the box means, or ValueError."""
        if text.strip().lower() in ("off", "none") and self.span.off is not ...:
            return self.span.off
        return self.kind.check(self.name, number_in(self.name, text))

    def _slid(self, position):
        """Move, unless the front end has only snapped a typed value to the slider's nearest stop."""
        if self._stands_for(position, self.value):
            return self.stage.state
        return self.move(self._value_at(position))

    def _value_at(self, position):
        """The value that a position of the slider stands for, rounded to three digits."""
        if self.span.off is not ... and position < self.span.first * (1 - 1e-6):
            return self.span.off
        rounds = round if self.kind.whole and isfinite(position) else lambda x: float(f"{x:.3g}")
        return self.kind.check(self.name, rounds(position))

    def _position_of(self, value):
        position = self.slider.min if value is None else value
        if self.span.log:
            return min(max(position, 10**self.slider.min), 10**self.slider.max)
        return min(max(position, self.slider.min), self.slider.max)

    def _is_off(self, value) -> bool:
        return self.span.off is not ... and value == self.span.off

    def _stands_for(self, position, value) -> bool:
        """Whether a position is the slider's stop nearest to a value; the last one to all beyond it."""
        nearest = self._position_of(value)
        if not isfinite(position) or (self.span.log and position <= 0):
            return False
        distance = log10(position / nearest) if self.span.log else position - nearest
        return abs(distance) < 0.5 * self.span.step

"""One control for one field of an Experiment: a number with its slider, or a list to choose from."""

from collections.abc import Callable

from helpers.experiment import KINDS
from helpers.widgets.number import LABEL_WIDTH, SLIDERS, NumberControl
from helpers.widgets.turn import in_turn
from helpers.widgets.words import label_of

import ipywidgets as widgets

CHOICES = {
    name: {label: value for value, label in KINDS[name].labels.items()}
    for name in ("optimizer", "monitor")
}


class ChoiceControl(widgets.HBox):
    """A list to choose from."""

    def __init__(self, name: str, value, on_change: Callable, on_error: Callable):
        """Build it; `on_change(value)` hears of the student's choices only."""
        self.name = name
        self.dropdown = widgets.Dropdown(
            options=CHOICES[name],
            value=value,
            description=label_of(name),
            style={"description_width": LABEL_WIDTH},
            layout=widgets.Layout(width="230px"),
        ).add_class(f"control-{name}")
        self._moving = False
        self.on_change = on_change
        self.dropdown.observe(self._chosen, "value")
        super().__init__([self.dropdown])

    @property
    def value(self) -> str:
        """The chosen value."""
        return self.dropdown.value

    @value.setter
    def value(self, value: str):
        self._moving = True
        self.dropdown.value = value
        self._moving = False

    @in_turn
    def _chosen(self, change):
        if self._moving:
            return
        if change["new"] is None:  # only a message can choose nothing
            self.value = change["old"]
        else:
            self.on_change(change["new"])

    @property
    def disabled(self) -> bool:
        """Whether the student can choose now."""
        return self.dropdown.disabled

    @disabled.setter
    def disabled(self, disabled: bool):
        self.dropdown.disabled = disabled


def make_control(name: str, value, on_change: Callable, on_error: Callable):
    """Make the control of a field that has a slider or a list."""
    kind = NumberControl if name in SLIDERS else ChoiceControl
    return kind(name, value, on_change, on_error)

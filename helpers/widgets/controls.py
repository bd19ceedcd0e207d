"""One control for one field of an Experiment: the kind of field decides which."""

from functools import partial

from helpers.experiment import FIELDS, KINDS
from helpers.fields import Choice, Number, Switch
from helpers.widgets.number import LABEL_WIDTH, NumberControl
from helpers.widgets.schedule_control import ScheduleControl
from helpers.widgets.words import label_of

import ipywidgets as widgets


class ListControl:
    """A list to choose from, or a switch: one widget that holds the value itself."""

    def __init__(self, stage, name: str, kind: Choice | Switch, move):
        """Make it; `move` hears what the student chooses."""
        common = {"description": label_of(name)}
        if isinstance(kind, Choice):
            common["options"] = [(label, value) for value, label in kind.labels.items()]
            common["style"] = {"description_width": LABEL_WIDTH}
            self.widget = stage.kit(
                widgets.Dropdown, f"control-{name}", layout={"width": "230px"}, **common
            )
        else:
            margin = {"margin": f"2px 2px 2px {LABEL_WIDTH}", "width": "auto"}
            self.widget = stage.kit(
                widgets.Checkbox, f"control-{name}", layout=margin, indent=False, **common
            )
        stage.follow(self.widget, lambda value: move(kind.check(name, value)))

    @property
    def value(self):
        """The value that is shown."""
        return self.widget.value

    @property
    def disabled(self) -> bool:
        """Whether the student cannot choose now."""
        return self.widget.disabled

    def look(self, value, disabled: bool = False) -> dict:
        """The widget for this value."""
        return {self.widget: {"value": value, "disabled": disabled}}


CONTROLS = {Number: NumberControl, Choice: ListControl, Switch: ListControl}
CONTROLLED = tuple(
    name for name in FIELDS if name == "schedule" or getattr(KINDS[name], "span", True)
)
"""The fields that have a control."""


def make_control(stage, name: str):
    """Make the control of a field, whose moves go to the stage's `move(name, value)`."""
    move = partial(stage.move, name)
    if name == "schedule":
        return ScheduleControl(stage, move)
    return CONTROLS[type(KINDS[name])](stage, name, KINDS[name], move)

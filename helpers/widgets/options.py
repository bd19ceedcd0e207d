"""The row between controls and picture: pin, reset, regions, seeds, and what a field adds to it."""

from helpers.schedules import SCHEDULES
from helpers.widgets import in_class

import ipywidgets as widgets

SHAPING = {"schedule", "warmup", *(name for s in SCHEDULES.values() for name in s.settings)}
"""The fields that shape the rate over a run."""


class Options:
    """Buttons, and lists of what the picture shows besides the run."""

    def __init__(self, stage, more):
        """Make them, and put in more buttons; the axes of the rate for fields that shape it alone."""
        self.stage, self.lists = stage, {}
        numbers = sorted({0, 10, 20, 30, in_class.SETTINGS.seeds})
        row = [
            stage.button("Pin this run", "Keep this run on the picture", stage.pin, "explorer-pin"),
            stage.button("Reset", "Back to the first run", stage.reset, "explorer-reset"),
            *more,
            self._list("seeds", "more seeds", [(str(n or "off"), n) for n in numbers]),
        ]
        self.hold = None
        if "momentum" in stage.fields:
            self.hold = stage.kit(
                widgets.Checkbox,
                "explorer-hold",
                description="hold rate / (1 - momentum)",
                indent=False,
                layout={"width": "220px"},
            )
            row.append(self.hold)
        if SHAPING.intersection(stage.fields):
            scales = [("logarithmic", False), ("linear", True)]
            units = [("epochs", False), ("updates", True)]
            row.append(self._list("linear_rate", "rate axis", scales, "rate-scale"))
            row.append(self._list("over_updates", "time axis", units, "rate-unit"))
        layout = {"flex_flow": "row wrap", "align_items": "center"}
        self.widget = stage.kit(widgets.HBox, children=row, layout=layout)

    def _list(self, field, description, options, css_class=None):
        """Make a list whose choice is a field of the state."""
        self.lists[field] = self.stage.kit(
            widgets.Dropdown,
            f"explorer-{css_class or field}",
            description=description,
            options=options,
            style={"description_width": "initial"},
            layout={"width": "auto"},
        )
        self.stage.follow(self.lists[field], lambda value: self.stage.choose(field, value))
        return self.lists[field]

    @property
    def holds_step_size(self) -> bool:
        """Whether the learning rate follows the momentum."""
        return bool(self.hold and self.hold.value)

    def look(self, state) -> dict:
        """What the lists say."""
        return {widget: {"value": getattr(state, name)} for name, widget in self.lists.items()}

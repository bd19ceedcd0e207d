"""The row between controls and picture: pin, reset, regions, seeds, and what a field adds to it."""

import ipywidgets as widgets


class Options(widgets.HBox):
    """Buttons and switches of an explorer; `watch(explorer)` connects them."""

    def __init__(self, fields: tuple[str, ...], regions: bool):
        """Make the widgets; regions: whether the decision regions are shown at first."""
        self.pin = widgets.Button(
            description="Pin this run", tooltip="Keep this run on the picture"
        )
        self.reset = widgets.Button(description="Reset", tooltip="Back to the first run")
        self.regions = widgets.ToggleButton(
            value=regions,
            description="Decision regions",
            tooltip="Show what the network predicts over the plane",
        )
        self.more_seeds = _dropdown(
            "more seeds", [("off", 0), ("10", 10), ("20", 20), ("30", 30)], 10
        )
        self.hold = widgets.Checkbox(
            description="hold learning_rate / (1 - momentum) constant",
            indent=False,
            layout=widgets.Layout(width="330px"),
        )
        self.scale = _dropdown("rate axis", [("logarithmic", False), ("linear", True)], False)
        self.unit = _dropdown("time axis", [("epochs", False), ("updates", True)], False)
        named = {"pin": self.pin, "reset": self.reset, "show-regions": self.regions}
        named["seeds"] = self.more_seeds
        if "momentum" in fields:
            named["hold"] = self.hold
        if "decay" in fields or "schedule" in fields:
            named.update({"rate-scale": self.scale, "rate-unit": self.unit})
        for name, widget in named.items():
            widget.add_class(f"explorer-{name}")
        for button in (self.pin, self.reset, self.regions):
            button.layout.width = "auto"
        super().__init__(
            list(named.values()), layout=widgets.Layout(flex_flow="row wrap", align_items="center")
        )

    @property
    def seeds(self) -> int:
        """How many more seeds to draw."""
        return self.more_seeds.value

    @property
    def holds_step_size(self) -> bool:
        """Whether the learning rate follows the momentum."""
        return self.hold.value

    def watch(self, explorer):
        """Connect every button and switch to the explorer."""
        self.pin.on_click(lambda _: explorer.pin())
        self.reset.on_click(lambda _: explorer.reset())
        self.regions.observe(lambda change: explorer.show_regions(change["new"]), "value")
        self.more_seeds.observe(lambda change: explorer.choose_seeds(change["new"]), "value")
        for axis in (self.scale, self.unit):
            axis.observe(lambda _: explorer.set_axes(self.scale.value, self.unit.value), "value")


def _dropdown(description, options, value):
    return widgets.Dropdown(
        description=description,
        options=options,
        value=value,
        style={"description_width": "initial"},
        layout=widgets.Layout(width="auto"),
    )

"""The control of a student's own schedule."""

from collections.abc import Callable

from helpers.experiment import Experiment
from helpers.widgets.number import NumberControl
from helpers.widgets.turn import in_turn

import ipywidgets as widgets

BREAKPOINTS = 3


class ScheduleControl(widgets.VBox):
    """A piecewise-constant rate: from which epoch on, which rate; three breakpoints to set."""

    def __init__(self, experiment: Experiment, on_change: Callable, on_error: Callable):
        """Build a row for each breakpoint; `on_change(schedule)` hears of the student's moves only."""
        if len(experiment.schedule) > BREAKPOINTS:
            raise ValueError(
                f"schedule has {len(experiment.schedule)} breakpoints, but the control at most "
                f"{BREAKPOINTS}."
            )
        self.on_change, self.last, self._moving = on_change, experiment.epochs - 1, True
        self.rows = [self._row(number, on_error) for number in range(BREAKPOINTS)]
        self.value = experiment.schedule
        wrap = widgets.Layout(flex_flow="row wrap", align_items="center", max_width="700px")
        super().__init__([widgets.HBox(row, layout=wrap) for row in self.rows])
        self.add_class("control-schedule")

    def _row(self, number, on_error):
        used = widgets.Checkbox(
            description=f"breakpoint {number + 1}",
            indent=False,
            layout=widgets.Layout(width="110px"),
        )
        start = widgets.IntSlider(
            min=1,
            max=self.last,
            description="from epoch",
            style={"description_width": "74px"},
            layout=widgets.Layout(flex="1 1 200px", width="auto", min_width="180px"),
        ).add_class(f"control-epoch-{number + 1}")
        rate = NumberControl("learning_rate", 1e-3, lambda _: self._use(number), on_error)
        rate.box.description = "rate"
        rate.box.style.description_width = "40px"
        rate.box.layout.width = "120px"
        rate.layout.flex = "1 1 240px"
        rate.slider.remove_class("control-learning_rate").add_class(f"control-rate-{number + 1}")
        used.observe(self._changed, "value")
        start.observe(lambda _: self._use(number), "value")
        return used, start, rate

    @property
    def value(self) -> tuple[tuple[int, float], ...]:
        """The breakpoints in use, in the order of their epochs; of two in one epoch, the last."""
        used = {start.value: rate.value for used, start, rate in self.rows if used.value}
        return tuple(sorted(used.items()))

    @value.setter
    def value(self, schedule):
        self._moving = True
        for number, (used, start, rate) in enumerate(self.rows):
            used.value = number < len(schedule)
            epoch, level = (self.last * (number + 1) // (BREAKPOINTS + 1), 1e-3)
            start.value, rate.value = schedule[number] if used.value else (max(epoch, 1), level)
        self._moving = False

    @property
    def disabled(self) -> bool:
        """A schedule has a meaning beside everything."""
        return False

    @disabled.setter
    def disabled(self, disabled: bool):
        pass

    @in_turn
    def _use(self, number: int):
        """A breakpoint that is moved is in use from then on."""
        used = self.rows[number][0]
        if used.value or self._moving:
            self._changed(None)
        else:
            used.value = True  # which is a change itself

    @in_turn
    def _changed(self, _):
        if not self._moving:
            self.on_change(self.value)

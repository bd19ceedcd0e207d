"""The control of the schedule: a list, and under it the breakpoints of one's own steps."""

from typing import NamedTuple

from helpers.experiment import KINDS
from helpers.fields import shown
from helpers.schedules import NAMED, SCHEDULES
from helpers.widgets.number import FOLDING, LABEL_WIDTH, NumberControl

import ipywidgets as widgets

BREAKPOINTS = 3
CONSTANT, BY_DECAY, STEPS = tuple(SCHEDULES)[:3]


class Row(NamedTuple):
    """A breakpoint: whether it is in use, from which epoch on, which rate."""

    used: bool
    epoch: int
    rate: float


class Steps(tuple):
    """Pairs (epoch, rate) in the order of their epochs, which remember the rows they come from."""

    rows: list[Row]

    @classmethod
    def of(cls, rows: list[Row]):
        """The breakpoints in use; of two in one epoch, the last."""
        steps = cls(sorted({row.epoch: row.rate for row in rows if row.used}.items()))
        steps.rows = rows
        return steps


def check_breakpoints(schedule):
    """ValueError for more breakpoints than there are rows."""
    if not isinstance(schedule, str) and len(schedule) > BREAKPOINTS:
        raise ValueError(
            f"schedule is {shown(schedule)}, but must have at most {BREAKPOINTS} breakpoints "
            "beside a control of it."
        )


class ScheduleControl:
    """A list of the schedules; one's own steps have three breakpoints to set."""

    def __init__(self, stage, move):
        """Make the list and a row for each breakpoint; `move` hears which schedule is chosen."""
        self.stage, self.move, self.last = stage, move, stage.start.epochs - 1
        self.list = stage.kit(
            widgets.Dropdown,
            "control-schedule",
            options=self._options(),
            description="schedule",
            style={"description_width": LABEL_WIDTH},
            layout={"width": "370px", **FOLDING},
        )
        self.rows = [self._row(number) for number in range(BREAKPOINTS if self.last else 0)]
        wrap = {"flex_flow": "row wrap", "align_items": "center", "max_width": "700px"}
        lines = [
            stage.kit(widgets.HBox, children=[used, start, rate.widget], layout=wrap)
            for used, start, rate in self.rows
        ]
        self.folded, self.unfolded = (self.list,), (self.list, *lines)
        self.widget = stage.kit(widgets.VBox, children=self.folded)
        stage.follow(self.list, self._chosen)

    def _options(self):
        """Labels and keys; without a second epoch there is no place for a step."""
        keys = (CONSTANT, STEPS, *NAMED) if self.last else (CONSTANT, *NAMED)
        labels = [SCHEDULES[key].label for key in keys]
        if self.stage.start.decay or "decay" in self.stage.fields:
            labels[0] += f" or {SCHEDULES[BY_DECAY].label}"
        return list(zip(labels, keys, strict=True))

    def _row(self, number):
        kit = self.stage.kit
        used = kit(
            widgets.Checkbox,
            description=f"breakpoint {number + 1}",
            indent=False,
            layout={"width": "110px"},
        )
        start = kit(
            widgets.IntSlider,
            f"control-epoch-{number + 1}",
            min=1,
            max=self.last,
            description="from epoch",
            style={"description_width": "74px"},
            layout={"flex": "1 1 200px", "width": "auto", "min_width": "180px"},
        )
        follow, change, kind = self.stage.follow, self._changed, KINDS["learning_rate"]
        follow(used, lambda value: change(number, used=value))
        follow(start, lambda epoch: change(number, used=True, epoch=epoch))
        rate = NumberControl(
            self.stage,
            "learning_rate",
            kind,
            lambda rate: change(number, used=True, rate=rate),
            "rate",
            f"rate-{number + 1}",
        )
        return used, start, rate

    def _changed(self, number: int, **change):
        """A row has changed; what is moved is in use from then on."""
        rows = self._rows()
        rows[number] = rows[number]._replace(**change)
        return self.move(Steps.of(rows))

    def _chosen(self, key):
        if key != STEPS:
            return self.move(() if key == CONSTANT else key)
        rows = self._rows()
        if not any(row.used for row in rows):
            rows[0] = rows[0]._replace(used=True)
        return self.move(Steps.of(rows))

    def _rows(self) -> list[Row]:
        """The rows as they stand."""
        if self.stage.state is None:  # not yet
            return self._rows_of(())
        return [Row(used.value, start.value, rate.value) for used, start, rate in self.rows]

    def _rows_of(self, schedule) -> list[Row]:
        """The rows for a schedule; where nothing is given, half of what is left, at a tenth of the rate."""
        epoch, rate, rows = 0, self.stage.start.learning_rate, []
        for number in range(len(self.rows)):
            epoch, rate = (epoch + self.last + 1) // 2, max(rate / 10, 1e-12)
            if number < len(schedule):
                epoch, rate = schedule[number]
            rows.append(Row(number < len(schedule), epoch, rate))
        return rows

    @property
    def value(self):
        """The schedule that is shown."""
        if self.list.value == STEPS:
            return Steps.of(self._rows())
        return () if self.list.value == CONSTANT else self.list.value

    disabled = False  # a schedule has an effect beside everything

    def look(self, value, disabled: bool = False) -> dict:
        """The list, and the rows, which stay as they stand where the schedule has no steps."""
        key = value if isinstance(value, str) else STEPS if value else CONSTANT
        rows = getattr(value, "rows", None)
        if not rows:
            rows = self._rows_of(value) if key == STEPS else self._rows()
        look = {self.list: {"value": key}}
        look[self.widget] = {"children": self.unfolded if key == STEPS else self.folded}
        for (used, start, rate), row in zip(self.rows, rows, strict=True):
            look |= {used: {"value": row.used}, start: {"value": row.epoch}} | rate.look(row.rate)
        return look

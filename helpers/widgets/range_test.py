"""The explorer of the range test: controls of an experiment, and what its test reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import isfinite

from helpers.experiment import FIELDS, Experiment, without_effect
from helpers.measures import rates_read
from helpers.pictures import RangeScene, range_picture
from helpers.pictures.stills import still_bundle
from helpers.training import RangeTest, range_test
from helpers.widgets.controls import make_control
from helpers.widgets.stage import Stage
from helpers.widgets.state import experiment_of, start_of, values_of
from helpers.widgets.turn import TURN
from helpers.widgets.words import status_line, values_in_words

import ipywidgets as widgets

TESTED = ("optimizer", "momentum", "nesterov", "scaled", "problem", "seed", "batch_size")
"""The fields that change a range test and have a control."""


@dataclass(frozen=True)
class State:
    """What the controls say, the test on the picture, and the one before."""

    values: Mapping
    test: RangeTest
    previous: RangeTest | None = None


class RangeExplorer(Stage):
    """Controls over the fields of an Experiment; a move runs its range test and redraws it."""

    interrupted = "Interrupted: this is still the test before."

    def __init__(self, fields: tuple[str, ...], experiment: Experiment):
        """Build the controls, run the first test and show it."""
        super().__init__()
        self.fields = fields
        with self.whole_or_nothing():
            self.controls = {name: make_control(self, name) for name in fields}
            self.picture = range_picture()
            label = "Loss over the learning rate; the sentence below says what the rules read"
            self.figure = self.figure_of(self.picture, label, "explorer-figure")
            back = self.button("Reset", "Back to the first test", self.reset, "explorer-reset")
            row = self.kit(widgets.HBox, children=[back])
            controls = [control.widget for control in self.controls.values()]
            self.children = [*controls, row, self.figure, self.status]
            self.begin(lambda: State(values_of(experiment), range_test(experiment)))
        self.first = self.state

    def reset(self):
        """Return to the first test, without a ghost."""
        self.attempt(lambda: self.first)

    def move(self, name: str, value) -> State:
        """One control moved: run that test."""
        before, values = self.state, {**self.state.values, name: value}
        experiment = experiment_of(values)
        if experiment == before.test.experiment:
            return State(values, before.test, before.previous)
        return State(values, range_test(experiment), before.test)

    def told(self, state: State) -> str:
        """The values that the words tell."""
        idle = without_effect(state.values)
        fields = [name for name in FIELDS if name in self.fields and name not in idle]
        return values_in_words(state.test.experiment, fields)

    def scene(self, state: State) -> RangeScene:
        """What the picture shows."""
        return RangeScene(state.test, state.previous, self.told(state))

    def look(self, state: State) -> dict:
        """Everything that is shown."""
        look = {
            self.figure: self.picture.draw(self.scene(state))._asdict(),
            self.status: {"value": status_line(sentence_of(state.test, self.told(state)))},
        }
        idle = without_effect(state.values)
        for name, control in self.controls.items():
            look |= control.look(state.values[name], name in idle)
        return look

    def without_kernel(self) -> dict:
        """Static picture, and a text that never varies."""
        with TURN:
            still = self.picture.still(self.scene(self.state))
        return still_bundle([still], "Explorer of the range test", self.told(self.state))


def sentence_of(test: RangeTest, values: str) -> str:
    """What the rules read, as HTML."""
    steepest, tenth = rates_read(test).values()
    told = f"{escape(values)}: " if values else ""
    if not isfinite(tenth):
        return f"{told}the loss never falls, so there is no rate to read."
    return (
        f"{told}the loss falls most steeply at the rate <b>{steepest:.2g}</b>; it is lowest at "
        f"{10 * tenth:.2g}, and a tenth of that is <b>{tenth:.2g}</b>."
    )


def explore_range_test(*fields: str, **fixed) -> RangeExplorer:
    """Range tests (Smith, 2015) live: each move runs the test of that experiment and redraws it.

    fields: what to control, one or more of "optimizer", "momentum", "nesterov", "scaled", "problem",
    "seed" and "batch_size"; without any, the momentum
    fixed: values of other fields of Experiment, and where the controls start
    """
    fields = fields or ("momentum",)
    return RangeExplorer(fields, start_of("explore_range_test", fields, TESTED, fixed))

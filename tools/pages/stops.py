"""The stops of each kind of explorer: its knobs, and the state, the run and the pictures at every place of them."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

from helpers.descent import METHODS
from helpers.experiment import without_effect
from helpers.measures import smoothed
from helpers.mysteries import causes_of, mystery
from helpers.outcome import KINDS_OF_RUN
from helpers.training import range_test, train_many
from helpers.widgets.descent import SURFACES, DescentExplorer
from helpers.widgets.explorer import Explorer
from helpers.widgets.mystery import CAUSE, KIND, MysteryRun
from helpers.widgets.mystery import State as MysteryState
from helpers.widgets.number import NumberControl
from helpers.widgets.range_test import RangeExplorer
from helpers.widgets.range_test import State as RangeState
from helpers.widgets.schedule_control import ScheduleControl
from helpers.widgets.state import experiment_of
from tools.pages.knobs import Knob, choice, knob_of, number_knob

CHUNK = 64  # runs in memory at a time
CURVES = ("accuracy", "val_accuracy", "loss", "val_loss", "learning_rate")
BESIDE = {"decay": ("batch_size",), "patience": ("monitor",), "schedule": ("learning_rate",)}
"""What the text of a notebook asks to move as well, beside a lone control."""


class Stop(NamedTuple):
    """The state of an explorer at a stop, and its run: a key, and the arrays of `names`; stops that are alike show the same."""

    state: object
    key: object = None
    arrays: dict = {}  # noqa: RUF012
    alike: object = None


def samples(problem) -> dict[str, int]:
    """Accuracy: how many samples it is the share of."""
    return {"accuracy": len(problem.data.trainX), "val_accuracy": len(problem.data.testX)}


class Curves:
    """The stops of an explorer of runs."""

    names = CURVES

    def __init__(self, explorer: Explorer, most: int | None):
        """A knob for each of its fields, and for what stands beside a lone one; a lone slider has every stop."""
        self.explorer, fields, values = explorer, explorer.fields, explorer.first.values
        beside = BESIDE.get(fields[0], ()) if len(fields) == 1 else ()
        many = [
            f for f in fields if isinstance(explorer.controls[f], NumberControl | ScheduleControl)
        ]
        self.knobs = [
            knob_of(name, explorer.controls[name], values[name], many == [name], most)
            for name in (*fields, *beside)
        ]
        self.per = samples(explorer.history.problem)
        self.goals = list(explorer.goals.goals)

    def stops(self, settings: Iterable[dict]):
        """Train what the settings mean; the ghost is the run itself, and the page puts another there."""
        first, settings = self.explorer.first, iter(settings)
        while chunk := list(islice(settings, CHUNK)):
            values = [{**first.values, **setting} for setting in chunk]
            experiments = [experiment_of(each) for each in values]
            histories = train_many(experiments, every_epoch=True)  # regions ask for an epoch
            for each, experiment, history in zip(values, experiments, histories):
                beside = {"pins": (), "band": (), "met": {}}
                state = replace(first, values=each, history=history, previous=history, **beside)
                yield Stop(state, experiment, {name: getattr(history, name) for name in CURVES})

    def beside(self, state) -> dict:
        """The goals that are met, and the controls that have no effect."""
        met = self.explorer.goals.met_by(state.history, {}, "")
        idle = without_effect(state.values)
        return {
            "met": [int(goal in met) for goal in self.goals],
            "idle": [int(knob.name in idle) for knob in self.knobs],
        }

    def figures(self, state) -> list:
        """The widgets that are shown as pictures."""
        return [self.explorer.figure, *([self.explorer.regions.figure] if state.regions else [])]


class Ranges:
    """The stops of an explorer of range tests."""

    names, per, goals = ("loss", "mean", "learning_rate"), {}, ()

    def __init__(self, explorer: RangeExplorer, most: int | None):
        """A knob for each control."""
        self.explorer, values = explorer, explorer.first.values
        numbers = sum(isinstance(c, NumberControl) for c in explorer.controls.values())
        self.knobs = [
            knob_of(name, control, values[name], numbers < 2, most)
            for name, control in explorer.controls.items()
        ]

    def stops(self, settings):
        """Run the tests."""
        for setting in settings:
            values = {**self.explorer.first.values, **setting}
            test = range_test(experiment_of(values))
            arrays = {"loss": test.loss, "mean": smoothed(test.loss)}
            arrays["learning_rate"] = test.learning_rate
            yield Stop(RangeState(values, test, test), test.experiment, arrays)

    def beside(self, state) -> dict:
        """The controls that have no effect."""
        idle = without_effect(state.values)
        return {"met": [], "idle": [int(knob.name in idle) for knob in self.knobs]}

    def figures(self, state) -> list:
        """The widgets that are shown as pictures."""
        return [self.explorer.figure]


class Paths(Ranges):
    """The stops of the explorer of gradient descent."""

    names = ()

    def __init__(self, explorer: DescentExplorer, most: int | None):
        """A knob for each control, and one for the number of steps."""
        self.explorer, state = explorer, explorer.state
        surfaces = {bowl: words for words, bowl in SURFACES.items()}
        steps = [1, 3, 10, 30, 100]
        self.knobs = [
            choice("bowl", surfaces, state.bowl, "surface"),
            choice("method", {method: method for method in METHODS}, state.method, "optimizer"),
            number_knob(explorer.rate, state.learning_rate, False, most),
            number_knob(explorer.momentum, state.momentum, False, most),
            Knob("steps", "steps", "number", steps, [*map(str, steps)], steps.index(state.steps)),
        ]

    def stops(self, settings):
        """Walk."""
        for setting in settings:
            state = replace(self.explorer.state, **setting)
            yield Stop(state, alike=state if state.has_momentum else replace(state, momentum=0))

    def beside(self, state) -> dict:
        """Momentum has an effect beside SGD alone."""
        idle = [int(knob.name == "momentum" and not state.has_momentum) for knob in self.knobs]
        return {"met": [], "idle": idle}


class Mysteries(Ranges):
    """The stops of a mystery run: some runs, and every answer to both questions."""

    names = CURVES

    def __init__(self, explorer: MysteryRun, most: int | None):
        """Ten runs; the answers begin unchosen."""
        self.explorer, self.per = explorer, samples(explorer.state.mystery.history.problem)
        runs = list(range(2 if most else 10))
        kinds, causes = (
            {"": "choose …"} | dict(zip(a, a)) for a in (KINDS_OF_RUN, causes_of(explorer.topic))
        )
        self.knobs = [
            Knob("run", "run", "number", runs, [str(run + 1) for run in runs], 0),
            choice("kind", kinds, "", KIND),
            choice("cause", causes, "", CAUSE),
        ]

    def stops(self, settings):
        """Draw the runs."""
        drawn = lru_cache(maxsize=1)(partial(mystery, self.explorer.topic))
        for setting in settings:
            shown = drawn(setting["run"])
            state = MysteryState(setting["run"], shown, setting["kind"], setting["cause"])
            yield Stop(state, setting["run"], {n: getattr(shown.history, n) for n in CURVES})

    def beside(self, state) -> dict:
        """Nothing."""
        return {"met": [], "idle": [0, 0, 0]}


RECORDERS = {Explorer: Curves, RangeExplorer: Ranges, DescentExplorer: Paths, MysteryRun: Mysteries}

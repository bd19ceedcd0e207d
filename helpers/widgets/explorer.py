"""An explorer: controls on top, the picture under them, and the run in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from helpers.experiment import FIELDS, PLATEAU, Experiment, History, without_effect
from helpers.pictures import Scene, curves_picture
from helpers.pictures.stills import still_bundle
from helpers.problems import problem_of
from helpers.schedules import NAMED, SCHEDULES
from helpers.training import train
from helpers.widgets import in_class
from helpers.widgets.controls import make_control
from helpers.widgets.fold import Fold
from helpers.widgets.goals import Goals
from helpers.widgets.options import Options
from helpers.widgets.pace import PACE
from helpers.widgets.pins import Pins
from helpers.widgets.regions import Regions
from helpers.widgets.seeds import BackgroundRuns
from helpers.widgets.stage import Stage
from helpers.widgets.state import State, experiment_of, following, values_of
from helpers.widgets.turn import TURN
from helpers.widgets.words import label_of, sentence_of, status_line, title_of, values_in_words

SHAPES = dict.fromkeys(setting for name in NAMED for setting in SCHEDULES[name].settings)
COMPANIONS = {
    "decay": ("batch_size",),
    "patience": ("monitor", *PLATEAU),
    "schedule": ("learning_rate", "warmup", *SHAPES),
}
"""Further controls of an explorer that is about this field alone."""


class Explorer(Stage):
    """Controls over the fields of an Experiment; a move trains it and redraws the curves."""

    def __init__(
        self,
        fields: tuple[str, ...],
        experiment: Experiment,
        pinned: list[Experiment],
        goals: Mapping[str, Callable],
        loss: bool = False,
    ):
        """Build the controls, train the first run and the pinned ones, and show them."""
        super().__init__()
        self.fields, self.start = fields, experiment
        with self.whole_or_nothing():
            self._build(goals, loss)
            self.begin(self._first, pinned)
        self.first = self.state

    def _build(self, goals, loss):
        companions = COMPANIONS.get(self.fields[0], ()) if len(self.fields) == 1 else ()
        self.controls = {name: make_control(self, name) for name in (*self.fields, *companions)}
        self.picture = curves_picture("patience" in self.fields, loss)
        curves = "Accuracy, loss" if loss else "Accuracy"
        label = f"{curves} and learning rate over the epochs; the sentence below says the result"
        self.figure = self.figure_of(self.picture, label, "explorer-figure")
        self.regions, self.goals = Regions(self, self.figure), Goals(self, goals)
        self.pins, self.fold = Pins(self), Fold(self)
        planar = "problem" in self.fields or problem_of(self.start).features == 2
        self.options = Options(self, [self.regions.button] * planar)
        self.background = BackgroundRuns(lambda *told: self.attempt(self._banded, *told))
        self.figure.observe(self._attended, "looked_at")
        self.children = [
            *(control.widget for control in self.controls.values()),
            self.options.widget,
            self.regions.widget,
            self.status,
            *([self.goals.widget] if goals else []),
            self.pins.widget,
            self.fold.widget,
        ]

    @property
    def history(self) -> History:
        """The run on the picture."""
        return self.state.history

    @property
    def values(self) -> Mapping:
        """What the controls say."""
        return self.state.values

    # What the student does

    def reset(self):
        """Return to the first run and the first pins, without a ghost; axes and options stay."""
        self.attempt(self._reset)

    def pin(self):
        """Keep the run on the picture."""
        self.attempt(lambda: replace(self.state, pins=self.pins.added(self.history)))

    # Actions: each returns the next state

    def _first(self, pinned: list[Experiment]) -> State:
        history, pins = train(self.start), tuple(map(train, pinned))
        shown = {
            "regions": self.fields == ("learning_rate",) and in_class.SETTINGS.regions,
            "seeds": in_class.SETTINGS.seeds,
            "linear_rate": self.fields == ("decay",),
        }
        state = State(values_of(self.start), history, pins=pins, **shown)
        return self._with_goals(state)

    def _reset(self) -> State:
        first = self.first
        again = {"values": first.values, "rates": {}, "previous": None, "epoch": None}
        again["regions_of"] = None
        band = self.state.band if self.history is first.history else ()
        history = {"history": first.history, "pins": first.pins, "met": first.met, "band": band}
        return replace(self.state, **again, **history)

    def move(self, name: str, value) -> State:
        """One control moved: train that experiment."""
        before = self.state
        values = {**before.values, name: value}
        rates = {**before.rates, before.values["optimizer"]: before.values["learning_rate"]}
        if name != "optimizer" or "learning_rate" in self.controls:  # a fixed rate stays
            hold = self.options.holds_step_size
            values["learning_rate"] = following(values, before, name, hold)
        experiment = experiment_of(values)
        if experiment == before.history.experiment:
            return replace(before, values=values, rates=rates)
        run = {"history": PACE.timed(train, experiment), "previous": before.history, "band": ()}
        run |= {"epoch": None, "regions_of": self.regions.left(before)}
        return self._with_goals(replace(before, values=values, rates=rates, **run))

    def choose(self, option: str, value) -> State:
        """One of the options was chosen, such as an axis."""
        state = replace(self.state, **{option: value})
        if option == "seeds":
            state = replace(state, band=())
        if option == "regions":
            state = replace(state, epoch=None, regions_of=None)
        return state

    def _with_goals(self, state: State) -> State:
        met = self.goals.met_by(state.history, state.met, self.told(state, state.history))
        return replace(state, met=met)

    def _banded(self, history: History, number: int, result: list[History] | Exception) -> State:
        if isinstance(result, Exception):
            raise result
        late = history is not self.history or number != self.state.seeds
        return self.state if late else replace(self.state, band=(history, *result))

    # What the explorer shows

    def told(self, state: State, history: History, more=()) -> str:
        """The values of a run that its words tell: those under control, and others that moved."""
        values = values_of(history.experiment)
        others = values_of(self.start), values_of(state.history.experiment)
        moved = {name for name in FIELDS if any(values[name] != other[name] for other in others)}
        fields = moved.union(self.fields, more) - without_effect(values)
        return values_in_words(history.experiment, [name for name in FIELDS if name in fields])

    def scene(self, state: State) -> Scene:
        """What the picture shows."""
        title = title_of(state.history, self.told(state, state.history))
        beside = state.previous, list(state.band), list(state.pins), state.epoch
        axes = state.linear_rate, state.over_updates
        return Scene(state.history, title, *beside, *axes, runs_wanted=1 + state.seeds)

    def look(self, state: State) -> dict:
        """Everything that is shown."""
        sentence = sentence_of(state.history, self.told(state, state.history))
        look = {
            self.figure: self.picture.draw(self.scene(state))._asdict(),
            self.status: {"value": status_line(sentence)},
        }
        idle = without_effect(state.values)
        for name, control in self.controls.items():
            look |= control.look(state.values[name], name in idle)
        for part in (self.regions, self.options, self.goals, self.pins, self.fold):
            look |= part.look(state)
        return look

    def rest(self):
        """Close what is unpinned; regions that were left, and more seeds, come while nothing moves."""
        self.pins.tidy()
        if self.state:
            self.regions.rest(self.state)
            if self.figure.looked_at:
                self.background.train(self.history, self.state.seeds, self.state.band[1:])
            else:
                self.background.cancel()

    def _attended(self, _):
        with TURN:
            self.rest()

    def close(self):
        """Close all models, and train and draw nothing more."""
        if hasattr(self, "background"):
            self.background.cancel()
            self.regions.later.cancel()
        super().close()

    def without_kernel(self) -> dict:
        """Static picture, and a text that never varies."""
        with TURN:
            stills = [self.picture.still(self.scene(self.state))]
            if scene := self.regions.scene(replace(self.state, regions_of=None)):
                stills.append(self.regions.picture.still(scene))
        text = f"Explorer of {', '.join(map(label_of, self.fields))}"
        values = self.told(self.state, self.history, self.controls)
        return still_bundle(stills, text, values)

"""An explorer: controls on top, the picture under them, and the run in words."""

from html import escape

from helpers.experiment import FIELDS, Experiment, History
from helpers.training import train
from helpers.widgets.controls import make_control
from helpers.widgets.fold import Fold
from helpers.widgets.goals import Goals
from helpers.widgets.options import Options
from helpers.widgets.panels import AccuracyPanel, RatePanel
from helpers.widgets.picture import ImageWithTitle, Picture, Scene, still_bundle
from helpers.widgets.pins import Pins
from helpers.widgets.plateau import MonitorPanel, WaitPanel
from helpers.widgets.regions import Regions
from helpers.widgets.schedule_control import ScheduleControl
from helpers.widgets.seeds import BackgroundRuns
from helpers.widgets.turn import TURN, in_turn
from helpers.widgets.values import experiment_of, following, meaningless
from helpers.widgets.words import (
    differing_fields,
    label_of,
    sentence_of,
    status_line,
    title_of,
    values_in_words,
)

import ipywidgets as widgets

COMPANIONS = {
    "decay": ("batch_size",),
    "patience": ("monitor", "factor", "min_delta"),
    "schedule": ("learning_rate",),
}
"""Further controls of an explorer that is about this field alone."""

WIDTH = 560


class Explorer(widgets.VBox):
    """Controls over the fields of an Experiment; a move trains it and redraws the curves.

    `values` is what the controls say, `history` the run on the picture, `previous` its ghost.
    """

    def __init__(self, fields, experiment: Experiment, pinned: list[Experiment], goals: dict):
        """Build the controls, train the first run and the pinned ones, and show them."""
        self.fields, self.start, self.start_pins = fields, experiment, pinned
        self.rates = {}  # optimizer: the rate it was left at
        self.history = self.previous = self.epoch = None
        self.band = []
        self.goals = Goals(goals)
        self._build()
        super().__init__(self._rows())
        self.add_class("explorer")
        self.reset()
        self.options.watch(self)

    def _build(self):
        companions = COMPANIONS.get(self.fields[0], ()) if len(self.fields) == 1 else ()
        self.controls = {name: self._control(name) for name in (*self.fields, *companions)}
        self.rate_panel = RatePanel()
        watching = [MonitorPanel(), WaitPanel()] if "patience" in self.fields else []
        panels = [AccuracyPanel(), *watching, self.rate_panel]
        height = 150 + 85 * sum(panel.height for panel in panels)
        self.picture = Picture(panels, WIDTH, round(height))
        self.image = ImageWithTitle(
            WIDTH, "Accuracy and learning rate over the epochs; the sentence below says the result"
        ).add_class("explorer-figure")
        self.status = widgets.HTML().add_class("explorer-status")
        self.regions = Regions(self.start.epochs, self._replayed)
        self.regions.set_visible(self.fields == ("learning_rate",))
        self.pins = Pins(lambda: self.attempt(self.draw))
        self.background = BackgroundRuns(self._show_band)
        self.options = Options(self.fields, self.regions.visible)
        self.fold = Fold()

    def _control(self, name):
        def on_change(value):
            self.move(name, value)

        if name == "schedule":
            return ScheduleControl(self.start, on_change, self.say)
        return make_control(name, getattr(self.start, name), on_change, self.say)

    def _rows(self):
        wrap = widgets.Layout(flex_flow="row wrap")
        return [
            *self.controls.values(),
            self.options,
            widgets.HBox([self.image, self.regions], layout=wrap),
            self.status,
            self.goals,
            self.pins,
            self.fold,
        ]

    # What the student does: everything through `attempt`, which says what went wrong

    def attempt(self, action, *arguments) -> bool:
        """Do one thing at a time; an exception, which the front end would swallow, becomes a sentence."""
        with TURN:
            try:
                action(*arguments)
            except ValueError as error:
                self.say(str(error))
            except KeyboardInterrupt:
                self.say("Interrupted: this is still the run before.")
            except Exception as error:
                self.say(f"This could not be shown ({type(error).__name__}: {error}).")
            else:
                return True
            return False

    @in_turn
    def move(self, name: str, value):
        """One control moved: train that experiment and show it, or say why not and move it back."""
        before = self.values
        values = {**before, name: value}
        if name != "optimizer" or "learning_rate" in self.controls:  # a fixed rate stays
            hold = self.options.holds_step_size
            values = following(values, before, name, self.rates, hold)
        if self.attempt(lambda: self._train(experiment_of(values))):
            self.rates[before["optimizer"]] = before["learning_rate"]
            self.values = values
        self._update_controls()

    def _update_controls(self):
        disabled = meaningless(self.values)
        for name, control in self.controls.items():
            control.disabled = name in disabled
            if control.value != self.values[name]:
                control.value = self.values[name]

    @in_turn
    def reset(self):
        """Return to the first run and the first pins, without a ghost."""
        self.values = {name: getattr(self.start, name) for name in FIELDS}
        self.rates = {}
        self._update_controls()
        self.attempt(self._start)

    def _start(self):
        self.history = None
        self.pins.clear()
        self.goals.clear()
        for experiment in self.start_pins:
            fields = differing_fields(experiment, Experiment()) or ["learning_rate"]
            self.pins.add(train(experiment), values_in_words(experiment, fields))
        self._train(self.start)

    @in_turn
    def pin(self):
        """Keep the run on the picture."""
        label = values_in_words(self.history.experiment, self._told())
        if self.attempt(self.pins.add, self.history, label):
            self.attempt(self.draw)

    def show_regions(self, visible: bool):
        """Show the decision regions beside the curves, or hide them."""
        self.attempt(self.regions.set_visible, visible)

    @in_turn
    def choose_seeds(self, number: int):
        """Draw a band of this many more seeds from now on; 0 for none."""
        self._show_band([])
        self.background.start(self.history.experiment, number)

    @in_turn
    def set_axes(self, linear: bool, updates: bool):
        """Draw the rate on a linear axis, or over updates."""
        self.rate_panel.linear, self.rate_panel.updates = linear, updates
        self.attempt(self.draw)

    @in_turn
    def _replayed(self, epoch: int | None):
        self.epoch = epoch
        self.attempt(self.draw)

    @in_turn
    def _show_band(self, histories: list[History]):
        self.band = [self.history, *histories] if histories else []
        self.attempt(self.draw)

    # What the explorer shows

    def _train(self, experiment: Experiment):
        """Train and show; where that fails, the run before stays."""
        self.background.cancel()
        before = self.history, self.previous, self.band, self.epoch
        try:
            self.history, self.previous = train(experiment), self.history
            self.band, self.epoch = [], None
            self.draw()
            self.status.value = status_line(sentence_of(self.history, self._told()))
            self.regions.show(self.history)
            self.fold.show(self.history)
            self.goals.show(self.history, values_in_words(experiment, self._told()))
        except BaseException:  # the stop button, too
            self.history, self.previous, self.band, self.epoch = before
            raise
        self.background.start(experiment, self.options.seeds)

    def _told(self) -> list[str]:
        """The fields that the sentence names: those under control, and others that moved."""
        moved = differing_fields(self.history.experiment, self.start)
        return [name for name in FIELDS if name in self.fields or name in moved]

    def draw(self):
        """Draw the picture again."""
        title = title_of(self.history, self._told())
        self.image.value = self.picture.draw(
            Scene(self.history, title, self.previous, self.band, self.pins.histories, self.epoch)
        )

    def say(self, sentence: str):
        """Write a sentence in the status line."""
        self.status.value = status_line(escape(sentence))

    def _repr_mimebundle_(self, **kwargs):
        """Live view, static picture for readers without a kernel, and a text that never varies."""
        self.regions.draw_pending()
        images = [self.image, self.regions.image] if self.regions.visible else [self.image]
        text = f"Explorer of {', '.join(map(label_of, self.fields))}"
        return still_bundle(super()._repr_mimebundle_(**kwargs), [i.value for i in images], text)

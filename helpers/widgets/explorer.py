"""An explorer: controls on top, the picture under them, and the run in words."""

import base64
from html import escape
from io import BytesIO
from threading import RLock

from helpers.experiment import FIELDS, Experiment, History
from helpers.keras_code import keras_code
from helpers.training import train
from helpers.widgets.controls import CONTROLLED, make_control
from helpers.widgets.options import Options
from helpers.widgets.panels import AccuracyPanel, MonitorPanel, RatePanel, WaitPanel
from helpers.widgets.picture import ImageWithTitle, Picture, Scene
from helpers.widgets.pins import Pins
from helpers.widgets.regions import Regions
from helpers.widgets.seeds import BackgroundRuns
from helpers.widgets.words import (
    differing_fields,
    label_of,
    rules_in_words,
    sentence_of,
    title_of,
    values_in_words,
)

import ipywidgets as widgets
from PIL import Image

DEFAULT_RATES = {"sgd": 0.01, "rmsprop": 0.001, "adagrad": 0.001, "adam": 0.001}
COMPANIONS = {
    "decay": ("batch_size",),
    "patience": ("monitor", "factor", "min_delta"),
    "schedule": ("learning_rate",),
}
"""Further controls of an explorer that is about this field alone."""

WIDTH = 560


class Explorer(widgets.VBox):
    """Controls over the fields of an Experiment; a move trains it and redraws the curves.

    `experiment` is what the controls say, `history` the run on the picture, `previous` its ghost.
    """

    def __init__(self, fields: tuple[str, ...], experiment: Experiment, pinned: list[Experiment]):
        """Build the controls, train the first run and the pinned ones, and show them."""
        self._lock = RLock()  # a front end may run callbacks in a second thread
        self.fields, self.start, self.start_pins = fields, experiment, pinned
        self.rates = {}  # optimizer: the rate it was left at
        self._build()
        super().__init__(self._rows())
        self.add_class("explorer")
        self.reset()
        self.options.watch(self)

    def _build(self):
        companions = COMPANIONS.get(self.fields[0], ()) if len(self.fields) == 1 else ()
        self.controls = {
            name: make_control(name, getattr(self.start, name), self._mover(name), self.say)
            for name in (*self.fields, *companions)
        }
        self.rate_panel = RatePanel()
        watching = [MonitorPanel(), WaitPanel()] if "patience" in self.fields else []
        panels = [AccuracyPanel(), *watching, self.rate_panel]
        height = 150 + 85 * sum(panel.height for panel in panels)
        self.picture = Picture(panels, WIDTH, round(height))
        self.image = ImageWithTitle(
            WIDTH, "Accuracy and learning rate over the epochs; the sentence below says the result"
        ).add_class("explorer-figure")
        self.status = widgets.HTML().add_class("explorer-status")
        self.regions = Regions(self._replayed)
        self.regions.visible = self.fields == ("learning_rate",)
        self.pins = Pins(self.draw)
        self.background = BackgroundRuns(self._seeds_done)
        self.options = Options(self.fields, self.regions.visible)
        self.code = widgets.Textarea(
            rows=22,
            description="program",
            style={"description_width": "initial"},
            layout=widgets.Layout(width="100%"),
        ).add_class("explorer-code")

    def _rows(self):
        wrap = widgets.Layout(flex_flow="row wrap")
        self.fold = widgets.Accordion(
            [self.code, widgets.HTML(rules_in_words())],
            titles=["Keras program for these controls", "What the words mean"],
            selected_index=None,
            layout=widgets.Layout(max_width="930px"),
        ).add_class("explorer-fold")
        self.fold.observe(lambda _: self._write_code(), "selected_index")
        return [
            *self.controls.values(),
            self.options,
            widgets.HBox([self.image, self.regions], layout=wrap),
            self.status,
            self.pins,
            self.fold,
        ]

    # What the student does

    def _mover(self, name):
        return lambda value: self.move(name, value)

    def move(self, name: str, value):
        """One control moved: train that experiment and show it, or say why not and move it back."""
        with self._lock:
            try:
                values = self._following({**self.values, name: value}, name)
                self._train(Experiment(**meaningful(values)))
            except ValueError as error:
                self.say(str(error))
            except Exception as error:  # it would vanish into the log of JupyterLab
                self.say(f"This run could not be shown ({type(error).__name__}: {error}).")
            else:
                self.values = values
            self._update_controls()

    def _following(self, values, name):
        """The learning rate where it follows from what was moved."""
        if name == "optimizer" and "learning_rate" in self.controls:
            self.rates[self.values["optimizer"]] = self.values["learning_rate"]
            rate = self.rates.get(values["optimizer"], DEFAULT_RATES[values["optimizer"]])
            return {**values, "learning_rate": rate}
        if name == "momentum" and self.options.holds_step_size:
            ratio = (1 - values["momentum"]) / (1 - self.values["momentum"])
            rate = float(f"{values['learning_rate'] * ratio:.6g}")
            return {**values, "learning_rate": rate}
        return values

    def _update_controls(self):
        kept = meaningful(self.values)
        for name, control in self.controls.items():
            no_momentum = name == "momentum" and self.values["optimizer"] != "sgd"
            control.disabled = no_momentum or kept[name] != self.values[name]
            if control.value != self.values[name]:
                control.value = self.values[name]

    def reset(self):
        """Return to the first run and the first pins, without a ghost."""
        with self._lock:
            self.values = {name: getattr(self.start, name) for name in FIELDS}
            self.rates = {}
            self.history = None
            self._update_controls()
            self.pins.clear()
            for experiment in self.start_pins:
                fields = differing_fields(experiment, Experiment()) or ["learning_rate"]
                self.pins.add(train(experiment), values_in_words(experiment, fields))
            self._train(self.start)

    def pin(self):
        """Keep the run on the picture."""
        with self._lock:
            try:
                self.pins.add(self.history, values_in_words(self.history.experiment, self._told()))
                self.draw()
            except ValueError as error:
                self.say(str(error))

    def show_regions(self, visible: bool):
        """Show the decision regions beside the curves, or hide them."""
        with self._lock:
            self.regions.visible = visible

    def choose_seeds(self, number: int):
        """Draw a band of this many more seeds from now on; 0 for none."""
        with self._lock:
            self.band = []
            self.draw()
            self.background.start(self.history.experiment, number)

    def _replayed(self, epoch):
        with self._lock:
            self.epoch = epoch
            self.draw()

    def _seeds_done(self, histories: list[History]):
        with self._lock:
            self.band = [self.history, *histories]
            self.draw()

    # What the explorer shows

    def _train(self, experiment: Experiment):
        self.background.cancel()
        self.previous, self.history = self.history, train(experiment)
        self.band, self.epoch = [], None
        self.draw()
        self.status.value = f'<div role="status">{sentence_of(self.history, self._told())}</div>'
        self.regions.show(self.history)
        self._write_code()
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
        self.status.value = f'<div role="status">{escape(sentence)}</div>'

    def _write_code(self):
        if self.fold.selected_index == 0:
            self.code.value = keras_code(self.history.experiment)

    def _repr_mimebundle_(self, **kwargs):
        """Live view, static picture for readers without a kernel, and a text that never varies."""
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        images = [self.image, self.regions.image] if self.regions.visible else [self.image]
        bundle["image/png"] = base64.b64encode(side_by_side([i.value for i in images])).decode()
        bundle["text/plain"] = f"Explorer of {', '.join(map(label_of, self.fields))}"
        return bundle


def explore(*fields: str, pinned: list[Experiment] | None = None, **fixed) -> Explorer:
    """Sliders over fields of an Experiment: each move trains the whole run and redraws the curves.

    fields: names of the fields to control, such as "learning_rate", "momentum", "decay", "patience"
    pinned: up to six experiments that stay on the picture from the start
    fixed: values of other fields, and where the controls start

    ValueError, before anything trains, for a field that has no control or a value out of range.
    """
    if not fields or len(set(fields)) < len(fields) or not set(fields) <= set(CONTROLLED):
        raise ValueError(
            f"explore was given {', '.join(map(repr, fields)) or 'no field'}, but must be given "
            f"one or more different fields of: {', '.join(CONTROLLED)}."
        )
    for name in fixed:
        if name not in FIELDS:
            raise ValueError(f"{name!r} is no field of Experiment: {', '.join(FIELDS)} are.")
    return Explorer(fields, Experiment(**fixed), pinned or [])


def meaningful(values: dict) -> dict:
    """Set what has no meaning beside the other values to its default."""
    values = dict(values)
    if values["optimizer"] != "sgd":
        values["momentum"] = 0.0
    if values["optimizer"] != "adagrad":
        values["initial_accumulator"] = 0.1
    if values["patience"] is not None or values["schedule"]:
        values["decay"] = 0.0
    if values["schedule"]:
        values["patience"] = None
    return values


def side_by_side(pictures: list[bytes]) -> bytes:
    """Paste PNG pictures into one, left to right."""
    parts = [Image.open(BytesIO(picture)).convert("RGB") for picture in pictures]
    whole = Image.new(
        "RGB", (sum(part.width for part in parts), max(part.height for part in parts)), "white"
    )
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width
    buffer = BytesIO()
    whole.quantize(128).save(buffer, "png", optimize=True)
    return buffer.getvalue()

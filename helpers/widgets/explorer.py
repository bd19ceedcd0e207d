"""An explorer: controls on top, the picture under them, and the run in words."""

import base64
from html import escape
from io import BytesIO
from threading import RLock

from helpers.experiment import FIELDS, Experiment, History
from helpers.keras_code import keras_code
from helpers.outcome import RULES, outcome
from helpers.training import train
from helpers.widgets.controls import CONTROLLED, label_of, make_control, shown
from helpers.widgets.panels import AccuracyPanel, MonitorPanel, RatePanel, WaitPanel
from helpers.widgets.picture import ImageWithTitle, Picture, Scene
from helpers.widgets.pins import Pins
from helpers.widgets.regions import Regions
from helpers.widgets.seeds import BackgroundRuns

import ipywidgets as widgets
from PIL import Image

DEFAULT_RATES = {"sgd": 0.01, "rmsprop": 0.001, "adagrad": 0.001, "adam": 0.001}
WIDTH = 560


class Explorer(widgets.VBox):
    """Sliders over the fields of an Experiment; a move trains it and redraws the curves."""

    def __init__(self, fields: tuple[str, ...], experiment: Experiment):
        """Build the controls, train the first run and show it."""
        self._lock = RLock()  # a front end may run callbacks in a second thread
        self.fields, self.start = fields, experiment
        self.values = {name: getattr(experiment, name) for name in FIELDS}
        self.history = self.previous = self.epoch = None
        self.band = []
        self.rates = {}
        self.controls = {name: self._control(name) for name in fields}
        panels = [AccuracyPanel(), RatePanel()]
        if "patience" in fields:
            panels[1:1] = [MonitorPanel(), WaitPanel()]
        height = 150 + 85 * sum(panel.height for panel in panels)
        self.picture = Picture(panels, WIDTH, height)
        self.image = ImageWithTitle(
            WIDTH, "Accuracy and learning rate over the epochs; the sentence below says the result"
        )
        self.image.add_class("explorer-figure")
        self.status = widgets.HTML().add_class("explorer-status")
        self.regions = Regions(self._replayed)
        self.pins = Pins(self._draw)
        self.background = BackgroundRuns(self._seeds_done)
        super().__init__(self._rows())
        self.add_class("explorer")
        self._train(Experiment(**self.values))
        self.regions.visible = self.show_regions.value = fields == ("learning_rate",)
        self.show_regions.observe(self._regions_switched, "value")
        self.seeds.observe(self._seeds_chosen, "value")

    def _control(self, name):
        return make_control(
            name,
            self.values[name],
            lambda value: self._moved(name, value),
            lambda sentence: self._say(sentence),
        )

    def _rows(self):
        pin = widgets.Button(description="Pin this run", tooltip="Keep this run on the picture")
        reset = widgets.Button(description="Reset", tooltip="Back to the first run, without pins")
        pin.on_click(lambda _: self._pin())
        reset.on_click(lambda _: self.reset())
        self.show_regions = widgets.ToggleButton(
            description="Decision regions", tooltip="Show what the network predicts over the plane"
        )
        self.seeds = widgets.Dropdown(
            options=[("off", 0), ("10", 10), ("20", 20), ("30", 30)],
            value=10,
            description="more seeds",
            style={"description_width": "80px"},
            layout=widgets.Layout(width="150px"),
        )
        for widget, name in (
            (pin, "pin"),
            (reset, "reset"),
            (self.show_regions, "show-regions"),
            (self.seeds, "seeds"),
        ):
            widget.add_class(f"explorer-{name}")
        wrap = widgets.Layout(flex_flow="row wrap", align_items="center")
        self.code = widgets.Textarea(
            rows=22, layout=widgets.Layout(width="100%"), tooltip="Keras program, ready to copy"
        ).add_class("explorer-code")
        self.fold = widgets.Accordion(
            [self.code, widgets.HTML(_rules())],
            titles=["Keras program for these controls", "What the words mean"],
            selected_index=None,
            layout=widgets.Layout(max_width="930px"),
        ).add_class("explorer-fold")
        self.fold.observe(lambda _: self._write_code(), "selected_index")
        return [
            *self.controls.values(),
            widgets.HBox([pin, reset, self.show_regions, self.seeds], layout=wrap),
            widgets.HBox([self.image, self.regions], layout=widgets.Layout(flex_flow="row wrap")),
            self.status,
            self.pins,
            self.fold,
        ]

    # What the student does

    def _moved(self, name, value):
        """One control moved: train that experiment and show it."""
        with self._lock:
            values = {**self.values, name: value}
            if name == "optimizer" and "learning_rate" in self.controls:
                self.rates[self.values["optimizer"]] = self.values["learning_rate"]
                values["learning_rate"] = self.rates.get(value, DEFAULT_RATES[value])
            try:
                self._train(Experiment(**_meaningful(values)))
            except ValueError as error:
                self.controls[name].value = self.values[name]
                self._say(str(error))
            except Exception as error:  # would vanish into the log of JupyterLab
                self.controls[name].value = self.values[name]
                self._say(f"This run could not be shown ({type(error).__name__}: {error}).")
            else:
                self.values = values
                self._update_controls()

    def _update_controls(self):
        meaningful = _meaningful(self.values)
        for name, control in self.controls.items():
            control.disabled = meaningful[name] != self.values[name] or (
                name == "momentum" and self.values["optimizer"] != "sgd"
            )
            if control.value != self.values[name]:
                control.value = self.values[name]

    def reset(self):
        """Return to the first run, without pins and without a ghost."""
        with self._lock:
            self.values = {name: getattr(self.start, name) for name in FIELDS}
            self.rates = {}
            self.pins.clear()
            self.history = None
            self._update_controls()
            self._train(self.start)

    def _pin(self):
        with self._lock:
            sentence = self.pins.add(self.history, self._values_in_words())
            self._draw()
            if sentence:
                self._say(sentence)

    def _regions_switched(self, change):
        with self._lock:
            self.regions.visible = change["new"]

    def _seeds_chosen(self, change):
        with self._lock:
            self.band = []
            self._draw()
            self.background.start(self.history.experiment, change["new"])

    def _replayed(self, epoch):
        with self._lock:
            self.epoch = epoch
            self._draw()

    def _seeds_done(self, histories: list[History]):
        with self._lock:
            self.band = [self.history, *histories]
            self._draw()

    # What the explorer shows

    def _train(self, experiment: Experiment):
        self.background.cancel()
        history = train(experiment)
        self.previous, self.history = self.history, history
        self.band, self.epoch = [], None
        self._draw()
        self.status.value = self._sentence()
        self.regions.show(history)
        self._write_code()
        self.background.start(experiment, self.seeds.value)

    def _draw(self):
        result = outcome(self.history)
        title = (
            f"{self._values_in_words()}: test accuracy {percent(result.accuracy, 0)}, {result.kind}"
        )
        self.image.value = self.picture.draw(
            Scene(self.history, title, self.previous, self.band, self.pins.histories, self.epoch)
        )

    def _values_in_words(self) -> str:
        e = self.history.experiment
        return ", ".join(f"{label_of(name)} {shown(getattr(e, name))}" for name in self.fields)

    def _sentence(self) -> str:
        result = outcome(self.history)
        reached = (
            f"80 % first reached in epoch {result.reached}"
            if result.reached
            else "80 % never reached"
        )
        return (
            f'<div role="status">{escape(self._values_in_words())}: final test accuracy '
            f"<b>{percent(result.accuracy, 1)}</b>, {reached}, {rate_in_words(self.history)}. "
            f"This run: <b>{result.kind}</b>.</div>"
        )

    def _say(self, sentence: str):
        self.status.value = f'<div role="status">{escape(sentence)}</div>'

    def _write_code(self):
        if self.fold.selected_index == 0:
            self.code.value = keras_code(self.history.experiment)

    def static_png(self) -> bytes:
        """The picture as it stands, regions included, for readers without a kernel."""
        shown_images = [self.image, self.regions.image][: 1 + self.regions.visible]
        parts = [Image.open(BytesIO(image.value)) for image in shown_images]
        size = sum(part.width for part in parts), max(part.height for part in parts)
        whole = Image.new("RGB", size, "white")
        left = 0
        for part in parts:
            whole.paste(part, (left, 0))
            left += part.width
        buffer = BytesIO()
        whole.quantize(128).save(buffer, "png", optimize=True)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        """Live view, static picture, and a text that never varies."""
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["text/plain"] = f"Explorer of {', '.join(map(label_of, self.fields))}"
        bundle["image/png"] = base64.b64encode(self.static_png()).decode()
        return bundle


def explore(*fields: str, **fixed) -> Explorer:
    """Sliders over fields of an Experiment, live: each move trains all epochs and redraws the curves.

    fields: names of the fields to control, such as "learning_rate", "momentum", "decay", "patience".
    fixed: values of other fields, and where the controls start. ValueError for what has no control.
    """
    unknown = [name for name in fields if name not in CONTROLLED]
    if unknown or not fields or len(set(fields)) < len(fields):
        raise ValueError(
            f"explore takes each field at most once, and at least one of: {', '.join(CONTROLLED)}; "
            f"it was given {', '.join(map(repr, fields)) or 'none'}."
        )
    wrong = [name for name in fixed if name not in FIELDS]
    if wrong:
        raise ValueError(
            f"{wrong[0]} is no field of Experiment, but one of {', '.join(FIELDS)} is."
        )
    return Explorer(fields, Experiment(**fixed))


def _meaningful(values: dict) -> dict:
    """The values without those that have no meaning beside the others."""
    values = dict(values)
    if values["optimizer"] != "sgd":
        values["momentum"] = 0.0
    if values["optimizer"] != "adagrad":
        values["initial_accumulator"] = 0.1
    if values["patience"] is not None:
        values["decay"] = 0.0
    return values


def percent(share: float, digits: int) -> str:
    """A share as a percentage."""
    return f"{100 * share:.{digits}f} %"


def rate_in_words(history: History) -> str:
    """What the learning rate did in a run."""
    experiment, last = history.experiment, shown(float(f"{history.learning_rate[-1]:.2g}"))
    drops = outcome(history).drops
    if experiment.decay:
        return f"the rate fell with every update, to {last} at the end"
    if drops:
        return f"the rate dropped {drops} time{'s' * (drops > 1)}, to {last} at the end"
    return "the rate never dropped"


def _rules() -> str:
    rows = "".join(f"<dt><b>{word}</b></dt><dd>{rule}</dd>" for word, rule in RULES.items())
    return f"<p>The first rule that holds gives the word:</p><dl>{rows}</dl>"

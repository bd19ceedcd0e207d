"""Predictions: written down before a result, compared with it when it appears."""

from collections.abc import Sequence
from html import escape

from helpers.widgets.kit import Kit, Kitted
from helpers.widgets.words import status_line

import ipywidgets as widgets


class Still(Kitted):
    """For readers without a kernel: a fixed text in place of the widget."""

    still = ""

    def _repr_mimebundle_(self, **kwargs):
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        return bundle | {"text/plain": self.still, "text/html": f"<p>{escape(self.still)}</p>"}


class Prediction(Still, widgets.VBox):
    """A question with a list to choose from, or a box for a number; nothing is graded or stored."""

    def __init__(self, question: str, choices: Sequence[str], unit: str):
        """Ask; without choices for a number in this unit."""
        self.still = f"Your prediction: {question} (Run this cell to write it down.)"
        self.unit, self.kit = f" {unit}".rstrip(), Kit()
        if choices:
            options = [("choose …", ""), *((str(choice), str(choice)) for choice in choices)]
            kind, more = widgets.Dropdown, {"options": options, "value": ""}
        else:
            placeholder = f"a number{f' ({unit})' if unit else ''}"
            kind, more = widgets.Text, {"placeholder": placeholder, "continuous_update": False}
        wide = {"width": "420px", "max_width": "100%"}
        self.answer = self.kit(
            kind, "prediction-answer", description="I predict", layout=wide, **more
        )
        asked = self.kit(widgets.HTML, value=f"<b>{escape(question)}</b>")
        super().__init__([asked, self.answer], layout=self.kit.share(widgets.Layout))
        self.add_class("prediction")

    def compare(self, measured) -> "Comparison":
        """Set what was measured beside the prediction; it follows if the prediction changes."""
        return Comparison(self, f"{measured:g}" if isinstance(measured, float) else str(measured))


class Comparison(Still, widgets.HTML):
    """What was predicted beside what was measured."""

    def __init__(self, prediction: Prediction, measured: str):
        """Follow the prediction."""
        self.prediction, self.measured = prediction, measured + prediction.unit
        self.still = f"Measured: {self.measured}."
        self.kit = Kit()
        super().__init__(layout=self.kit.share(widgets.Layout))
        self.kit.keep(self.style)
        self.add_class("prediction-result")
        prediction.answer.observe(self._write, "value")
        self._write()

    def _write(self, _=None):
        said, measured = self.prediction.answer.value.strip(), f"<b>{escape(self.measured)}</b>"
        told = f"Measured: {measured}."
        if said:
            predicted = escape(said.removesuffix(self.prediction.unit) + self.prediction.unit)
            told = f"You predicted <b>{predicted}</b>. {told}"
        self.value = status_line(told)


def ask(question: str, choices: Sequence[str] = (), unit: str = "") -> Prediction:
    """Ask for a prediction: one of the choices or, without choices, a number in this unit."""
    if isinstance(choices, str) or not (isinstance(question, str) and question):
        raise ValueError("ask takes a question and a list of choices, such as ['0.1', '0.01'].")
    return Prediction(question, choices, unit)

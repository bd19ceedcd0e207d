"""Predictions: written down before a result, compared with it when it appears."""

from collections.abc import Sequence
from contextlib import suppress
from html import escape
from weakref import WeakSet

from helpers.widgets.kit import Kit, Kitted
from helpers.widgets.words import status_line

import ipywidgets as widgets

ASKED = {}
"""Text of a question: the Prediction that asks it, in the order of asking; no closed ones."""

FOLLOWERS = WeakSet()
"""What has a `follow()` to call whenever a question, an answer or a measurement is new."""


def tell_followers(_=None):
    """Something is new."""
    for follower in tuple(FOLLOWERS):
        follower.follow()


class Still(Kitted):
    """For readers without a kernel: a fixed text in place of the widget, as HTML with what a page needs."""

    still, kind, choices = "", "", ()

    def told(self) -> dict[str, str]:
        """What a page without a kernel has to know besides the text."""
        return {}

    def without_kernel(self) -> dict:
        """Give the text, plain and as HTML."""
        data = "".join(f' data-{name}="{escape(text)}"' for name, text in self.told().items())
        items = "".join(f"<li>{escape(choice)}</li>" for choice in self.choices)
        html = f"<p>{escape(self.still)}</p>" + (f"<ul>{items}</ul>" if items else "")
        html = f'<div class="{self.kind}"{data}>{html}</div>'
        return {"text/plain": self.still, "text/html": html}


class Prediction(Still, widgets.VBox):
    """A question with a list to choose from, or a box for a number; nothing is graded or stored."""

    kind = "prediction"

    def __init__(self, question: str, choices: Sequence[str], unit: str):
        """Ask; without choices for a number in this unit."""
        self.still = f"Your prediction: {question} (Run this cell to write it down.)"
        self.question, self.unit, self.kit = question, f" {unit}".rstrip(), Kit()
        self.choices = [str(choice) for choice in choices]
        self.measured = ""
        if choices:
            options = [("choose …", ""), *((choice, choice) for choice in self.choices)]
            kind, more = widgets.Dropdown, {"options": options, "value": ""}
        else:
            placeholder = f"a number{f' ({unit})' if unit else ''}"
            kind, more = widgets.Text, {"placeholder": placeholder, "continuous_update": False}
        wide = {"width": "420px", "max_width": "100%"}
        self.answer = self.kit(
            kind, "prediction-answer", description="I predict", layout=wide, **more
        )
        self.answer.observe(tell_followers, "value")
        asked = self.kit(widgets.HTML, value=f"<b>{escape(question)}</b>")
        super().__init__([asked, self.answer], layout=self.kit.share(widgets.Layout))
        self.add_class("prediction")

    def told(self) -> dict[str, str]:
        """The question and its unit."""
        return {"question": self.question, "unit": self.unit.strip()}

    @property
    def predicted(self) -> str:
        """The answer with its unit; empty while there is none."""
        said = self.answer.value.strip()
        return said and said.removesuffix(self.unit) + self.unit

    def compare(self, measured) -> "Comparison":
        """Set what was measured beside the prediction; it follows if the prediction changes."""
        told = f"{measured:g}" if isinstance(measured, float) else str(measured)
        self.measured = told + self.unit
        tell_followers()
        return Comparison(self)

    def open(self):
        """Take the place of the same question in an earlier run of its cell."""
        super().open()
        ASKED[self.question] = self
        tell_followers()

    def close(self):
        """Ask no more."""
        super().close()
        if ASKED.get(self.question) is self:
            del ASKED[self.question]
            tell_followers()


class Comparison(Still, widgets.HTML):
    """What was predicted beside what was measured."""

    kind = "prediction-result"

    def __init__(self, prediction: Prediction):
        """Say what the prediction was compared with last."""
        self.prediction, self.measured = prediction, prediction.measured
        self.still = f"Measured: {self.measured}."
        self.kit = Kit()
        super().__init__(layout=self.kit.share(widgets.Layout))
        self.kit.keep(self.style)
        self.add_class("prediction-result")

    def told(self) -> dict[str, str]:
        """The question and what was measured."""
        return {"question": self.prediction.question, "measured": self.measured}

    def open(self):
        """Follow the prediction."""
        super().open()
        self.prediction.answer.observe(self._write, "value")
        self._write()

    def close(self):
        """Let the prediction forget it."""
        super().close()
        with suppress(ValueError):  # it has already
            self.prediction.answer.unobserve(self._write, "value")

    def _write(self, _=None):
        told = f"Measured: <b>{escape(self.measured)}</b>."
        if predicted := self.prediction.predicted:
            told = f"You predicted <b>{escape(predicted)}</b>. {told}"
        self.value = status_line(told)


def ask(question: str, choices: Sequence[str] = (), unit: str = "") -> Prediction:
    """Ask for a prediction: one of the choices or, without choices, a number in this unit."""
    if isinstance(choices, str) or not (isinstance(question, str) and question):
        raise ValueError("ask takes a question and a list of choices, such as ['0.1', '0.01'].")
    return Prediction(question, choices, unit)

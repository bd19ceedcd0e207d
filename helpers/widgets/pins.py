"""The pinned runs: kept on the picture under a letter, listed in a small table."""

from dataclasses import replace
from html import escape

from helpers.experiment import History
from helpers.outcome import outcome
from helpers.pictures import LETTERS, PIN_STYLES
from helpers.widgets.words import percent

import ipywidgets as widgets


class Pins:
    """Up to six runs, each with its letter, its values, its result and a button to unpin it."""

    def __init__(self, stage):
        """Begin without any."""
        self.stage, self.rows = stage, {}  # pinned run: its row, button and text
        self.widget = stage.kit(widgets.VBox, "explorer-pins")
        self._make_row(None)  # so that all later ones share its layouts and styles
        self.tidy()

    def added(self, history: History) -> tuple[History, ...]:
        """The pins with one more; ValueError where it is pinned already or no letter is left."""
        pins = self.stage.state.pins
        if any(history.experiment == other.experiment for other in pins):
            raise ValueError("This run is pinned already.")
        if len(pins) == len(LETTERS):
            raise ValueError(f"{len(LETTERS)} runs are pinned, as many as fit: unpin one first.")
        return *pins, history

    def _unpinned(self, history):
        state = self.stage.state
        return replace(state, pins=tuple(pin for pin in state.pins if pin is not history))

    def _make_row(self, history):
        kit = self.stage.kit
        unpin = kit(
            widgets.Button,
            "explorer-unpin",
            icon="times",
            layout={"width": "34px", "flex": "0 0 auto"},
        )
        unpin.on_click(lambda _: self.stage.attempt(self._unpinned, history))
        text = kit(widgets.HTML)
        row = kit(widgets.HBox, children=[unpin, text], layout={"align_items": "center"})
        self.rows[history] = row, unpin, text

    def look(self, state) -> dict:
        """A row for each pinned run."""
        look = {self.widget: {"children": []}}
        for letter, (colour, _), history in zip(LETTERS, PIN_STYLES, state.pins, strict=False):
            if history not in self.rows:
                self._make_row(history)
            row, unpin, text = self.rows[history]
            result, values = outcome(history), escape(self.stage.told(state, history))
            words = f"{values}: {percent(result.accuracy, 1)}, {result.kind}"
            underlined = f'<b style="border-bottom: 3px solid {colour}">{letter}</b>'
            look[unpin] = {"tooltip": f"Unpin run {letter}"}
            look[text] = {"value": f"{underlined}&ensp;{words}"}
            look[self.widget]["children"].append(row)
        return look

    def tidy(self):
        """Close the rows that are no longer shown."""
        pinned = self.stage.state.pins if self.stage.state else ()
        for history in [history for history in self.rows if history not in pinned]:
            self.stage.kit.close(*self.rows.pop(history))

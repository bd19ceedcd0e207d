"""The pinned runs: kept on the picture under a letter, listed in a small table."""

from collections.abc import Callable
from html import escape

from helpers.experiment import History
from helpers.outcome import outcome
from helpers.widgets.picture import LETTERS, PIN_STYLES
from helpers.widgets.words import percent

import ipywidgets as widgets


class Pins(widgets.VBox):
    """Up to six runs, each with its letter, its values, its result and a button to unpin it."""

    def __init__(self, on_change: Callable):
        """`on_change()` is called after the student has unpinned a run."""
        self.on_change = on_change
        self.pinned = []  # pairs (History, its values in words)
        super().__init__()
        self.add_class("explorer-pins")

    @property
    def histories(self) -> list[History]:
        """The pinned runs in the order of their letters."""
        return [history for history, _ in self.pinned]

    def add(self, history: History, label: str):
        """Pin a run; ValueError where it is pinned already or no letter is left."""
        if any(history.experiment == other.experiment for other in self.histories):
            raise ValueError("This run is pinned already.")
        if len(self.pinned) == len(LETTERS):
            raise ValueError(f"{len(LETTERS)} runs are pinned, as many as fit: unpin one first.")
        self._list([*self.pinned, (history, label)])

    def clear(self):
        """Unpin all."""
        self._list([])

    def _unpin(self, history):
        self._list([pin for pin in self.pinned if pin[0] is not history])
        self.on_change()

    def _list(self, pinned):
        rows, self.pinned = self.children, pinned
        self.children = [
            self._row(letter, colour, *pin)
            for letter, (colour, _), pin in zip(LETTERS, PIN_STYLES, pinned, strict=False)
        ]
        for row in rows:
            for widget in (*row.children, row):
                widget.close()

    def _row(self, letter, colour, history, label):
        result = outcome(history)
        text = widgets.HTML(
            f'<b style="border-bottom: 3px solid {colour}">{letter}</b>&ensp;{escape(label)}: '
            f"{percent(result.accuracy, 1)}, {result.kind}"
        )
        unpin = widgets.Button(
            icon="times", tooltip=f"Unpin run {letter}", layout=widgets.Layout(width="34px")
        ).add_class("explorer-unpin")
        unpin.on_click(lambda _: self._unpin(history))
        return widgets.HBox([unpin, text], layout=widgets.Layout(align_items="center"))

"""The pinned runs: kept on the picture under a letter, listed in a small table."""

from collections.abc import Callable

from helpers.experiment import History
from helpers.outcome import outcome
from helpers.widgets.panels import LETTERS
from helpers.widgets.picture import PIN_STYLES

import ipywidgets as widgets


class Pins(widgets.VBox):
    """Up to six runs, each with its letter, its values, its result and a button to unpin it."""

    def __init__(self, on_change: Callable):
        """`on_change()` is called after the student has unpinned a run."""
        self.on_change = on_change
        self.pinned = []
        super().__init__()
        self.add_class("explorer-pins")

    @property
    def histories(self) -> list[History]:
        """The pinned runs in the order of their letters."""
        return [history for history, _ in self.pinned]

    def add(self, history: History, label: str) -> str:
        """Pin a run; the sentence to show where that is not possible, otherwise nothing."""
        if any(history is other for other in self.histories):
            return "This run is pinned already."
        if len(self.pinned) == len(LETTERS):
            return f"{len(LETTERS)} runs are pinned, as many as fit: unpin one first."
        self.pinned.append((history, label))
        self._list()
        return ""

    def clear(self):
        """Unpin all."""
        self.pinned = []
        self._list()

    def _unpin(self, history):
        self.pinned = [pin for pin in self.pinned if pin[0] is not history]
        self._list()
        self.on_change()

    def _list(self):
        self.children = [self._row(*row) for row in zip(LETTERS, PIN_STYLES, self.pinned)]

    def _row(self, letter, style, pin):
        history, label = pin
        result = outcome(history)
        text = widgets.HTML(
            f'<b style="border-bottom: 3px solid {style[0]}">{letter}</b>&ensp;{label}: '
            f"{100 * result.accuracy:.1f} %, {result.kind}"
        )
        unpin = widgets.Button(
            icon="times",
            tooltip=f"Unpin run {letter}",
            layout=widgets.Layout(width="34px"),
        ).add_class("explorer-unpin")
        unpin.on_click(lambda _: self._unpin(history))
        return widgets.HBox([unpin, text], layout=widgets.Layout(align_items="center"))

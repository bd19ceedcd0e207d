"""Goals of an explorer: ticked as soon as a run meets them."""

from collections.abc import Callable, Mapping
from html import escape

from helpers.experiment import History

import ipywidgets as widgets


class Goals(widgets.HTML):
    """A list of goals; a goal that was met once stays ticked, with the run that met it."""

    def __init__(self, goals: Mapping[str, Callable[[History], bool]]):
        """Map the words of each goal to whether a run meets it."""
        self.goals, self.met = dict(goals), {}
        super().__init__()
        self.add_class("explorer-goals")
        self.layout.display = None if goals else "none"

    def clear(self):
        """Untick all."""
        self.met = {}

    def show(self, history: History, values: str):
        """Tick what this run meets; values: the run in words."""
        for words, is_met in self.goals.items():
            if words not in self.met and is_met(history):
                self.met[words] = values
        self.value = "".join(f"<div>{self._line(words)}</div>" for words in self.goals)

    def _line(self, words: str) -> str:
        if words in self.met:
            return f"☑ Goal met: {escape(words)} <i>({escape(self.met[words])})</i>"
        return f"☐ Goal: {escape(words)}"


def check_goals(goals):
    """ValueError for goals that are none."""
    right = isinstance(goals, Mapping) and all(
        isinstance(words, str) and callable(is_met) for words, is_met in goals.items()
    )
    if not right:
        raise ValueError("goals must map the words of each goal to a function of a History.")

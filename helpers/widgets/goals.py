"""Goals of an explorer: ticked as soon as a run meets them."""

from collections.abc import Callable, Mapping
from html import escape

from helpers.experiment import History

import ipywidgets as widgets


class Goals:
    """A list of goals; a goal that was met once stays ticked, with the run that met it."""

    def __init__(self, stage, goals: Mapping[str, Callable[[History], bool]]):
        """Map the words of each goal to whether a run meets it."""
        self.goals = goals
        self.widget = stage.kit(widgets.HTML, "explorer-goals")

    def met_by(self, history: History, met: Mapping, values: str) -> dict:
        """The goals met before and those that this run meets; values: the run in words."""
        new = [words for words in self.goals if words not in met and self._is_met(words, history)]
        return {**met, **dict.fromkeys(new, values)}

    def _is_met(self, words: str, history: History) -> bool:
        try:
            return bool(self.goals[words](history))
        except Exception as error:
            said = f"{type(error).__name__}: {error}".rstrip(": ")
            raise ValueError(f'The goal "{words}" could not be checked ({said}).') from error

    def look(self, state) -> dict:
        """One line for each goal."""
        lines = [f"<div>{self._line(words, state.met)}</div>" for words in self.goals]
        return {self.widget: {"value": "".join(lines)}}

    def _line(self, words: str, met: Mapping) -> str:
        if words in met:
            return f"☑ Goal met: {escape(words)} <i>({escape(met[words])})</i>"
        return f"☐ Goal: {escape(words)}"


def check_goals(goals):
    """ValueError for goals that are none."""
    right = isinstance(goals, Mapping) and all(
        isinstance(words, str) and callable(is_met) for words, is_met in goals.items()
    )
    if not right:
        raise ValueError("goals must map the words of each goal to a function of a History.")

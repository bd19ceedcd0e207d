"""What an explorer keeps folded away: the Keras program, the run in numbers, what the words mean."""

from helpers.keras_code import keras_code
from helpers.tables import run_table
from helpers.widgets.words import rules_in_words

import ipywidgets as widgets

PARTS = {
    "Keras program for these controls": lambda history: keras_code(history.experiment),
    "This run in numbers": lambda history: run_table(history)._repr_html_(),
    "What the words mean": lambda history: rules_in_words(history.problem),
}


class Fold:
    """Three parts, of which at most one is open; only an open part is kept up to date."""

    def __init__(self, stage):
        """All closed."""
        kit = stage.kit
        wide = {"width": "100%"}
        self.parts = [
            kit(widgets.Textarea, "explorer-code", rows=22, description="program", layout=wide),
            kit(widgets.HTML, "explorer-numbers"),
            kit(widgets.HTML),
        ]
        self.widget = kit(
            widgets.Accordion,
            "explorer-fold",
            children=self.parts,
            selected_index=None,
            layout={"max_width": "930px"},
        )
        for number, title in enumerate(PARTS):
            self.widget.set_title(number, title)
        stage.follow(self.widget, lambda part: stage.choose("part", part), "selected_index")

    def look(self, state) -> dict:
        """Which part is open, and what it says."""
        look = {self.widget: {"selected_index": state.part}}
        if state.part is not None:
            write = list(PARTS.values())[state.part]
            look[self.parts[state.part]] = {"value": write(state.history)}
        return look

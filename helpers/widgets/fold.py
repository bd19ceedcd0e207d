"""What an explorer keeps folded away: the Keras program, the run in numbers, what the words mean."""

from helpers.experiment import History
from helpers.keras_code import keras_code
from helpers.tables import run_table
from helpers.widgets.words import rules_in_words

import ipywidgets as widgets


class Fold(widgets.Accordion):
    """Three parts, of which at most one is open; only an open part is kept up to date."""

    def __init__(self):
        """All closed."""
        self.history = None
        self.code = widgets.Textarea(
            rows=22,
            description="program",
            style={"description_width": "initial"},
            layout=widgets.Layout(width="100%"),
        ).add_class("explorer-code")
        self.numbers = widgets.HTML().add_class("explorer-numbers")
        self.words = widgets.HTML()
        super().__init__(
            [self.code, self.numbers, self.words],
            titles=[
                "Keras program for these controls",
                "This run in numbers",
                "What the words mean",
            ],
            selected_index=None,
            layout=widgets.Layout(max_width="930px"),
        )
        self.add_class("explorer-fold")
        self.observe(lambda _: self._write(), "selected_index")

    def show(self, history: History):
        """Tell of this run."""
        self.history = history
        self._write()

    def _write(self):
        if self.selected_index == 0:
            self.code.value = keras_code(self.history.experiment)
        elif self.selected_index == 2:
            self.words.value = rules_in_words(self.history.problem)
        elif self.selected_index == 1:
            self.numbers.value = run_table(self.history)._repr_html_()

"""All predictions of a notebook beside what was measured, to copy out and hand in."""

import re

from helpers.tables import Table
from helpers.widgets.kit import Kit
from helpers.widgets.prediction import ASKED, FOLLOWERS, Still

import ipywidgets as widgets

COLUMNS = ["Question", "You predicted", "Measured"]
NOTHING = "—"


class Report(Still, widgets.VBox):
    """Every question that was asked, as a table and as Markdown; nothing is graded, sent or stored."""

    kind = "predictions"
    still = "Your predictions, to copy out (run the cells above first)"

    def __init__(self):
        """Show what was asked so far, and follow."""
        self.kit = Kit()
        self.table = self.kit(widgets.HTML, "predictions-table")
        self.markdown = self.kit(
            *(widgets.Textarea, "predictions-markdown"),
            description="to copy out",
            layout={"width": "100%", "max_width": "930px"},
        )
        self.markdown.observe(self.follow, "value")  # what is typed into it goes
        layout = self.kit.share(widgets.Layout)
        super().__init__([self.table, self.markdown], layout=layout)
        self.add_class("predictions")

    def open(self):
        """Follow."""
        super().open()
        FOLLOWERS.add(self)
        self.follow()

    def close(self):
        """Follow no more."""
        FOLLOWERS.discard(self)
        super().close()

    def follow(self, _=None):
        """Write what is known now."""
        rows = [
            [text or NOTHING for text in (asked.question, asked.predicted, asked.measured)]
            for asked in ASKED.values()
        ]
        title = "Your predictions" if rows else "No question was asked yet: run the cells above."
        self.table.value = Table([(title, COLUMNS, rows)])._repr_html_()
        self.markdown.value = markdown_table([COLUMNS, ["---"] * len(COLUMNS), *rows])
        self.markdown.rows = len(rows) + 3


def markdown_table(rows: list[list[str]]) -> str:
    """Write rows of plain text as a table; what Markdown would read as its own is escaped."""
    cells = (
        [re.sub(r"([\\`*_|<\[\]])", r"\\\1", " ".join(t.split())) for t in row] for row in rows
    )
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def predictions() -> Report:
    """Every question of this notebook beside your prediction and the measurement, to copy out."""
    return Report()

"""The data of a figure or of a run as a table, for readers who cannot see a picture."""

from html import escape

from helpers.experiment import History
from helpers.plots import epochs_of

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure


class Table:
    """Rows under a heading; `sections` are (title, names of the columns, rows of text)."""

    def __init__(self, sections: list[tuple[str, list[str], list[list[str]]]]):
        """Keep the sections."""
        self.sections = sections

    def __repr__(self):
        """Columns separated by tabs."""
        parts = []
        for title, columns, rows in self.sections:
            parts.append("\n".join([title, *("\t".join(row) for row in [columns, *rows])]))
        return "\n\n".join(parts)

    def _repr_html_(self):
        return "\n".join(_html(*section) for section in self.sections)


def _html(title, columns, rows) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><caption>{escape(title)}</caption>\n<tr>{head}</tr>\n{body}\n</table>"


def data_table(figure: Figure, rows: int | None = 25) -> Table:
    """What a figure shows, in numbers: a table for each of its Axes.

    Lines, points and bars become columns over x, bands two columns, pictures a row for each of theirs.
    At most `rows` evenly spaced places of x are listed; rows=None lists all.
    """
    if not isinstance(figure, Figure):
        raise ValueError(f"figure is {figure!r}, but must be a matplotlib Figure, such as fig.")
    return Table([_section(number, ax, rows) for number, ax in enumerate(figure.axes, start=1)])


def _section(number: int, ax: Axes, rows):
    names = [str(ax.get_title()), str(ax.get_ylabel())]
    title = f"Panel {number}: " + (", ".join(name for name in names if name) or "no title")
    x_name = ax.get_xlabel() or "x"
    if ax.images:
        values = np.asarray(ax.images[0].get_array())
        if values.ndim == 2:
            header = [ax.get_ylabel() or "y", *(t.get_text() for t in ax.get_xticklabels())]
            labels = [t.get_text() for t in ax.get_yticklabels()]
            return title, header, [[n, *map(_shown, r)] for n, r in zip(labels, values)]
    series = dict(_series(ax))
    places = np.unique(np.concatenate([[], *(list(points) for points in series.values())]))
    if rows and len(places) > rows:
        places = places[np.linspace(0, len(places) - 1, rows).round().astype(int)]
    body = [
        [_shown(x), *(_shown(points[x]) if x in points else "" for points in series.values())]
        for x in places
    ]
    return title, [x_name, *series], body


def _series(ax: Axes):
    """Pairs (name, {x: y}) of everything on the Axes that stands for data."""
    for number, line in enumerate(ax.lines, start=1):
        if line.get_transform() == ax.transData and len(line.get_xdata()) > 0:
            yield _name(line, f"line {number}"), _points(line.get_xdata(), line.get_ydata())
    for number, shape in enumerate(ax.collections, start=1):
        if isinstance(shape, PathCollection):
            yield _name(shape, f"points {number}"), _points(*np.asarray(shape.get_offsets()).T)
        elif isinstance(shape, PolyCollection) and shape.get_paths():
            x, y = shape.get_paths()[0].vertices.T
            ends = {place: y[x == place] for place in np.unique(x)}
            for end in (min, max):
                name = _name(shape, f"band {number}") + (", low" if end is min else ", high")
                yield name, {place: float(end(values)) for place, values in ends.items()}
    for bars in ax.containers:
        middles = [bar.get_x() + bar.get_width() / 2 for bar in bars]
        yield _name(bars, "bars"), _points(middles, [bar.get_height() for bar in bars])


def _points(x, y) -> dict[float, float]:
    return dict(zip(map(float, x), map(float, y)))


def _name(artist, otherwise: str) -> str:
    label = str(artist.get_label())
    return otherwise if not label or label.startswith("_") else label


def _shown(number) -> str:
    return f"{number:.4g}"


def run_table(history: History) -> Table:
    """A run in numbers: all curves at some epochs, more of them at the beginning."""
    epochs = epochs_of(history)
    shown = np.unique(np.geomspace(1, len(epochs), 20).round().astype(int))
    names = ("accuracy", "val_accuracy", "loss", "val_loss", "learning_rate")
    columns = ["epoch", "train accuracy", "test accuracy", "train loss", "test loss", "rate"]
    rows = [
        [str(epoch), *(_shown(getattr(history, name)[epoch - 1]) for name in names)]
        for epoch in shown
    ]
    return Table([("This run, epoch by epoch", columns, rows)])

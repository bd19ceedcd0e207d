"""Draw on the Axes that are given; nothing here trains.

Colours are those of Okabe and Ito, told apart by colour-blind readers; line style or marker says the
same a second time.
"""

from collections.abc import Mapping, Sequence

from helpers.experiment import History
from helpers.measures import RULES, SMOOTHING, rates_read, smoothed
from helpers.problems import Problem

import numpy as np
from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, BLACK, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#000000", "#767676"

CURVES = {
    "accuracy": {"color": BLUE, "linestyle": (0, (4, 1.5)), "linewidth": 1.2, "label": "train"},
    "val_accuracy": {"color": ORANGE, "linestyle": "-", "linewidth": 1.6, "label": "test"},
    "loss": {"color": BLUE, "linestyle": (0, (4, 1.5)), "linewidth": 1.2, "label": "train"},
    "val_loss": {"color": ORANGE, "linestyle": "-", "linewidth": 1.6, "label": "test"},
    "learning_rate": {"color": GREEN, "linestyle": "-", "linewidth": 1.6, "label": "learning rate"},
}
"""How each array of a History is drawn, everywhere."""

CLASSES = [(BLUE, "o"), (ORANGE, "^"), (GREEN, "s"), (PURPLE, "D"), (SKY, "v"), (VERMILION, "P")]
"""Colour and marker of each class."""

AXIS_LABELS = {
    "accuracy": "accuracy",
    "val_accuracy": "test accuracy",
    "loss": "loss (nats)",
    "val_loss": "test loss (nats)",
    "learning_rate": "learning rate",
}


def epochs_of(history: History) -> np.ndarray:
    """The epochs of a run, counted from 1."""
    return np.arange(1, len(history.loss) + 1)


def plot_curve(ax: Axes, history: History, name: str, **style) -> None:
    """One array of a History over the epochs; `style` overrides the collection's own."""
    ax.plot(epochs_of(history), getattr(history, name), **{**CURVES[name], **style})
    ax.set_xlabel("epoch")
    ax.set_ylabel(AXIS_LABELS[name])
    if name == "learning_rate":
        ax.set_yscale("log")


def plot_accuracy(ax: Axes, history: History) -> None:
    """Train and test accuracy over the epochs, under the best accuracy that is possible."""
    plot_best_accuracy(ax, history.problem)
    plot_curve(ax, history, "accuracy")
    plot_curve(ax, history, "val_accuracy")
    ax.set_ylabel("accuracy")
    ax.set_ylim(lowest_accuracy(history.problem), 1)


def lowest_accuracy(problem: Problem) -> float:
    """Where an axis of accuracies begins: the last tenth below guessing, 0.3 for three classes."""
    return np.ceil(10 * problem.guessing - 1) / 10


def plot_fit(ax: Axes, history: History, title: str = "") -> None:
    """One run as a small panel among others: both accuracies over the epochs."""
    plot_accuracy(ax, history)
    ax.set_title(title)
    ax.label_outer()


def plot_best_accuracy(ax: Axes, problem: Problem) -> None:
    """Best possible accuracy on the test half, ±1 standard error; nothing where it is unknown."""
    best, error = problem.best_accuracy, problem.standard_error
    if best is not None:
        ax.axhspan(best - error, best + error, color=GREY, alpha=0.2, linewidth=0)
        ax.axhline(best, color=GREY, linestyle=":", linewidth=1.2, label="best possible")


def plot_band(
    ax: Axes, histories: list[History], name: str = "val_accuracy", label=None, **style
) -> None:
    """Median over several runs, and the band that holds the middle 80 % of them."""
    curves = np.array([getattr(history, name) for history in histories])
    low, middle, high = np.percentile(curves, [10, 50, 90], axis=0)
    style = {**CURVES[name], **style}
    epochs = epochs_of(histories[0])
    ax.fill_between(epochs, low, high, color=style["color"], alpha=0.2, linewidth=0)
    ax.plot(epochs, middle, **{**style, "label": label or style["label"]})
    ax.set_xlabel("epoch")
    ax.set_ylabel(AXIS_LABELS[name])


def plot_strip(ax: Axes, groups: Mapping[str, Sequence[float]], label: str = "", **style) -> None:
    """Every value of each group as a dot, its median as a line; groups from top to bottom.

    Values that are not finite, such as the epochs of what never came, are left out.
    """
    for row, (name, values) in enumerate(groups.items()):
        values = np.asarray(values, dtype=float)
        values = values[np.isfinite(values)]
        shift = np.linspace(-0.2, 0.2, len(values)) if len(values) > 1 else np.zeros(len(values))
        ax.scatter(
            values, row + shift, **{"s": 12, "color": BLUE, "linewidth": 0, **style}, label=name
        )
        if len(values):
            ax.plot([np.median(values)] * 2, [row - 0.35, row + 0.35], color=BLACK, linewidth=1.6)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.5, -0.5)
    ax.set_xlabel(label)


def plot_heat_map(
    ax: Axes,
    values: np.ndarray,
    rows: Sequence,
    columns: Sequence,
    written: str = "{:.0f}",
    **style,
) -> None:
    """Numbers (rows, columns) as a map, each written into its place; what is not finite stays empty."""
    values = np.asarray(values, dtype=float)
    image = ax.imshow(values, aspect="auto", **{"cmap": "cividis", **style})
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            dark = image.norm(value) < 0.5
            ink = "white" if dark else "black"
            ax.text(column, row, written.format(value), ha="center", va="center", color=ink)
    ax.set_xticks(range(len(columns)), list(map(str, columns)))
    ax.set_yticks(range(len(rows)), list(map(str, rows)))
    ax.grid(visible=False)


def plot_range_test(ax: Axes, test, smoothing: int = SMOOTHING, **style) -> None:
    """A range test (Smith, 2015): each batch's loss over the rate, their mean, what the rules read.

    smoothing: how many neighbours are in the mean; losses far above the first leave the picture.
    """
    mean = smoothed(test.loss, smoothing)
    ax.plot(test.learning_rate, test.loss, ".", color=GREY, markersize=3, label="one batch")
    ax.plot(test.learning_rate, mean, **{"color": BLUE, "linewidth": 1.8, "label": "mean", **style})
    guessing = np.log(test.problem.classes)
    ax.axhline(guessing, color=GREY, linestyle=":", linewidth=1.2, label="guessing")
    ax.set(xscale="log", xlabel="learning rate", ylabel="loss (nats)", ylim=(0, highest_loss(test)))
    move_rate_marks(rate_marks(ax), rates_read(test, smoothing))


def highest_loss(test) -> float:
    """Where the axis of a range test ends: above the first losses and that of guessing."""
    first = float(smoothed(test.loss)[0])
    return float(
        np.ceil(1.3 * max(2 * np.log(test.problem.classes), np.nan_to_num(first, posinf=0)))
    )


def rate_marks(ax: Axes) -> dict:
    """An upright line and a name for each rule that reads a rate."""
    dashed = {"color": BLACK, "linewidth": 1.1, "linestyle": (0, (4, 2))}
    beside = {"transform": ax.get_xaxis_transform(), "va": "top", "fontsize": "small"}
    return {
        rule: (ax.axvline(1, **dashed, gid=rule), ax.text(1, 1, rule, **beside, gid=f"{rule} name"))
        for rule in RULES
    }


def move_rate_marks(marks: Mapping, rates: Mapping[str, float]) -> None:
    """Move each mark to its rate, so that no name stands on the other's line; hide what is no number.

    Names stand to the right, the lower rate's on top; near the end of the axis the other way round.
    """
    low, high = next(iter(marks.values()))[0].axes.get_xlim()
    at_the_end = bool(max(rates.values()) > low**0.25 * high**0.75)
    for row, rule in enumerate(sorted(rates, key=rates.get, reverse=at_the_end)):
        (line, name), rate, height = marks[rule], rates[rule], 0.98 - 0.1 * row
        line.set_data([rate, rate], [0, height])
        name.set(x=rate * (0.87 if at_the_end else 1.15), y=height)
        name.set_ha("right" if at_the_end else "left")
        for artist in (line, name):
            artist.set_visible(bool(np.isfinite(rate)))


def plot_classes(ax: Axes, X: np.ndarray, y: np.ndarray, size: float = 14) -> None:
    """Scatter samples X (n, 2) with one colour and marker for each class of one-hot y (n, classes)."""
    classes = y.argmax(axis=1)
    for number, (colour, marker) in enumerate(CLASSES[: y.shape[1]]):
        points = X[classes == number]
        ax.scatter(
            *points.T, s=size, color=colour, marker=marker, linewidth=0, label=f"class {number}"
        )
    ax.set_xlabel("$x_1$")
    ax.set_ylabel("$x_2$")
    ax.set_aspect("equal")

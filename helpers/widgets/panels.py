"""The panels of every explorer's picture: accuracy and learning rate."""

from helpers.experiment import History
from helpers.plots import (
    CURVES,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    epochs_of,
    plot_best_accuracy,
)
from helpers.problems import problem
from helpers.widgets.picture import LETTERS, PIN_STYLES, SCALE, Scene

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

GHOST = {"color": "#B5B5B5", "linewidth": 1.1, "zorder": 1}
N_TRAIN = len(problem().data.trainX)
SMALL_NOTE = {"ha": "right", "fontsize": 8.5}


def move_line(line, history: History | None, name: str):
    """Put one array of a History on a line, or hide the line."""
    line.set_visible(history is not None)
    if history is not None:
        line.set_data(epochs_of(history), getattr(history, name))


def _pin_lines(ax):
    return [
        ax.plot([], [], color=colour, linestyle=dashes, linewidth=1.3)[0]
        for colour, dashes in PIN_STYLES
    ]


def _show_pins(lines, scene: Scene, name: str):
    runs = [*scene.pins, *[None] * len(lines)]
    for line, run in zip(lines, runs, strict=False):
        move_line(line, run, name)


class AccuracyPanel:
    """Train and test accuracy, the best possible, the previous run, more seeds, pinned runs."""

    height = 3.2

    def build(self, ax):
        """Axes that never change: accuracy from 0 to 1 over the epochs."""
        ax.set_ylim(0, 1)
        ax.set_ylabel("accuracy")
        self.ax = ax
        self.ghost = ax.plot([], [], **GHOST)[0]
        self.ghost_name = ax.legend(
            [self.ghost],
            ["previous test"],
            loc="upper right",
            bbox_to_anchor=(1.01, 1 + 37 / ax.get_window_extent().height * SCALE),
            borderpad=0.2,
            handlelength=1.8,
        )
        self.band = ax.fill_between([], [], [], color=ORANGE, alpha=0.22, linewidth=0)
        self.median = ax.plot([], [], color=VERMILION, linewidth=1.1, linestyle=(0, (1, 1)))[0]
        self.train = ax.plot([], [], **CURVES["accuracy"])[0]
        self.test = ax.plot([], [], **CURVES["val_accuracy"])[0]
        plot_best_accuracy(ax, problem())
        self.pins = _pin_lines(ax)
        self.letters = [
            ax.text(
                0,
                0,
                letter,
                fontsize=9,
                fontweight="bold",
                ha="center",
                va="center",
                bbox={"boxstyle": "circle,pad=0.15", "fc": "white", "ec": colour},
            )
            for letter, (colour, _) in zip(LETTERS, PIN_STYLES, strict=True)
        ]
        self.seeds = ax.text(0.99, 0.03, "", transform=ax.transAxes, **SMALL_NOTE)
        self.marker = ax.axvline(1, color=GREY, linewidth=1)
        return [
            *(
                self.band,
                self.ghost,
                *self.pins,
                self.median,
                self.train,
                self.test,
            ),
            *(self.marker, *self.letters, self.seeds),
        ]

    def show(self, scene: Scene) -> bool:
        """Move every line; True where the axes have to be drawn again."""
        move_line(self.ghost, scene.previous, "val_accuracy")
        named = self.ghost_name.get_visible()
        self.ghost_name.set_visible(scene.previous is not None)
        move_line(self.train, scene.history, "accuracy")
        move_line(self.test, scene.history, "val_accuracy")
        _show_pins(self.pins, scene, "val_accuracy")
        for number, letter in enumerate(self.letters):
            letter.set_visible(number < len(scene.pins))
            if letter.get_visible():
                run = scene.pins[number]
                at = int(len(run.loss) * (0.95 - 0.07 * number)) - 1
                letter.set_position((at + 1, run.val_accuracy[at]))
        self._show_band(scene.band)
        self.marker.set_visible(scene.epoch is not None)
        if scene.epoch is not None:
            self.marker.set_xdata([scene.epoch, scene.epoch])
        return fit_epochs(self.ax, scene.history) or named != self.ghost_name.get_visible()

    def _show_band(self, histories):
        for artist in (self.band, self.median, self.seeds):
            artist.set_visible(bool(histories))
        if histories:
            curves = np.array([history.val_accuracy for history in histories])
            low, middle, high = np.percentile(curves, [10, 50, 90], axis=0)
            epochs = epochs_of(histories[0])
            self.band.set_data(epochs, low, high)
            self.median.set_data(epochs, middle)
            self.seeds.set_text(
                f"this run and {len(histories) - 1} more seeds: middle 80 %, median dotted"
            )


class RatePanel:
    """The learning rate of each epoch, on a logarithmic axis; on request linear, or over updates."""

    height = 1.15

    def __init__(self):
        """Start with epochs and a logarithmic axis; `linear` and `updates` may change any time."""
        self.linear = self.updates = False
        self.drawn_axes = None

    def build(self, ax):
        """Make the lines; the axes follow from the first scene."""
        ax.set_ylabel("rate")
        self.ax = ax
        self.ghost = ax.plot([], [], **GHOST)[0]
        self.pins = _pin_lines(ax)
        self.rate = ax.plot([], [], color=GREEN, linewidth=1.8, drawstyle="steps-mid")[0]
        return [self.ghost, *self.pins, self.rate]

    def show(self, scene: Scene) -> bool:
        """Move every line; True where the axes have to be drawn again."""
        move_line(self.ghost, scene.previous, "learning_rate")
        move_line(self.rate, scene.history, "learning_rate")
        _show_pins(self.pins, scene, "learning_rate")
        fitted = fit_epochs(self.ax, scene.history)
        return self._set_axes(scene) or fitted

    def _set_axes(self, scene: Scene) -> bool:
        """Scales and labels; True where they have changed."""
        experiment = scene.history.experiment
        updates = -(-N_TRAIN // experiment.batch_size) if self.updates else 1
        axes = (updates, self._limits(scene))
        if axes == self.drawn_axes:
            return False
        self.drawn_axes = axes
        self.ax.set_yscale("linear" if self.linear else "log")
        self.ax.set_ylim(axes[1])
        if not self.linear:
            self.ax.yaxis.set_major_locator(LogLocator(10, numticks=5))
            self.ax.yaxis.set_minor_locator(NullLocator())
        self.ax.xaxis.set_major_formatter(lambda epoch, _: f"{epoch * updates:.0f}")
        self.ax.set_xlabel("update" if self.updates else "epoch")
        return True

    def _limits(self, scene: Scene) -> tuple[float, float]:
        """Limits of the rate; the same on most logarithmic axes, so that moves can be compared."""
        runs = [scene.history, *([scene.previous] if scene.previous else []), *scene.pins]
        largest = max(run.learning_rate.max() for run in runs)
        if self.linear:
            return 0, 1.15 * largest
        start = scene.history.experiment.learning_rate
        return min(3e-9, start / 3), max(3, 3 * largest)


def fit_epochs(ax, history: History) -> bool:
    """Let the x axis end with the run; True where that changed it."""
    limits = (0, len(history.loss))
    if ax.get_xlim() == limits:
        return False
    ax.set_xlim(limits)
    return True

"""The panels of an explorer's picture: accuracy, learning rate, and what a plateau rule sees."""

from helpers.data import lesson_data
from helpers.experiment import History
from helpers.plots import (
    AXIS_LABELS,
    CURVES,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    epochs_of,
    plot_best_accuracy,
)
from helpers.widgets.picture import LETTERS, PIN_STYLES, Scene

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

GHOST = {"color": "#B5B5B5", "linewidth": 1.1, "zorder": 1}
N_TRAIN = len(lesson_data().trainX)
SMALL_NOTE = {"ha": "right", "fontsize": 8.5}


def _move(line, history: History | None, name: str):
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
        _move(line, run, name)


class AccuracyPanel:
    """Train and test accuracy, the best possible, the previous run, more seeds, pinned runs."""

    height = 3.2

    def build(self, ax):
        """Axes that never change: accuracy from 0 to 1 over the epochs."""
        ax.set_ylim(0, 1)
        ax.set_ylabel("accuracy")
        self.ax = ax
        self.ghost = ax.plot([], [], label="previous test", **GHOST)[0]
        self.band = ax.fill_between([], [], [], color=ORANGE, alpha=0.22, linewidth=0)
        self.median = ax.plot([], [], color=VERMILION, linewidth=1.1, linestyle=(0, (1, 1)))[0]
        self.train = ax.plot([], [], **CURVES["accuracy"])[0]
        self.test = ax.plot([], [], **CURVES["val_accuracy"])[0]
        plot_best_accuracy(ax)
        self.pins = _pin_lines(ax)
        self.letters = [
            ax.text(
                0,
                0,
                letter,
                color=colour,
                fontsize=9,
                fontweight="bold",
                ha="center",
                va="center",
                bbox={"boxstyle": "circle,pad=0.15", "fc": "white", "ec": colour},
            )
            for letter, (colour, _) in zip(LETTERS, PIN_STYLES, strict=True)
        ]
        self.seeds = ax.text(0.99, 0.03, "", transform=ax.transAxes, color=VERMILION, **SMALL_NOTE)
        self.marker = ax.axvline(1, color=GREY, linewidth=1)
        return [
            *(self.band, self.ghost, *self.pins, self.median, self.train, self.test),
            *(self.marker, *self.letters, self.seeds),
        ]

    def show(self, scene: Scene) -> bool:
        """Move every line; True where the axes have to be drawn again."""
        _move(self.ghost, scene.previous, "val_accuracy")
        _move(self.train, scene.history, "accuracy")
        _move(self.test, scene.history, "val_accuracy")
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
        return _fit_epochs(self.ax, scene.history)

    def _show_band(self, histories):
        for artist in (self.band, self.median, self.seeds):
            artist.set_visible(bool(histories))
        if histories:
            curves = np.array([history.val_accuracy for history in histories])
            low, middle, high = np.percentile(curves, [10, 50, 90], axis=0)
            epochs = epochs_of(histories[0])
            self.band.set_data(epochs, low, high)
            self.median.set_data(epochs, middle)
            self.seeds.set_text(f"band: middle 80 % of {len(histories)} seeds, dotted: median")


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
        _move(self.ghost, scene.previous, "learning_rate")
        _move(self.rate, scene.history, "learning_rate")
        _show_pins(self.pins, scene, "learning_rate")
        fitted = _fit_epochs(self.ax, scene.history)
        return self._set_axes(scene.history.experiment) or fitted

    def _set_axes(self, experiment) -> bool:
        """Scales and labels; fixed on the logarithmic axis, so that moves can be compared."""
        updates = -(-N_TRAIN // experiment.batch_size) if self.updates else 1
        axes = (updates, experiment.learning_rate if self.linear else None)
        if axes == self.drawn_axes:
            return False
        self.drawn_axes = axes
        self.ax.set_yscale("linear" if self.linear else "log")
        if self.linear:
            self.ax.set_ylim(0, 1.15 * experiment.learning_rate)
        else:
            self.ax.set_ylim(3e-9, 3)
            self.ax.yaxis.set_major_locator(LogLocator(10, numticks=5))
            self.ax.yaxis.set_minor_locator(NullLocator())
        self.ax.xaxis.set_major_formatter(lambda epoch, _: f"{epoch * updates:.0f}")
        self.ax.set_xlabel("update" if self.updates else "epoch")
        return True


class MonitorPanel:
    """The loss that ReduceLROnPlateau watches, its best so far, and each drop of the rate."""

    height = 1.6

    def build(self, ax):
        """A fixed axis for the loss."""
        ax.set_ylim(0.35, 1.6)
        ax.set_ylabel("loss (nats)")
        self.ax = ax
        self.loss = ax.plot([], [], **CURVES["val_loss"])[0]
        self.best = ax.plot([], [], color="black", linewidth=1.1, drawstyle="steps-post")[0]
        self.drops = ax.plot([], [], "v", color=VERMILION, markersize=6)[0]
        self.words = ax.text(0.99, 0.8, "", transform=ax.transAxes, **SMALL_NOTE)
        return [self.loss, self.best, self.drops, self.words]

    def show(self, scene: Scene) -> bool:
        """Move the lines; the loss is the one that the experiment monitors."""
        history, monitor = scene.history, scene.history.experiment.monitor
        loss = getattr(history, monitor)
        self.loss.set(**{key: CURVES[monitor][key] for key in ("color", "linestyle")})
        _move(self.loss, history, monitor)
        self.best.set_data(epochs_of(history), np.fmin.accumulate(loss))
        dropped = np.flatnonzero(np.diff(history.learning_rate) < 0) + 1
        self.drops.set_data(dropped, np.full(dropped.size, 1.5))
        self.words.set_text(f"{AXIS_LABELS[monitor]}; black: best so far; triangles: rate drops")
        return _fit_epochs(self.ax, history)


class WaitPanel:
    """The counter of ReduceLROnPlateau: epochs in a row without improvement."""

    height = 0.8

    def build(self, ax):
        """The axis ends a little above the patience."""
        ax.set_ylabel("waited")
        self.ax = ax
        self.wait = ax.plot([], [], color=GREY, linewidth=1.3, drawstyle="steps-mid")[0]
        self.patience = ax.axhline(1, color=VERMILION, linewidth=1.1, linestyle=(0, (4, 2)))
        return [self.wait, self.patience]

    def show(self, scene: Scene) -> bool:
        """Draw the counter against the patience; without a plateau rule there is neither."""
        experiment = scene.history.experiment
        waits = waits_of(scene.history)
        self.wait.set_data(epochs_of(scene.history), waits)
        self.patience.set_visible(experiment.patience is not None)
        self.patience.set_ydata([experiment.patience or 1] * 2)
        top = 1.25 * max(experiment.patience or 0, waits.max(), 4)
        changed = self.ax.get_ylim() != (0, top)
        self.ax.set_ylim(0, top)
        return _fit_epochs(self.ax, scene.history) or changed


def waits_of(history: History) -> np.ndarray:
    """Epochs without improvement, counted at each epoch's end before a drop resets the counter."""
    experiment = history.experiment
    best, wait, waits = np.inf, 0, []
    for epoch, loss in enumerate(getattr(history, experiment.monitor)):
        wait += 1
        if epoch == 0 or loss + experiment.min_delta < best:
            best, wait = loss, 0
        waits.append(wait)
        if wait >= (experiment.patience or np.inf):
            wait = 0
    return np.array(waits)


def _fit_epochs(ax, history: History) -> bool:
    """Let the x axis end with the run; True where that changed it."""
    limits = (0, len(history.loss))
    if ax.get_xlim() == limits:
        return False
    ax.set_xlim(limits)
    return True

"""The panels that show what ReduceLROnPlateau sees: the monitored loss and the counter."""

from helpers.experiment import History
from helpers.plots import AXIS_LABELS, CURVES, GREY, VERMILION, epochs_of
from helpers.widgets.panels import SMALL_NOTE, fit_epochs, move_line
from helpers.widgets.picture import Scene

import numpy as np
from matplotlib.ticker import NullLocator


class MonitorPanel:
    """The loss that ReduceLROnPlateau watches, its best so far, and each drop of the rate."""

    height = 1.6

    def build(self, ax):
        """A fixed axis for the loss, logarithmic: runs that do not learn begin high."""
        ax.set_yscale("log")
        ax.set_ylim(0.3, 12)
        ax.set_yticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_ylabel("loss (nats)")
        self.ax = ax
        self.loss = ax.plot([], [], **CURVES["val_loss"])[0]
        self.best = ax.plot([], [], color="black", linewidth=1.1, drawstyle="steps-post")[0]
        self.drops = ax.plot([], [], "v", color=VERMILION, markersize=6)[0]
        self.words = ax.text(0.99, 0.66, "", transform=ax.transAxes, **SMALL_NOTE)
        return [self.loss, self.best, self.drops, self.words]

    def show(self, scene: Scene) -> bool:
        """Move the lines; the loss is the one that the experiment monitors."""
        history, monitor = scene.history, scene.history.experiment.monitor
        loss = getattr(history, monitor)
        self.loss.set(**{key: CURVES[monitor][key] for key in ("color", "linestyle")})
        move_line(self.loss, history, monitor)
        self.best.set_data(epochs_of(history), np.fmin.accumulate(loss))
        dropped = np.flatnonzero(np.diff(history.learning_rate) < 0) + 1
        self.drops.set_data(dropped, np.full(dropped.size, 9))
        self.drops.set_visible(history.experiment.patience is not None)
        self.words.set_text(f"{AXIS_LABELS[monitor]}; black: best so far; triangles: rate drops")
        return fit_epochs(self.ax, history)


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
        return fit_epochs(self.ax, scene.history) or changed


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

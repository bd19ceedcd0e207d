"""The panels that show what ReduceLROnPlateau sees: the monitored loss and the counter."""

from helpers.measures import plateau_counter
from helpers.pictures.axes import LossAxis, fit_epochs, round_above
from helpers.pictures.scene import SMALL_NOTE, Scene, move_line
from helpers.plots import AXIS_LABELS, CURVES, GREY, VERMILION, epochs_of

import numpy as np


class MonitorPanel:
    """The loss that ReduceLROnPlateau watches, its best so far, and each drop of the rate."""

    height = 1.6

    def build(self, ax):
        """A logarithmic axis for the loss."""
        self.ax, self.axis = ax, LossAxis(ax)
        self.loss = ax.plot([], [], **CURVES["val_loss"], gid="loss run")[0]
        stairs = {"color": "black", "linewidth": 1.1, "drawstyle": "steps-post"}
        self.best = ax.plot([], [], **stairs, gid="loss best")[0]
        above = {"transform": ax.get_xaxis_transform(), "color": VERMILION, "markersize": 6}
        self.drops = ax.plot([], [], "v", **above, gid="loss drops")[0]
        self.words = ax.text(0.99, 0.66, "", transform=ax.transAxes, **SMALL_NOTE)
        return [self.loss, self.best, self.drops, self.words]

    def show(self, scene: Scene):
        """Move the lines; the loss is the one that the experiment monitors; the look of the axes."""
        history, monitor = scene.history, scene.history.experiment.monitor
        self.loss.set(**{key: CURVES[monitor][key] for key in ("color", "linestyle")})
        move_line(self.loss, history, monitor)
        best, _ = plateau_counter(history)
        self.best.set_data(epochs_of(history), best)
        dropped = np.flatnonzero(np.diff(history.learning_rate) < 0) + 1
        self.drops.set_data(dropped, np.full(dropped.size, 0.92))
        self.drops.set_visible(history.experiment.patience is not None)
        self.words.set_text(f"{AXIS_LABELS[monitor]}; stairs: best so far; triangles: rate drops")
        return self.axis.fit(getattr(history, monitor)), fit_epochs(self.ax, history)

    def readout(self, scene: Scene):
        """The monitored loss."""
        monitor = scene.history.experiment.monitor
        name = "test loss" if monitor.startswith("val") else "train loss"
        return [(name, " nats", None, getattr(scene.history, monitor))]


class WaitPanel:
    """The counter of ReduceLROnPlateau: epochs in a row without improvement."""

    height = 0.8

    def build(self, ax):
        """The axis ends above the patience."""
        ax.set_ylabel("waited")
        self.ax = ax
        stairs = {"color": GREY, "linewidth": 1.3, "drawstyle": "steps-mid"}
        self.wait = ax.plot([], [], **stairs, gid="wait run")[0]
        dashed = {"color": VERMILION, "linewidth": 1.1, "linestyle": (0, (4, 2))}
        self.patience = ax.axhline(1, **dashed, gid="wait patience")
        return [self.wait, self.patience]

    def show(self, scene: Scene):
        """Draw the counter against the patience; without a plateau rule there is neither."""
        patience = scene.history.experiment.patience
        _, waits = plateau_counter(scene.history)
        self.wait.set_data(epochs_of(scene.history), waits)
        self.patience.set_visible(patience is not None)
        self.patience.set_ydata([patience or 1] * 2)
        top = 1.1 * round_above(max(patience or 0, waits.max(), 4))
        if top != self.ax.get_ylim()[1]:
            self.ax.set_ylim(0, top)
        return top, fit_epochs(self.ax, scene.history)

    def readout(self, scene: Scene):
        """The counter."""
        return [("waited", "", 0, plateau_counter(scene.history)[1])]

"""The panels that show what ReduceLROnPlateau sees: the monitored loss and the counter."""

from helpers.experiment import History
from helpers.measures import plateau_counter
from helpers.pictures.axes import LossAxis, fit_epochs, round_above
from helpers.pictures.panels import LossPanel
from helpers.pictures.scene import SMALL_NOTE, Scene, move_line
from helpers.plots import AXIS_LABELS, CURVES, GREY, VERMILION, epochs_of

import numpy as np


class Watched:
    """What ReduceLROnPlateau makes of a loss: its best so far, and each drop of the rate."""

    def build_watched(self, ax) -> list:
        """Make stairs, triangles and the words for them."""
        stairs = {"color": "black", "linewidth": 1.1, "drawstyle": "steps-post"}
        self.best = ax.plot([], [], **stairs, gid="loss best")[0]
        above = {"transform": ax.get_xaxis_transform(), "color": VERMILION, "markersize": 6}
        self.drops = ax.plot([], [], "v", **above, gid="loss drops")[0]
        self.words = ax.text(0.99, 0.66, "", transform=ax.transAxes, **SMALL_NOTE)
        return [self.best, self.drops, self.words]

    def show_watched(self, history: History):
        """Move them; the loss is the one that the experiment monitors."""
        best, _ = plateau_counter(history)
        self.best.set_data(epochs_of(history), best)
        dropped = np.flatnonzero(np.diff(history.learning_rate) < 0) + 1
        self.drops.set_data(dropped, np.full(dropped.size, 0.92))
        self.drops.set_visible(history.experiment.patience is not None)
        watched = AXIS_LABELS[history.experiment.monitor]
        self.words.set_text(f"{watched}; stairs: best so far; triangles: rate drops")


class WatchedLossPanel(Watched, LossPanel):
    """Both losses, and what ReduceLROnPlateau makes of the one that it watches."""

    def build(self, ax):
        """The losses under the stairs."""
        return [*super().build(ax), *self.build_watched(ax)]

    def show(self, scene: Scene):
        """Move the lines; the look of the axes."""
        self.show_watched(scene.history)
        return super().show(scene)


class MonitorPanel(Watched):
    """The loss that ReduceLROnPlateau watches, alone."""

    height = 1.6

    def build(self, ax):
        """A logarithmic axis for the loss."""
        self.ax, self.axis = ax, LossAxis(ax)
        self.loss = ax.plot([], [], **CURVES["val_loss"], gid="loss run")[0]
        return [self.loss, *self.build_watched(ax), self.axis.note]

    def show(self, scene: Scene):
        """Move the lines; the look of the axes."""
        history, monitor = scene.history, scene.history.experiment.monitor
        self.loss.set(**{key: CURVES[monitor][key] for key in ("color", "linestyle")})
        move_line(self.loss, history, monitor)
        self.show_watched(history)
        self.axis.tell(getattr(history, monitor))
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

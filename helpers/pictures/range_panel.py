"""The picture of a range test: the loss over the rate, and where the reading rules read one."""

from typing import NamedTuple

from helpers.measures import rates_read, smoothed
from helpers.pictures.axes import power
from helpers.pictures.scene import GHOST
from helpers.plots import BLUE, GREY, highest_loss, move_rate_marks, rate_marks

import numpy as np


class RangeScene(NamedTuple):
    """A range test, and the one before."""

    test: object
    previous: object | None = None
    title: str = ""


class RangePanel:
    """Each batch's loss, thin; its mean, thick; the mean of the test before; a mark for each rule."""

    height = 1

    def build(self, ax):
        """Rates rise to the right on a logarithmic axis."""
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss (nats)")
        ax.xaxis.set_major_formatter(lambda rate, _: power(rate))
        self.ax, self.look = ax, None
        thin = {"color": BLUE, "linewidth": 0.8, "alpha": 0.45}
        self.batches = ax.plot([], [], **thin, label="each batch", gid="range batches")[0]
        self.mean = ax.plot([], [], color=BLUE, linewidth=2.2, label="mean", gid="range mean")[0]
        self.guessing = ax.axhline(1, color=GREY, linestyle=":", linewidth=1.2, label="guessing")
        self.ghost = ax.plot([], [], **GHOST, label="test before", gid="range previous")[0]
        self.marks = rate_marks(ax)
        return [self.ghost, self.batches, self.mean, *sum(self.marks.values(), ())]

    def show(self, scene: RangeScene):
        """Move every line; the look of the axes."""
        test, before = scene.test, scene.previous
        self.batches.set_data(test.learning_rate, test.loss)
        self.mean.set_data(test.learning_rate, smoothed(test.loss))
        self.ghost.set_visible(before is not None)
        if before is not None:
            self.ghost.set_data(before.learning_rate, smoothed(before.loss))
        ends = float(test.learning_rate[0]), float(test.learning_rate[-1])
        look = ends, highest_loss(test), test.problem.classes, before is not None
        if look != self.look:
            self.look = None
            self.ax.set(xlim=ends, ylim=(0, look[1]))
            self.guessing.set_ydata([np.log(test.problem.classes)] * 2)
            self.look = look
        move_rate_marks(self.marks, rates_read(test))
        return look

    def places(self, scene: RangeScene):
        """The rates can be pointed at."""
        return (scene.test.learning_rate,)

    def readout(self, scene: RangeScene):
        """Rate, loss and mean."""
        return [
            ("learning rate", "", None, scene.test.learning_rate),
            ("loss of the batch", " nats", None, scene.test.loss),
            ("mean", " nats", None, smoothed(scene.test.loss)),
        ]

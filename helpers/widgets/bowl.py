"""The picture of gradient descent: a path on a bowl, and the line of all learning rates."""

from helpers.descent import Bowl, descend, diverges_above, oscillates_above, regime
from helpers.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from helpers.widgets.words import shown

import numpy as np

MOST_STEPS = 100
ARRIVED, LEFT = 1e-4, 1e4  # losses at which a path is over
LOWEST_RATE, HIGHEST_RATE = 1e-3, 10.0


class DescentScene:
    """A bowl and a path on it, with the sentence above the picture."""

    def __init__(self, bowl: Bowl, learning_rate: float, momentum: float, steps: int):
        """Walk the path."""
        self.bowl, self.learning_rate, self.momentum = bowl, learning_rate, momentum
        self.path = descend(bowl, learning_rate, momentum, steps)
        self.regime = regime(bowl, learning_rate, momentum)
        self.title = (
            f"learning rate {shown(learning_rate)}, momentum {shown(momentum)}: {self.regime}"
        )

    @property
    def sentence(self) -> str:
        """Where the path is, and the boundary for its momentum."""
        steps, loss = len(self.path) - 1, self.heights[-1]
        end = ""
        if loss <= ARRIVED:
            end = " It has arrived."
        elif loss >= LEFT:
            end = " It has left the picture."
        elif steps == MOST_STEPS:
            end = " It has not arrived yet."
        boundary = diverges_above(max(self.bowl.curvatures), self.momentum)
        return (
            f"After {steps} step{'s' * (steps != 1)} the loss is {loss:.3g} (at the start "
            f"{self.heights[0]:.3g}).{end} The learning rate {shown(self.learning_rate)} is "
            f"{self.regime}; above {boundary:.3g}, every path diverges."
        )

    @property
    def heights(self) -> np.ndarray:
        """How high the path is at each of its points."""
        return self.bowl.height(self.path)


class PathPanel:
    """The surface with the path on it: a curve from the side, a ravine from above."""

    height = 3

    def __init__(self, bowl: Bowl):
        """Remember the surface."""
        self.bowl = bowl

    def build(self, ax):
        """Draw the surface."""
        ax.set_xlim(-5, 5)
        ax.grid(visible=False)
        ax.set_xlabel("weight")
        w1 = np.linspace(-5, 5, 201)
        if len(self.bowl.curvatures) == 1:
            ax.plot(w1, self.bowl.height(w1[:, None]), color=GREY)
            ax.set_ylabel("loss")
            ax.set_ylim(-0.8, 13)
        else:
            w2 = np.linspace(-1.6, 1.6, 101)
            grid = np.stack(np.meshgrid(w1, w2), axis=-1)
            levels = np.geomspace(0.1, 30, 9)
            ax.contour(w1, w2, self.bowl.height(grid), levels, colors=GREY, linewidths=0.7)
            ax.set_ylabel("second weight")
        self.path = ax.plot([], [], "o-", color=BLUE, markersize=4, linewidth=1)[0]
        self.last = ax.plot([], [], "o", color=VERMILION, markersize=9)[0]
        return [self.path, self.last]

    def show(self, scene: DescentScene) -> bool:
        """Move the path."""
        first = scene.path[:, 0]
        second = scene.heights if len(scene.bowl.curvatures) == 1 else scene.path[:, 1]
        self.path.set_data(first, second)
        self.last.set_data(first[-1:], second[-1:])
        return False


class RegimePanel:
    """All learning rates on one line: where paths creep, oscillate, diverge; and the one chosen."""

    height = 0.45

    def build(self, ax):
        """Draw the line of rates."""
        ax.set_xscale("log")
        ax.set_xlim(LOWEST_RATE, HIGHEST_RATE)
        ax.set_ylim(0, 1)
        ax.set_yticks([])
        ax.set_xlabel("learning rate")
        ax.grid(visible=False)
        self.ax, self.zones, self.momentum = ax, [], None
        self.rate = ax.axvline(1, color=BLACK, linewidth=2.5)
        return [self.rate]

    def show(self, scene: DescentScene) -> bool:
        """Move the mark; True where the zones have moved with the momentum."""
        self.rate.set_xdata([scene.learning_rate] * 2)
        if scene.momentum == self.momentum:
            return False
        self.momentum = scene.momentum
        for zone in self.zones:
            zone.remove()
        steepest = max(scene.bowl.curvatures)
        swings, boundary = (f(steepest, self.momentum) for f in (oscillates_above, diverges_above))
        edges = np.clip([LOWEST_RATE, swings, boundary, HIGHEST_RATE], LOWEST_RATE, HIGHEST_RATE)
        self.zones = []
        names = ("creeps", "oscillates", "diverges")
        for left, right, colour, name in zip(
            edges, edges[1:], (GREEN, ORANGE, VERMILION), names, strict=False
        ):
            self.zones.append(self.ax.axvspan(left, right, color=colour, alpha=0.3, linewidth=0))
            if right > left:
                above = 0.5 if right > 3 * left else 1.4  # beside the strip where it is too narrow
                middle = np.sqrt(left * right)
                text = self.ax.text(middle, above, name, ha="center", va="center", fontsize=9)
                self.zones.append(text)
        return True

"""The picture of gradient descent: a path on a bowl, and the line of all learning rates."""

from helpers.descent import Bowl, descend, diverges_above, oscillates_above, regime
from helpers.pictures.axes import power
from helpers.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION

import numpy as np

MOST_STEPS = 100
ARRIVED, LEFT = 1e-4, 1e4  # losses at which a path is over
LOWEST_RATE, HIGHEST_RATE = 1e-3, 10.0
ZONES = {"creeps": GREEN, "oscillates": ORANGE, "diverges": VERMILION}


class DescentScene:
    """A bowl and a path on it, with the sentence above the picture."""

    def __init__(self, bowl: Bowl, learning_rate: float, momentum: float, steps: int):
        """Walk the path."""
        self.bowl, self.learning_rate, self.momentum = bowl, learning_rate, momentum
        self.path = descend(bowl, learning_rate, momentum, steps)
        self.regime = regime(bowl, learning_rate, momentum)
        self.title = f"learning rate {learning_rate:.6g}, momentum {momentum:.6g}: {self.regime}"

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
            f"{self.heights[0]:.3g}).{end} The learning rate {self.learning_rate:.6g} is "
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
        self.path = ax.plot([], [], "o-", color=BLUE, markersize=4, linewidth=1, gid="path")[0]
        self.last = ax.plot([], [], "o", color=VERMILION, markersize=9, gid="end")[0]
        return [self.path, self.last]

    def show(self, scene: DescentScene):
        """Move the path; the axes always look the same."""
        first, second = self.places(scene)
        self.path.set_data(first, second)
        self.last.set_data(first[-1:], second[-1:])

    def places(self, scene: DescentScene):
        """Each point of the path can be pointed at."""
        flat = len(scene.bowl.curvatures) == 1
        return scene.path[:, 0], scene.heights if flat else scene.path[:, 1]

    def readout(self, scene: DescentScene):
        """Step, place and loss."""
        names = ("weight",) if scene.path.shape[1] == 1 else ("first weight", "second weight")
        return [
            ("step", "", 0, np.arange(len(scene.path))),
            *((name, "", None, place) for name, place in zip(names, scene.path.T, strict=True)),
            ("loss", "", None, scene.heights),
        ]


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
        ax.xaxis.set_major_formatter(lambda rate, _: power(rate))
        ax.grid(visible=False)
        self.zones = [
            ax.axvspan(1, 2, color=colour, alpha=0.3, linewidth=0, gid=name)
            for name, colour in ZONES.items()
        ]
        self.names = [ax.text(1, 0.5, name, ha="center", va="center", fontsize=9) for name in ZONES]
        self.rate = ax.axvline(1, color=BLACK, linewidth=2.5, gid="rate")
        return [*self.zones, *self.names, self.rate]

    def show(self, scene: DescentScene):
        """Move the mark, and the zones with the momentum; the axes always look the same."""
        self.rate.set_xdata([scene.learning_rate] * 2)
        steepest, momentum = max(scene.bowl.curvatures), scene.momentum
        edges = oscillates_above(steepest, momentum), diverges_above(steepest, momentum)
        edges = np.clip([LOWEST_RATE, *edges, HIGHEST_RATE], LOWEST_RATE, HIGHEST_RATE)
        for zone, name, left, right in zip(self.zones, self.names, edges, edges[1:], strict=False):
            zone.set(x=left, width=right - left)
            name.set_visible(bool(right > left))
            above = 0.5 if right > 3 * left else 1.4  # beside the strip where it is too narrow
            name.set_position((np.sqrt(left * right), above))

"""The picture of gradient descent: a path on a bowl, and the line of all learning rates."""

from helpers.descent import METHODS, Bowl, descend, diverges_above, oscillates_above, regime
from helpers.pictures.axes import power
from helpers.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION

import numpy as np

MOST_STEPS = 100
ARRIVED, LEFT = 1e-4, 1e4  # losses at which a path is over
LOWEST_RATE, HIGHEST_RATE = 1e-3, 10.0
NO_BORDERS = "no borders: each step adapts"
ZONES = {"creeps": GREEN, "oscillates": ORANGE, "diverges": VERMILION}


class DescentScene:
    """A bowl and a path on it, with the sentence above the picture."""

    def __init__(
        self, bowl: Bowl, learning_rate: float, momentum: float, steps: int, method: str = "SGD"
    ):
        """Walk the path; method: one of METHODS."""
        self.bowl, self.learning_rate, self.momentum = bowl, learning_rate, momentum
        self.method, settings = method, METHODS[method]
        walked = descend(bowl, learning_rate, momentum, steps + 1, **settings)
        self.path, there = walked[: steps + 1], bowl.height(walked[steps:]) <= ARRIVED
        self.arrived = bool(there.size and there.all())  # and the next step does not lead away
        self.title = f"{method}, learning rate {learning_rate:.6g}"
        self.borders = self.regime = None
        if "optimizer" not in settings:  # SGD alone has regimes
            beside = momentum, settings.get("nesterov", False)
            steepest = max(bowl.curvatures)
            self.borders = oscillates_above(steepest, *beside), diverges_above(steepest, *beside)
            self.regime = regime(bowl, learning_rate, *beside)
            self.title = (
                f"learning rate {learning_rate:.6g}, momentum {momentum:.6g}: {self.regime}"
            )

    @property
    def sentence(self) -> str:
        """Where the path is, the boundary for its momentum, and how long the bowl is."""
        steps, loss = len(self.path) - 1, self.heights[-1]
        told = (
            f"After {steps} step{'s' * (steps != 1)} of {self.method} the loss is {loss:.3g} "
            f"(at the start {self.heights[0]:.3g})."
        )
        if self.arrived:
            told += " It has arrived."
        elif loss >= LEFT:
            told += " It has left the picture."
        elif steps == MOST_STEPS:
            told += " It has not arrived yet."
        if self.regime:
            told += f" The learning rate {self.learning_rate:.6g} is {self.regime}; above "
            told += f"{self.borders[1]:.3g}, every path diverges."
        if len(self.bowl.curvatures) > 1:
            told += f" The condition number is {self.bowl.condition_number:g}."
        return told

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
            half = 3.4 if self.bowl.angle else 1.6
            w2 = np.linspace(-half, half, 161)
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
        self.note = ax.text(1, 0.5, NO_BORDERS, ha="center", va="center", fontsize=9, gid="note")
        return [*self.zones, *self.names, self.note, self.rate]

    def show(self, scene: DescentScene):
        """Move the mark, and the zones of SGD with the momentum; the axes always look the same."""
        self.rate.set_xdata([scene.learning_rate] * 2)
        self.note.set_visible(not scene.borders)
        self.note.set_x(0.01 if scene.learning_rate > 0.1 else 1)  # beside the mark
        edges = scene.borders or [LOWEST_RATE] * 2
        edges = np.clip([LOWEST_RATE, *edges, HIGHEST_RATE], LOWEST_RATE, HIGHEST_RATE)
        for zone, name, left, right in zip(self.zones, self.names, edges, edges[1:], strict=False):
            zone.set(x=left, width=right - left)
            zone.set_visible(bool(scene.borders))
            name.set_visible(bool(scene.borders and right > left))
            above = 0.5 if right > 3 * left else 1.4  # beside the strip where it is too narrow
            name.set_position((np.sqrt(left * right), above))

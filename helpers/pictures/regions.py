"""What a network predicts over the plane, under the points that test it."""

from dataclasses import dataclass

from helpers.experiment import History
from helpers.plots import plot_classes
from helpers.regions import palette, plane_around, shades_of

import numpy as np
from matplotlib.colors import ListedColormap, NoNorm

PIXELS = 120  # of the plane, each way


@dataclass
class RegionsScene:
    """The network of a run after an epoch, counted from 1."""

    history: History
    epoch: int
    earlier: bool = False  # the curves beside it are of a later run

    @property
    def title(self) -> str:
        """Write epoch and test accuracy."""
        accuracy = 100 * self.history.val_accuracy[self.epoch - 1]
        shown = "an earlier run" if self.earlier else f"epoch {self.epoch}"
        return f"{shown}: test accuracy {accuracy:.0f} %"


class RegionsPanel:
    """The predicted class at each place, paler where the network is less sure, and the test points."""

    height = 1

    def build(self, ax):
        """Empty axes: the problem comes with the scene."""
        ax.grid(visible=False)
        ax.locator_params(steps=[5])
        self.ax, self.problem = ax, None
        blank, white = np.zeros((PIXELS, PIXELS), "uint8"), ListedColormap(["white"])
        self.image = ax.imshow(blank, white, NoNorm(), origin="lower", aspect="auto", gid="regions")
        return [self.image]

    def show(self, scene: RegionsScene):
        """Colour the plane; the look of the axes is the problem's."""
        problem = scene.history.problem
        if problem is not self.problem:
            self._set_problem(problem)
        weights = [array[scene.epoch - 1] for array in scene.history.weights_by_epoch]
        self.image.set_data(shades_of(weights, self.extent, PIXELS))
        return problem

    def _set_problem(self, problem):
        self.problem = None
        for points in [*self.ax.collections]:
            points.remove()
        X, y = problem.data.testX, problem.data.testy
        self.extent = plane_around(X, 0.06 * float(np.ptp(X, axis=0).max()))
        plot_classes(self.ax, X, y, size=9)
        self.ax.set_aspect("auto")
        self.ax.set_xlim(self.extent[:2])
        self.ax.set_ylim(self.extent[2:])
        self.image.set_extent(self.extent)
        self.image.set_cmap(palette(problem.classes))
        self.problem = problem

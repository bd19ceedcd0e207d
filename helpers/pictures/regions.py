"""What a network predicts over the plane, under the points that test it."""

from dataclasses import dataclass
from functools import lru_cache

from helpers.experiment import History
from helpers.plots import CLASSES, plane_around, plot_classes

import numpy as np
from matplotlib.colors import ListedColormap, NoNorm, to_rgb

PIXELS = 120  # of the plane, each way
SHADES = 32  # of each class, the palest first
PALEST, STRONGEST = 0.12, 0.5  # opacity of a class that was guessed, and of a certain one


@dataclass
class RegionsScene:
    """The network of a run after an epoch, counted from 1."""

    history: History
    epoch: int

    @property
    def title(self) -> str:
        """Write epoch and test accuracy."""
        accuracy = 100 * self.history.val_accuracy[self.epoch - 1]
        return f"epoch {self.epoch}: test accuracy {accuracy:.0f} %"


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
        self.image.set_data(shades_of(weights, self.extent))
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


@lru_cache
def palette(classes: int) -> ListedColormap:
    """Shades of each class, as opacity: they lie on white paper as well as on a dark page."""
    opacity = np.linspace(PALEST, STRONGEST, SHADES)
    colours = [to_rgb(CLASSES[number % len(CLASSES)][0]) for number in range(classes)]
    return ListedColormap([(*colour, alpha) for colour in colours for alpha in opacity])


@lru_cache(maxsize=8)
def plane(extent: tuple[float, ...], pixels: int) -> np.ndarray:
    """The middles of the plane's pixels: float32 (3, pixels²), rows x_1, x_2 and 1, from below."""
    left, right, bottom, top = extent
    middles = (np.arange(pixels) + 0.5) / pixels
    x1, x2 = np.meshgrid(left + middles * (right - left), bottom + middles * (top - bottom))
    return np.stack([x1.ravel(), x2.ravel(), np.ones(pixels * pixels)]).astype("float32")


def shades_of(weights: list[np.ndarray], extent, pixels: int = PIXELS) -> np.ndarray:
    """Predicted class times SHADES, plus how sure the network is of it: uint8 (pixels, pixels)."""
    W1, b1, W2, b2 = (np.asarray(array, "float32") for array in weights)
    with np.errstate(all="ignore"):  # a run that diverged: class 0, as pale as guessing
        hidden = np.vstack([W1, b1]).T @ plane(tuple(map(float, extent)), pixels)
        logits = W2.T @ np.maximum(hidden, 0, out=hidden)
        logits += b2[:, None]
        highest = logits.max(axis=0)
        sure = 1 / np.exp(logits - highest).sum(axis=0)  # softmax of the highest
        guessing = 1 / len(logits)
        shade = np.nan_to_num((sure - guessing) / (1 - guessing), nan=0.0) * (SHADES - 1)
        shade = shade.round().clip(0, SHADES - 1).astype("uint8")
    return (logits.argmax(axis=0).astype("uint8") * SHADES + shade).reshape(pixels, pixels)

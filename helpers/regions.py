"""What a network with two inputs predicts over the plane, in shades of the classes' colours."""

from functools import lru_cache

from helpers.kept import kept
from helpers.plots import CLASSES

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, NoNorm, to_rgb

SHADES = 32  # of each class, the palest first
PALEST, STRONGEST = 0.12, 0.5  # opacity of a class that was guessed, and of a certain one


def plot_decision_regions(ax: Axes, weights: list[np.ndarray], X: np.ndarray) -> None:
    """What the network with these weights predicts over the plane around X, paler where it is less sure."""
    extent = plane_around(X)
    shades, colours = shades_of(weights, extent, 150), palette(weights[-1].size)
    whole = {"origin": "lower", "interpolation": "nearest", "extent": extent}
    ax.imshow(shades, colours, NoNorm(), **whole)


def plane_around(X: np.ndarray, margin: float = 1.0) -> tuple[float, float, float, float]:
    """Smallest and largest x_1, smallest and largest x_2, with a margin."""
    (left, bottom), (right, top) = X.min(axis=0) - margin, X.max(axis=0) + margin
    return left, right, bottom, top


@lru_cache
def palette(classes: int) -> ListedColormap:
    """Shades of each class, as opacity: they lie on white paper as well as on a dark page."""
    opacity = np.linspace(PALEST, STRONGEST, SHADES)
    colours = [to_rgb(CLASSES[number % len(CLASSES)][0]) for number in range(classes)]
    return ListedColormap([(*colour, alpha) for colour in colours for alpha in opacity])


@kept(mebibytes=2)
def plane(extent: tuple[float, ...], pixels: int) -> np.ndarray:
    """The middles of the plane's pixels: float32 (3, pixels²), rows x_1, x_2 and 1, from below."""
    left, right, bottom, top = extent
    middles = (np.arange(pixels) + 0.5) / pixels
    x1, x2 = np.meshgrid(left + middles * (right - left), bottom + middles * (top - bottom))
    return np.stack([x1.ravel(), x2.ravel(), np.ones(pixels * pixels)]).astype("float32")


def shades_of(weights: list[np.ndarray], extent, pixels: int) -> np.ndarray:
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

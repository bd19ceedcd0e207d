"""Axes whose looks seldom change, and what is written beside them."""

from helpers.experiment import History
from helpers.pictures.scene import SMALL_NOTE

import numpy as np
from matplotlib.ticker import NullLocator

HIGHEST, LOWEST = 6, 0.3  # losses at the ends of an axis; lower where a run needs it


class LossAxis:
    """A logarithmic axis of losses: runs that do not learn begin high."""

    def __init__(self, ax):
        """Make the axis; its lower end follows from the losses."""
        self.ax, self.lowest = ax, None
        ax.set_yscale("log")
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_ylabel("loss (nats)")
        self.note = ax.text(0.99, 0.78, "", transform=ax.transAxes, **SMALL_NOTE, gid="beyond")

    def fit(self, *losses: np.ndarray) -> float:
        """Begin at 0.3, or as many half decades below as the losses need; where that is."""
        found = np.concatenate(losses)
        least = found[np.isfinite(found) & (found > 0)].min(initial=LOWEST)
        lowest = float(LOWEST * 10.0 ** (np.floor(2 * np.log10(least / LOWEST) + 1e-9) / 2))
        if lowest != self.lowest:
            self.lowest = None
            steps = (1, 2, 5) if lowest > 0.05 else (1, 3) if lowest > 0.002 else (1,)
            ticks = [step * 10.0**power for power in range(-8, 1) for step in steps]
            ticks = [tick for tick in ticks if tick > lowest]
            self.ax.set_yticks(ticks, map(short, ticks))
            self.ax.set_ylim(lowest, HIGHEST)
            self.lowest = lowest
        return lowest

    def tell(self, loss: np.ndarray):
        """Write where a run's loss leaves the axis for good: it would look as if there were none."""
        self.note.set_text(beyond(loss))


def beyond(loss: np.ndarray) -> str:
    """Where a loss leaves the axis for good, and where it is no number any more; nothing if it stays."""
    left = first_of_the_rest(loss <= HIGHEST)
    if left > len(loss):
        return ""
    lost = first_of_the_rest(np.isfinite(loss))
    ends = f"infinite from epoch {lost}"
    if lost == left:
        return f"the loss is {ends}"
    return f"the loss is above this axis from epoch {left}" + f", {ends}" * bool(lost <= len(loss))


def first_of_the_rest(kept: np.ndarray) -> int:
    """The epoch, counted from 1, after the last one that is kept."""
    return int(np.flatnonzero(kept).max(initial=-1)) + 2


def fit_epochs(ax, history: History) -> int:
    """Let the x axis end with the run; where that is."""
    epochs = len(history.loss)
    if ax.get_xlim() != (0, epochs):
        ax.set_xlim(0, epochs)
    return epochs


def round_above(number: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 … (and 0.5, 0.2 …) that is not below a number."""
    least = max(number, 1e-300) * (1 - 1e-6)  # a rate of 0.1 is a little more in 32 bits
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(power * step for step in (1, 2, 5, 10) if power * step >= least))


def power(number: float) -> str:
    """Write a power of ten, 10⁻⁴, without mathtext, which takes a quarter of a draw."""
    exponent = str(round(np.log10(number)))
    return "10" + exponent.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def short(number: float) -> str:
    """Write a number in at most five characters or so: 0.01, 2e-4."""
    if number == 0 or number >= 1e-3:
        return f"{number:g}"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"

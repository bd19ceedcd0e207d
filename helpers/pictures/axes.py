"""Axes whose looks seldom change, and what is written beside them."""

from helpers.experiment import History

import numpy as np


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

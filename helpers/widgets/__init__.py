"""Sliders to figure: the only room that imports ipywidgets."""

from helpers.widgets.descent import explore_descent
from helpers.widgets.entry import explore

__all__ = ["explore", "explore_descent"]

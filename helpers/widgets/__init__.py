"""Sliders to figure: the only room that imports ipywidgets."""

from helpers.widgets.explorer import Explorer, explore

__all__ = ["Explorer", "explore"]

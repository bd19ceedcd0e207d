"""Sliders to figure: the only room that imports ipywidgets."""

from helpers.widgets.descent import explore_descent
from helpers.widgets.entry import explore
from helpers.widgets.mystery import mystery_run
from helpers.widgets.prediction import ask
from helpers.widgets.range_test import explore_range_test
from helpers.widgets.report import predictions

__all__ = ["ask", "explore", "explore_descent", "explore_range_test", "mystery_run", "predictions"]

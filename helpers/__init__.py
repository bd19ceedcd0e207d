"""What the notebooks import: the problem, the experiment, its readings and its pictures."""

from helpers import start  # noqa: F401, I001  # first: it imports TensorFlow quietly
from helpers import missing_names  # noqa: F401

from helpers.claims import measure_claims
from helpers.descent import RAVINE, TURNED_RAVINE, descend
from helpers.exercise import exercise
from helpers.experiment import Experiment, History
from helpers.keras_code import keras_code
from helpers.keras_fit import LearningRateMonitor, fit_keras
from helpers.measures import (
    drops,
    epochs_to_80,
    first_drop,
    learned_above,
    level,
    rates_read,
    swing,
    volatile_above,
)
from helpers.network import predict
from helpers.outcome import kind_of_run
from helpers.plots import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    plot_accuracy,
    plot_band,
    plot_best_accuracy,
    plot_classes,
    plot_curve,
    plot_fit,
    plot_heat_map,
    plot_range_test,
    plot_strip,
)
from helpers.problems import (
    Problem,
    Split,
    best_accuracy,
    prepare_data,
    problem,
    standard_error,
    standardized,
)
from helpers.regions import plot_decision_regions
from helpers.tables import data_table
from helpers.training import RangeTest, range_test, tenths, train, train_grid, train_many
from helpers.widgets import (
    ask,
    explore,
    explore_descent,
    explore_range_test,
    mystery_run,
    predictions,
)

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "RAVINE",
    "SKY",
    "TURNED_RAVINE",
    "VERMILION",
    "YELLOW",
    "Experiment",
    "History",
    "LearningRateMonitor",
    "Problem",
    "RangeTest",
    "Split",
    "ask",
    "best_accuracy",
    "data_table",
    "descend",
    "drops",
    "epochs_to_80",
    "exercise",
    "explore",
    "explore_descent",
    "explore_range_test",
    "first_drop",
    "fit_keras",
    "keras_code",
    "kind_of_run",
    "learned_above",
    "level",
    "measure_claims",
    "mystery_run",
    "plot_accuracy",
    "plot_band",
    "plot_best_accuracy",
    "plot_classes",
    "plot_curve",
    "plot_decision_regions",
    "plot_fit",
    "plot_heat_map",
    "plot_range_test",
    "plot_strip",
    "predict",
    "predictions",
    "prepare_data",
    "problem",
    "range_test",
    "rates_read",
    "standard_error",
    "standardized",
    "swing",
    "tenths",
    "train",
    "train_grid",
    "train_many",
    "volatile_above",
]

"""What the notebooks import: the problem, the experiment, its readings and its pictures."""

from helpers import start  # noqa: F401, I001  # first: it imports TensorFlow quietly
from helpers import missing_names  # noqa: F401

from helpers.claims import measure_claims
from helpers.data import Split, best_accuracy, prepare_data, standard_error
from helpers.exercise import exercise
from helpers.experiment import Experiment, History
from helpers.keras_code import keras_code
from helpers.keras_fit import LearningRateMonitor, fit_keras
from helpers.measures import epochs_to_80, level, swing
from helpers.network import predict
from helpers.plots import (
    plot_accuracy,
    plot_band,
    plot_best_accuracy,
    plot_classes,
    plot_curve,
    plot_decision_regions,
)
from helpers.tables import data_table
from helpers.training import tenths, train, train_many
from helpers.widgets import ask, explore, explore_descent

__all__ = [
    "Experiment",
    "History",
    "LearningRateMonitor",
    "Split",
    "ask",
    "best_accuracy",
    "data_table",
    "epochs_to_80",
    "exercise",
    "explore",
    "explore_descent",
    "fit_keras",
    "keras_code",
    "level",
    "measure_claims",
    "plot_accuracy",
    "plot_band",
    "plot_best_accuracy",
    "plot_classes",
    "plot_curve",
    "plot_decision_regions",
    "predict",
    "prepare_data",
    "standard_error",
    "swing",
    "tenths",
    "train",
    "train_many",
]

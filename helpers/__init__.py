"""What the notebooks import: the problem, the experiment, its readings and its pictures."""

from helpers import start  # noqa: F401, I001  # first: it imports TensorFlow quietly

from helpers.data import Split, best_accuracy, prepare_data, standard_error
from helpers.experiment import Experiment, History
from helpers.keras_code import keras_code
from helpers.keras_fit import LearningRateMonitor, fit_keras
from helpers.network import predict
from helpers.plots import (
    plot_accuracy,
    plot_band,
    plot_best_accuracy,
    plot_classes,
    plot_curve,
    plot_decision_regions,
)
from helpers.training import tenths, train, train_many
from helpers.widgets import explore, explore_descent

__all__ = [
    "Experiment",
    "History",
    "LearningRateMonitor",
    "Split",
    "best_accuracy",
    "explore",
    "explore_descent",
    "fit_keras",
    "keras_code",
    "plot_accuracy",
    "plot_band",
    "plot_best_accuracy",
    "plot_classes",
    "plot_curve",
    "plot_decision_regions",
    "predict",
    "prepare_data",
    "standard_error",
    "tenths",
    "train",
    "train_many",
]

"""What the notebooks import: the problem, the experiment, its readings and its pictures."""

from helpers import start  # isort: skip  # first: it quietens TensorFlow and sets its compiler up

from helpers.data import Split, best_accuracy, prepare_data, standard_error
from helpers.experiment import Experiment, History
from helpers.keras_fit import LearningRateMonitor, fit_keras
from helpers.network import predict
from helpers.training import train, train_many

__all__ = []

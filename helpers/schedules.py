"""The learning rate of every update that an experiment lays down before it starts."""

from helpers.experiment import Experiment

import numpy as np


def scheduled_rates(experiment: Experiment, updates_per_epoch: int, floatx: str) -> np.ndarray:
    """Learning rates, shape (epochs, updates_per_epoch), before any ReduceLROnPlateau.

    Time-based decay is computed in float32, as `keras.optimizers.schedules.InverseTimeDecay` does.
    """
    shape = (experiment.epochs, updates_per_epoch)
    if experiment.decay:
        update = np.arange(experiment.epochs * updates_per_epoch, dtype="float32")
        rate = np.float32(experiment.learning_rate)
        return (rate / (1 + np.float32(experiment.decay) * update)).astype(floatx).reshape(shape)
    rates = np.full(shape, experiment.learning_rate, floatx)
    for epoch, rate in experiment.schedule:
        rates[epoch:] = rate
    return rates

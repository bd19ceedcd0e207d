"""The same run through plain Keras: what `train` is held against."""

from helpers.experiment import Experiment, History
from helpers.network import batch_order, on_cpu, seeds
from helpers.optimizers import OPTIMIZERS
from helpers.problems import Problem, Split, problem_of
from helpers.schedules import keras_rate

import keras
import numpy as np
import tensorflow as tf


class LearningRateMonitor(keras.callbacks.Callback):
    """Record the learning rate at the end of each epoch in the list `lrates`."""

    def on_train_begin(self, logs=None):
        """Start with an empty list."""
        self.lrates = []

    def on_epoch_end(self, epoch, logs=None):
        """Append the rate that the optimizer holds now."""
        self.lrates.append(float(self.model.optimizer.learning_rate))


class WeightsMonitor(keras.callbacks.Callback):
    """Record the weights at the end of each epoch in the list `weights`."""

    def on_train_begin(self, logs=None):
        """Start with an empty list."""
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        """Append a copy of all weights."""
        self.weights.append(self.model.get_weights())


@on_cpu
def fit_keras(experiment: Experiment, data: Split | None = None) -> History:
    """Run the experiment with Sequential, compile and fit; the oracle of `train`.

    The batches come in the project's own order, through tf.data. An epoch is one execution
    (steps_per_execution), which changes how fast it is and nothing else.
    """
    problem = problem_of(experiment, data)
    updates = problem.updates_per_epoch(experiment.batch_size)
    rate = keras_rate(experiment, updates)
    model = keras_model(experiment, problem)
    model.compile(
        loss="categorical_crossentropy",
        optimizer=keras_optimizer(experiment, rate),
        metrics=["accuracy"],
        steps_per_execution=updates,
        jit_compile=False,
    )
    weights = WeightsMonitor()
    before_drop = LearningRateMonitor()
    recorded = model.fit(
        _batches(experiment, problem.data),
        steps_per_epoch=updates,
        epochs=experiment.epochs,
        validation_data=tf.data.Dataset.from_tensors(
            (problem.data.testX, problem.data.testy)
        ).repeat(),
        validation_steps=1,
        callbacks=[weights, before_drop, *_plateau(experiment)],
        shuffle=False,  # the dataset comes in order
        verbose=0,
    ).history
    rates = before_drop.lrates
    if not isinstance(rate, float):  # the monitor sees a schedule's rate for the next update
        last_updates = np.arange(1, experiment.epochs + 1) * updates - 1
        rates = [float(rate(update)) for update in last_updates]
    curves = [recorded[key] for key in ("loss", "accuracy", "val_loss", "val_accuracy")]
    return History(
        experiment,
        *(np.asarray(curve, keras.config.floatx()) for curve in (*curves, rates)),
        [np.stack(arrays) for arrays in zip(*weights.weights, strict=True)],
        problem,
    )


def keras_model(experiment: Experiment, problem: Problem) -> keras.Sequential:
    """The lesson's network: ReLU units, then softmax."""
    floatx = keras.config.floatx()  # said to each layer: Keras's own policy keeps its first value
    first, second, _ = seeds(experiment.seed)
    return keras.Sequential(
        [
            keras.Input((problem.features,), dtype=floatx),
            keras.layers.Dense(
                experiment.hidden,
                activation="relu",
                kernel_initializer=keras.initializers.HeUniform(first),
                dtype=floatx,
            ),
            keras.layers.Dense(
                problem.classes,
                activation="softmax",
                kernel_initializer=keras.initializers.GlorotUniform(second),
                dtype=floatx,
            ),
        ]
    )


def keras_optimizer(experiment: Experiment, rate) -> keras.optimizers.Optimizer:
    """The optimizer with Keras's defaults for all that the experiment does not name."""
    optimizer = OPTIMIZERS[experiment.optimizer]
    settings = {
        argument: getattr(experiment, name) for name, argument in optimizer.settings.items()
    }
    return getattr(keras.optimizers, optimizer.keras_name)(rate, **settings)


def _plateau(experiment):
    if experiment.patience is None:
        return []
    return [
        keras.callbacks.ReduceLROnPlateau(
            monitor=experiment.monitor,
            factor=experiment.factor,
            patience=experiment.patience,
            min_delta=experiment.min_delta,
            min_lr=experiment.min_lr,
        )
    ]


def _batches(experiment, data) -> tf.data.Dataset:
    """The batches of all epochs, each sample where `batch_order` puts it."""
    order = batch_order(experiment.seed, experiment.epochs, len(data.trainX))

    def one_epoch(samples):
        return tf.data.Dataset.from_tensor_slices(samples).batch(experiment.batch_size)

    return (
        tf.data.Dataset.from_tensor_slices(order)
        .flat_map(one_epoch)
        .map(lambda samples: (tf.gather(data.trainX, samples), tf.gather(data.trainy, samples)))
    )

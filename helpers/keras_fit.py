"""The same run through plain Keras: what `train` is held against."""

from helpers.data import Split, lesson_data
from helpers.experiment import Experiment, History
from helpers.network import FEATURES, batch_order, seeds

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


def fit_keras(experiment: Experiment, data: Split | None = None) -> History:
    """Run the experiment with Sequential, compile and fit; the oracle of `train`.

    The batches come in the project's own order, through tf.data. An epoch is one execution
    (steps_per_execution), which changes how fast it is and nothing else.
    """
    data = lesson_data() if data is None else data
    n, classes = data.trainy.shape
    updates = -(-n // min(experiment.batch_size, n))
    rate = keras_schedule(experiment, updates)
    model = keras_model(experiment, classes)
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
        _batches(experiment, data),
        steps_per_epoch=updates,
        epochs=experiment.epochs,
        validation_data=tf.data.Dataset.from_tensors((data.testX, data.testy)).repeat(),
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
    )


def keras_model(experiment: Experiment, classes: int) -> keras.Sequential:
    """The lesson's network: ReLU units, then softmax."""
    floatx = keras.config.floatx()  # said to each layer: Keras's own policy keeps its first value
    first, second, _ = seeds(experiment.seed)
    return keras.Sequential(
        [
            keras.Input((FEATURES,), dtype=floatx),
            keras.layers.Dense(
                experiment.hidden,
                activation="relu",
                kernel_initializer=keras.initializers.HeUniform(first),
                dtype=floatx,
            ),
            keras.layers.Dense(
                classes,
                activation="softmax",
                kernel_initializer=keras.initializers.GlorotUniform(second),
                dtype=floatx,
            ),
        ]
    )


def keras_schedule(experiment: Experiment, updates_per_epoch: int):
    """The learning rate as Keras takes it: a float, or a LearningRateSchedule."""
    schedules = keras.optimizers.schedules
    if experiment.decay:
        return schedules.InverseTimeDecay(
            experiment.learning_rate, decay_steps=1, decay_rate=experiment.decay
        )
    if experiment.schedule:
        epochs, rates = zip(*experiment.schedule, strict=True)
        return schedules.PiecewiseConstantDecay(
            [epoch * updates_per_epoch - 1 for epoch in epochs],  # the last update of the old rate
            [experiment.learning_rate, *rates],
        )
    return experiment.learning_rate


def keras_optimizer(experiment: Experiment, rate) -> keras.optimizers.Optimizer:
    """The optimizer with Keras's defaults for all that the experiment does not name."""
    optimizers = keras.optimizers
    if experiment.optimizer == "sgd":
        return optimizers.SGD(learning_rate=rate, momentum=experiment.momentum)
    if experiment.optimizer == "adagrad":
        return optimizers.Adagrad(
            learning_rate=rate, initial_accumulator_value=experiment.initial_accumulator
        )
    return {"rmsprop": optimizers.RMSprop, "adam": optimizers.Adam}[experiment.optimizer](rate)


def _plateau(experiment):
    if experiment.patience is None:
        return []
    return [
        keras.callbacks.ReduceLROnPlateau(
            monitor=experiment.monitor,
            factor=experiment.factor,
            patience=experiment.patience,
            min_delta=experiment.min_delta,
            min_lr=0.0,
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

"""An experiment as a Keras program to copy and keep."""

from helpers.data import CENTERS, CLUSTER_STD, RANDOM_STATE
from helpers.experiment import Experiment

PROGRAM = """\
import keras
import matplotlib.pyplot as plt
from sklearn.datasets import make_blobs

keras.utils.set_random_seed({e.seed})

# The blobs problem: the first half trains, the second half tests.
X, y = make_blobs(n_samples=1000, centers={centers}, cluster_std={std}, random_state={state})
y = keras.utils.to_categorical(y)
trainX, testX = X[:500], X[500:]
trainy, testy = y[:500], y[500:]

model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense({e.hidden}, activation="relu", kernel_initializer="he_uniform"),
        keras.layers.Dense({centers}, activation="softmax"),
    ]
)
{rate}optimizer = keras.optimizers.{optimizer}
model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
{callbacks}history = model.fit(
    trainX,
    trainy,
    validation_data=(testX, testy),
    epochs={e.epochs},
    batch_size={e.batch_size},{fit_callbacks}
    verbose=0,
)

plt.plot(history.history["accuracy"], label="train")
plt.plot(history.history["val_accuracy"], label="test")
plt.xlabel("epoch")
plt.ylabel("accuracy")
plt.legend()
plt.show()
"""

DECAY = """\
# Time-based decay: learning_rate / (1 + decay * update), once called SGD(decay=...).
rate = keras.optimizers.schedules.InverseTimeDecay(
    {e.learning_rate!r}, decay_steps=1, decay_rate={e.decay!r}
)
"""

SCHEDULE = """\
updates = -(-len(trainX) // {e.batch_size})  # in an epoch
rate = keras.optimizers.schedules.PiecewiseConstantDecay(
    boundaries=[epoch * updates - 1 for epoch in {epochs}],
    values={rates},
)
"""

PLATEAU = """\
plateau = keras.callbacks.ReduceLROnPlateau(
    monitor="{e.monitor}", factor={e.factor!r}, patience={e.patience}, min_delta={e.min_delta!r}
)
"""

CLASS_NAMES = {"sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad", "adam": "Adam"}


def keras_code(experiment: Experiment) -> str:
    """A complete Keras 3 program that runs this experiment: data, model, fit, plot.

    It shuffles as Keras does and lets Keras draw the initial weights from the seed: a run of the
    same kind as `fit_keras`, not the same numbers.
    """
    e = experiment
    rate = ""
    if e.decay:
        rate = DECAY.format(e=e)
    elif e.schedule:
        epochs, rates = zip(*e.schedule, strict=True)
        rate = SCHEDULE.format(e=e, epochs=list(epochs), rates=[e.learning_rate, *rates])
    return PROGRAM.format(
        e=e,
        centers=CENTERS,
        std=CLUSTER_STD,
        state=RANDOM_STATE,
        rate=rate,
        optimizer=_optimizer(e, "rate" if rate else repr(e.learning_rate)),
        callbacks=PLATEAU.format(e=e) if e.patience else "",
        fit_callbacks="\n    callbacks=[plateau]," if e.patience else "",
    )


def _optimizer(e: Experiment, rate: str) -> str:
    arguments = [f"learning_rate={rate}"]
    if e.momentum:
        arguments.append(f"momentum={e.momentum!r}")
    if e.optimizer == "adagrad" and e.initial_accumulator != 0.1:
        arguments.append(f"initial_accumulator_value={e.initial_accumulator!r}")
    return f"{CLASS_NAMES[e.optimizer]}({', '.join(arguments)})"

"""An experiment as a Keras program to copy and keep."""

from inspect import getsource

from helpers.experiment import Experiment
from helpers.network import seeds
from helpers.optimizers import OPTIMIZERS
from helpers.problems import PROBLEMS, problem_of
from helpers.schedules import lines_of_program

PROGRAM = """\
import keras
import matplotlib.pyplot as plt
{imports}
keras.utils.set_random_seed({e.seed})
{brought}
# {title}: the first half trains, the second half tests.
X, y = {draw}({arguments})
X, y = X.astype("float32"), keras.utils.to_categorical(y)
trainX, testX = X[:{half}], X[{half}:]
trainy, testy = y[:{half}], y[{half}:]
{scaling}
# The seeds are those of the explorer: the same initial weights.
model = keras.Sequential(
    [
        keras.Input(({problem.features},)),
        keras.layers.Dense(
            {e.hidden}, activation="relu", kernel_initializer=keras.initializers.HeUniform({hidden})
        ),
        keras.layers.Dense(
            {problem.classes},
            activation="softmax",
            kernel_initializer=keras.initializers.GlorotUniform({output}),
        ),
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

SCALING = """\

mean, deviation = trainX.mean(axis=0), trainX.std(axis=0)
deviation[deviation == 0] = 1  # an input that never changes
trainX, testX = (trainX - mean) / deviation, (testX - mean) / deviation
"""

PLATEAU = """\
plateau = keras.callbacks.ReduceLROnPlateau(
    monitor="{e.monitor}",
    factor={e.factor!r},
    patience={e.patience},
    min_delta={e.min_delta!r},
    min_lr={e.min_lr!r},
)
"""


def keras_code(experiment: Experiment) -> str:
    """A complete Keras 3 program that runs this experiment: data, model, fit, plot.

    The same points and the same initial weights as `fit_keras`, but batches shuffled as Keras does it:
    a run of the same kind, not the same numbers.
    """
    e, problem, source = experiment, problem_of(experiment), PROBLEMS[experiment.problem]
    ours = source.draw.__module__.startswith("helpers.")
    name = source.draw.__name__
    hidden, output, _ = seeds(e.seed)
    rate = lines_of_program(e, problem.updates_per_epoch(e.batch_size))
    return PROGRAM.format(
        e=e,
        problem=problem,
        title=f"The {e.problem} problem",
        imports="import numpy as np\n" if ours else f"from sklearn.datasets import {name}\n",
        brought=f"\n\n{getsource(source.draw)}\n" if ours else "",
        draw=name,
        arguments=", ".join(f"{key}={value!r}" for key, value in source.arguments.items()),
        half=problem.n_train,
        scaling=SCALING if e.scaled else "",
        hidden=hidden,
        output=output,
        rate=rate,
        optimizer=_optimizer(e, "rate" if rate else repr(e.learning_rate)),
        callbacks=PLATEAU.format(e=e) if e.patience else "",
        fit_callbacks="\n    callbacks=[plateau]," if e.patience else "",
    )


def _optimizer(e: Experiment, rate: str) -> str:
    """The optimizer's call; what is left at Keras's own default is not said."""
    optimizer = OPTIMIZERS[e.optimizer]
    given = {argument: getattr(e, name) for name, argument in optimizer.settings.items()}
    changed = [
        f"{argument}={given[argument]!r}"
        for name, argument in optimizer.settings.items()
        if getattr(e, name) != getattr(Experiment, name)
    ]
    return f"{optimizer.keras_name}({', '.join([f'learning_rate={rate}', *changed])})"

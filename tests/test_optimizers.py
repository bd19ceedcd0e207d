"""Two updates of one weight by each rule, against the formulas worked out by hand."""

from math import sqrt

from helpers import Experiment
from helpers.experiment import DEFAULTS
from helpers.optimizers import OPTIMIZERS, settings_of

import keras
import pytest
import tensorflow as tf

RATE, FIRST, SECOND = 0.25, 3.0, -1.0  # the learning rate and the gradients of the two updates
EPSILON = 1e-7


SET = {  # the settings of each rule that are tested
    "sgd": [{"momentum": 0.5}, {"momentum": 0.5, "nesterov": True}, {"nesterov": True}],
    "adamw": [{"weight_decay": 0.25}],
}
KINDS = [(name, fields) for name in OPTIMIZERS for fields in SET.get(name, [{}])]


def by_hand(optimizer, weight, momentum=0.0, nesterov=False, weight_decay=0.0):
    if optimizer == "sgd":
        v1 = -RATE * FIRST
        v2 = momentum * v1 - RATE * SECOND
        if nesterov:
            return momentum * v1 - RATE * FIRST, momentum * v2 - RATE * SECOND
        return v1, v2
    if optimizer == "rmsprop":
        first = 0.1 * FIRST**2
        second = 0.9 * first + 0.1 * SECOND**2
        return -RATE * FIRST / sqrt(first + EPSILON), -RATE * SECOND / sqrt(second + EPSILON)
    if optimizer == "adagrad":
        first = 0.1 + FIRST**2
        second = first + SECOND**2
        return -RATE * FIRST / sqrt(first + EPSILON), -RATE * SECOND / sqrt(second + EPSILON)
    m1, v1 = 0.1 * FIRST, 0.001 * FIRST**2
    m2, v2 = 0.9 * m1 + 0.1 * SECOND, 0.999 * v1 + 0.001 * SECOND**2
    step1 = RATE * sqrt(1 - 0.999) / (1 - 0.9)
    step2 = RATE * sqrt(1 - 0.999**2) / (1 - 0.9**2)
    first = -step1 * m1 / (sqrt(v1) + EPSILON) - weight_decay * RATE * weight
    second = -step2 * m2 / (sqrt(v2) + EPSILON) - weight_decay * RATE * (weight + first)
    return first, second


def numbers(*values):
    return (tf.constant(value, "float64") for value in values)


@pytest.mark.parametrize(("name", "fields"), KINDS, ids=str)
def test_rule_by_hand(name, fields):
    experiment, optimizer = Experiment(name, **fields), OPTIMIZERS[name]
    settings = {
        name: tf.constant(value, "float64") for name, value in settings_of(experiment).items()
    }
    weight, start = numbers(7.0, optimizer.initial_state(experiment))
    state = (start,) * optimizer.states
    expected = by_hand(name, 7.0, **fields)
    for update, (gradient, change_expected) in enumerate(zip((FIRST, SECOND), expected), 1):
        gradient, rate, update = numbers(gradient, RATE, update)
        change, state = optimizer.rule(weight, gradient, state, rate, settings, update)
        assert float(change) == pytest.approx(change_expected, rel=2e-5)  # beta passes float32
        weight += change


@pytest.mark.parametrize(("optimizer", "start"), [("sgd", 0), ("adam", 0), ("adagrad", 0.1)])
def test_where_the_state_starts(optimizer, start):
    assert OPTIMIZERS[optimizer].initial_state(Experiment(optimizer)) == pytest.approx(start)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_table_says_what_keras_says(name):
    optimizer = OPTIMIZERS[name]
    own = getattr(keras.optimizers, optimizer.keras_name)()
    assert float(own.learning_rate) == pytest.approx(optimizer.default_rate)
    for field, argument in optimizer.settings.items():
        assert getattr(own, argument) == DEFAULTS[field]
    assert Experiment(name).optimizer == name

"""Two updates of one weight by each rule, against the formulas worked out by hand."""

from math import sqrt

from helpers import Experiment
from helpers.optimizers import RULES, initial_state, settings_of

import pytest
import tensorflow as tf

RATE, FIRST, SECOND = 0.25, 3.0, -1.0  # the learning rate and the gradients of the two updates
EPSILON = 1e-7


def by_hand(optimizer):
    if optimizer == "sgd":  # with momentum 0.5
        return -RATE * FIRST, 0.5 * -RATE * FIRST - RATE * SECOND
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
    return -step1 * m1 / (sqrt(v1) + EPSILON), -step2 * m2 / (sqrt(v2) + EPSILON)


@pytest.mark.parametrize("optimizer", RULES)
def test_rule_by_hand(optimizer):
    experiment = Experiment(optimizer, momentum=0.5 if optimizer == "sgd" else 0.0)
    settings = {
        name: tf.constant(value, "float64") for name, value in settings_of(experiment).items()
    }
    rule, arrays_of_state = RULES[optimizer]
    start = tf.constant(initial_state(experiment), "float64")
    state = (start,) * arrays_of_state
    for update, (gradient, expected) in enumerate(zip((FIRST, SECOND), by_hand(optimizer)), 1):
        arguments = (tf.constant(number, "float64") for number in (gradient, RATE, update))
        gradient, rate, update = arguments
        change, state = rule(gradient, state, rate, settings, update)
        assert float(change) == pytest.approx(expected, rel=2e-5)  # Keras rounds beta to float32


@pytest.mark.parametrize(("optimizer", "start"), [("sgd", 0), ("adam", 0), ("adagrad", 0.1)])
def test_where_the_state_starts(optimizer, start):
    assert initial_state(Experiment(optimizer)) == pytest.approx(start)

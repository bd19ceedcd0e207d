"""What is kept for the next call: the least recently asked goes, and no array can be changed."""

from helpers import Experiment, train
from helpers.kept import kept
from helpers.network import initial_weights

import numpy as np
import pytest


def test_it_is_bounded_in_bytes():
    called = []

    @kept(mebibytes=1)
    def array(kib):
        called.append(kib)
        return [np.zeros(kib * 1024, "uint8"), (np.zeros(1), "a name")[:1]]

    for kib in (400, 500, 400, 300, 400):  # 500 goes: it was asked for before 400 was again
        assert array(kib)[0].size == kib * 1024
    assert called == [400, 500, 300]
    assert array(500)[0].size == 500 * 1024
    assert called.pop() == 500
    assert array(2000)[0].size == 2000 * 1024
    assert not array.results, "what is larger than all is not kept"


def test_what_is_kept_cannot_be_changed():
    weights = initial_weights(3, 2, 4, 3, "float32")
    for array in weights:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    assert initial_weights(3, 2, 4, 3, "float32") is weights


def test_a_failure_is_not_kept():
    answers = iter([None, np.ones(2)])

    @kept(mebibytes=1)
    def sometimes():
        if (answer := next(answers)) is None:
            raise OSError("no room")
        return answer

    with pytest.raises(OSError, match="no room"):
        sometimes()
    assert sometimes().tolist() == [1, 1]


def test_a_run_can_be_changed_and_the_next_is_the_same():
    first = train(Experiment(epochs=2))
    loss, weight = first.loss.copy(), first.weights[0].copy()
    first.loss[:] = 0
    first.weights[0][:] = 0
    again = train(Experiment(epochs=2))
    np.testing.assert_array_equal(again.loss, loss)
    np.testing.assert_array_equal(again.weights[0], weight)

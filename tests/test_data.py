from helpers import Split, best_accuracy, prepare_data, standard_error

import numpy as np
import pytest
from sklearn.datasets import make_blobs


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"n_samples": 60, "random_state": 7},
        {"n_samples": 40, "centers": 5, "cluster_std": 0.5},
    ],
)
def test_points_are_those_of_scikit_learn(arguments):
    lesson = {"n_samples": 1000, "centers": 3, "cluster_std": 2.0, "random_state": 2}
    points, classes = make_blobs(n_features=2, **{**lesson, **arguments})
    data = prepare_data(**arguments)
    half = len(points) // 2
    assert Split._fields == ("trainX", "trainy", "testX", "testy")
    assert {array.dtype for array in data} == {np.dtype("float32")}
    np.testing.assert_array_equal(data.trainX, points[:half].astype("float32"))
    np.testing.assert_array_equal(data.testX, points[half:].astype("float32"))
    for one_hot, labels in [(data.trainy, classes[:half]), (data.testy, classes[half:])]:
        assert one_hot.shape == (half, arguments.get("centers", 3))
        np.testing.assert_array_equal(one_hot.argmax(axis=1), labels)
        np.testing.assert_array_equal(np.sort(one_hot, axis=1)[:, -2:], [[0, 1]] * half)


def test_every_call_gives_arrays_of_its_own():
    prepare_data().trainX[:] = 0
    assert prepare_data().trainX.any()


def test_best_accuracy_on_the_lesson_and_in_the_population():
    assert best_accuracy() == pytest.approx(0.84)
    population = best_accuracy(prepare_data(200_000))
    assert population == pytest.approx(0.823, abs=0.004)


def test_best_accuracy_of_clouds_far_apart_is_one():
    assert best_accuracy(prepare_data(cluster_std=0.01)) == 1


def test_standard_error_is_that_of_a_coin():
    assert standard_error(0.5, 100) == pytest.approx(0.05)

import pickle

from helpers import Experiment, Split, best_accuracy, prepare_data, problem, standard_error, train
from helpers.problems import PROBLEMS, most_likely, problem_of, standardized

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.neighbors import KNeighborsClassifier


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


SHAPES = {  # inputs, classes, points that train, points that test
    "blobs": (2, 3, 500, 500),
    "moons": (2, 2, 500, 500),
    "circles": (2, 2, 500, 500),
    "spiral": (2, 3, 500, 500),
    "digits": (64, 10, 898, 899),
}


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_in_numbers(name, scaled):
    p = problem(name, scaled)
    assert (p.features, p.classes, p.n_train, p.n_test) == SHAPES[name]
    assert {array.dtype for array in p.data} == {np.dtype("float32")}
    assert p.guessing == 1 / p.classes
    assert p.updates_per_epoch(32) == -(-p.n_train // 32)
    assert p.data.trainy.sum(axis=1).tolist() == [1] * p.n_train
    assert p is problem_of(Experiment(problem=name, scaled=scaled))
    if scaled:
        moving = p.data.trainX.std(axis=0) > 0
        assert p.data.trainX[:, moving].std(axis=0) == pytest.approx(1, abs=1e-4)
        assert p.data.trainX.mean(axis=0) == pytest.approx(0, abs=1e-4)
        assert np.isfinite(p.data.testX).all()
        assert p.best_accuracy == problem(name).best_accuracy


def test_the_halves_of_scaled_points_are_moved_alike():
    data, scaled = prepare_data(), standardized(prepare_data())
    mean, deviation = data.trainX.mean(axis=0), data.trainX.std(axis=0)
    np.testing.assert_allclose(scaled.testX * deviation + mean, data.testX, atol=1e-4)


def test_digits_are_those_of_scikit_learn():
    images, classes = load_digits(return_X_y=True)
    data = problem("digits").data
    np.testing.assert_array_equal(np.vstack([data.trainX, data.testX]), images)
    np.testing.assert_array_equal(np.vstack([data.trainy, data.testy]).argmax(axis=1), classes)
    assert problem("digits").best_accuracy is None
    assert problem("digits").standard_error == standard_error(0.5, 899)


@pytest.mark.parametrize("name", ["blobs", "moons", "circles", "spiral"])
def test_no_classifier_beats_the_ceiling_by_more_than_luck(name):
    """Nearest neighbours on many points of the same kind come close to it, and no higher."""
    source, p = PROBLEMS[name], problem(name)
    extra = {"centers": make_blobs(centers=3, random_state=2, return_centers=True)[2]}
    fresh = {"n_samples": 20_000, "random_state": 9} | (extra if name == "blobs" else {})
    X, y = source.draw(**{**source.arguments, **fresh})
    neighbours = KNeighborsClassifier(101).fit(X, y)
    reached = neighbours.score(p.data.testX, p.data.testy.argmax(axis=1))
    assert p.best_accuracy - 1.5 * p.standard_error < reached < p.best_accuracy + p.standard_error
    assert p.guessing < p.best_accuracy < 1


def test_most_likely_is_the_nearest_center_for_one_place_a_class():
    centers = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    X = np.array([[1.0, 0.5], [2.1, 0.0], [0.0, 3.0], [-90.0, 0.0]], "float32")
    assert most_likely(X, centers[:, None], 0.1).tolist() == [0, 1, 2, 0]
    ring = np.array([[[3.0, 0.0], [-3.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    assert most_likely(np.array([[2.0, 0.0], [1.0, 0.0]]), ring, 1.0).tolist() == [0, 1]


def test_other_data_has_a_ceiling_of_its_own_where_it_is_known():
    others = prepare_data(random_state=1)
    assert best_accuracy(others) == pytest.approx(0.936)
    history = train(Experiment(epochs=1), others)
    assert history.problem.best_accuracy == best_accuracy(others)
    assert history.problem.data is others
    assert pickle.loads(pickle.dumps(others)).best_accuracy == best_accuracy(others)
    swapped = others._replace(testX=others.trainX, testy=others.trainy)
    assert train(Experiment(epochs=1), swapped).problem.best_accuracy is None
    assert train(Experiment(epochs=1)).problem is problem()


def test_a_problem_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"no problem 'moon', but .*\"moons\""):
        problem("moon")


def test_a_problem_s_points_cannot_be_written_over():
    with pytest.raises(ValueError, match="read-only"):
        problem().data.trainX[0, 0] = 1

"""Plots draw what they are given, on the Axes that they are given, and nowhere else."""

import helpers
from helpers import Experiment, History, prepare_data
from helpers.plots import CLASSES

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

EPOCHS = 5


def made_up(shift=0.0):
    """Make a History without a run: each curve a line of its own."""
    curves = [np.linspace(0.1, 0.5, EPOCHS) + 0.1 * number + shift for number in range(5)]
    weights = [np.ones((EPOCHS, *shape)) for shape in [(2, 4), (4,), (4, 3), (3,)]]
    return History(Experiment(epochs=EPOCHS), *curves, weights)


@pytest.fixture
def ax():
    yield Figure().add_subplot()
    assert plt.get_fignums() == [], "pyplot was used"


def curves_on(ax):
    return {line.get_label(): line.get_ydata() for line in ax.get_lines()}


@pytest.mark.parametrize("name", ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"])
def test_curve(ax, name):
    history = made_up()
    helpers.plot_curve(ax, history, name, label="mine", color="red")
    np.testing.assert_array_equal(curves_on(ax)["mine"], getattr(history, name))
    assert list(ax.get_lines()[0].get_xdata()) == [1, 2, 3, 4, 5]
    assert ax.get_lines()[0].get_color() == "red"
    assert ax.get_xlabel() == "epoch"
    assert name.split("_")[-1] in ax.get_ylabel()
    assert ax.get_yscale() == ("log" if name == "learning_rate" else "linear")


def test_accuracy(ax):
    history = made_up()
    helpers.plot_accuracy(ax, history)
    curves = curves_on(ax)
    np.testing.assert_array_equal(curves["train"], history.accuracy)
    np.testing.assert_array_equal(curves["test"], history.val_accuracy)
    assert curves["best possible"][0] == pytest.approx(0.84)
    assert ax.get_ylim() == (0.3, 1)
    colours, styles = zip(*((line.get_color(), line.get_linestyle()) for line in ax.get_lines()))
    assert len(set(colours)) == 3
    assert len(set(styles)) == 3, "line style says a second time what colour says"


def test_band(ax):
    runs = [made_up(shift) for shift in np.arange(11) / 10]
    helpers.plot_band(ax, runs, "loss", label="runs")
    np.testing.assert_allclose(curves_on(ax)["runs"], runs[5].loss)
    (band,) = ax.collections
    ends = tuple(band.get_paths()[0].get_extents().intervaly)
    assert ends == pytest.approx((runs[1].loss[0], runs[9].loss[-1])), "the middle 80 %"


def test_strip(ax):
    helpers.plot_strip(ax, {"some": [1, 2, 9], "never": [np.inf]}, "epochs")
    assert [list(dots.get_offsets()[:, 0]) for dots in ax.collections] == [[1, 2, 9], []]
    (median,) = ax.get_lines()
    assert list(median.get_xdata()) == [2, 2]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["some", "never"]
    assert ax.yaxis_inverted(), "from top to bottom"


def test_heat_map(ax):
    helpers.plot_heat_map(ax, [[1, 2, np.inf], [4, 5, 6]], ["a", "b"], [10, 20, 30])
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "1", (1, 0): "2", (0, 1): "4", (1, 1): "5", (2, 1): "6"}
    ink = {text.get_text(): text.get_color() for text in ax.texts}
    assert (ink["1"], ink["6"]) == ("white", "black"), "small numbers stand on dark"


def test_range_test(ax):
    rates, loss = np.geomspace(1e-3, 1, 40), np.linspace(2, 1, 40)
    helpers.plot_range_test(ax, helpers.RangeTest(Experiment(), rates, loss, helpers.problem()))
    curves = curves_on(ax)
    np.testing.assert_array_equal(curves["one batch"], loss)
    np.testing.assert_allclose(curves["mean"][14:-14], loss[14:-14])
    assert 1 <= curves["mean"].min() < curves["mean"].max() <= 2, "a mean of losses at the ends too"
    assert curves["guessing"][0] == pytest.approx(np.log(3))


def test_classes(ax):
    data = prepare_data()
    helpers.plot_classes(ax, data.testX, data.testy)
    assert sum(len(points.get_offsets()) for points in ax.collections) == 500
    assert [len(points.get_offsets()) for points in ax.collections] == list(data.testy.sum(axis=0))
    colours = {tuple(points.get_facecolor()[0]) for points in ax.collections}
    markers = {points.get_paths()[0].vertices.tobytes() for points in ax.collections}
    assert len(colours) == len(markers) == 3


def test_decision_regions(ax):
    # The first class where x_1 > 0, the second where x_1 < 0.
    weights = [
        np.array([[9.0, -9.0], [0.0, 0.0]]),
        np.zeros(2),
        np.array([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]]),
        np.zeros(3),
    ]
    helpers.plot_decision_regions(ax, weights, np.array([[-3.0, -1.0], [3.0, 1.0]]))
    (image,) = ax.get_images()
    assert image.get_extent() == [-4, 4, -2, 2]
    pixels = image.to_rgba(image.get_array())
    left, right = pixels[:, :70].reshape(-1, 4), pixels[:, 80:].reshape(-1, 4)
    assert len(np.unique(left, axis=0)) == len(np.unique(right, axis=0)) == 1
    for colour, number in ((right[0], 0), (left[0], 1)):
        assert colour == pytest.approx((*to_rgb(CLASSES[number][0]), 0.5))
    helpers.plot_decision_regions(
        ax, [w * np.nan for w in weights], np.array([[0.0], [1.0]] * 2).reshape(2, 2)
    )
    unsure = ax.get_images()[1]
    assert unsure.to_rgba(unsure.get_array())[..., 3] == pytest.approx(0.12)

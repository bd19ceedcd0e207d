"""What pictures draw, read out of their frames: the right run, on the right axes, whatever the user's style."""

import sys
from contextlib import suppress
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import helpers
from helpers import Experiment, History, prepare_data
from helpers.descent import (
    METHODS,
    PARABOLA,
    RAVINE,
    TURNED_RAVINE,
    descend,
    diverges_above,
    oscillates_above,
)
from helpers.measures import plateau_counter
from helpers.network import predict
from helpers.pictures import (
    LETTERS,
    PIN_STYLES,
    DescentScene,
    Picture,
    RegionsScene,
    Scene,
    curves_picture,
    descent_picture,
    regions_picture,
)
from helpers.pictures.frame import Frame
from helpers.pictures.themes import DARK
from helpers.problems import problem_of
from helpers.regions import SHADES, shades_of
from tests.frames import data, item, items, names, read

import keras
import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import IdentityTransform, blended_transform_factory
from PIL import Image

ACCURACY, LOSS, WAIT, RATE = 0, 1, 2, -1
BOTH_LOSSES = 1  # with loss=True, the axes under the accuracy
EPOCHS = 60


def made_up(number: int, data=None, **fields) -> History:
    """A run that never ran; no two are alike, in no array."""
    experiment = Experiment(epochs=EPOCHS, seed=number, **fields)
    random = np.random.default_rng(number)
    loss, val_loss = random.uniform(0.4, 2, (2, EPOCHS))
    accuracy, val_accuracy = random.uniform(0.3, 0.9, (2, EPOCHS))
    rates = experiment.learning_rate * np.exp(-np.arange(EPOCHS) / random.uniform(8, 40))
    arrays = [loss, accuracy, val_loss, val_accuracy, rates]
    arrays = [array.astype("float32") for array in arrays]
    return History(experiment, *arrays, [], problem_of(experiment, data))


RUNS = [made_up(number) for number in range(20)]
WHOLE = Scene(RUNS[0], "a title", RUNS[1], [RUNS[0], *RUNS[10:19]], RUNS[2:8], epoch=17)


@pytest.fixture(scope="module")
def picture():
    return curves_picture(plateau=True)


def drawn(picture, scene) -> bytes:
    return picture.draw(scene).frame


def line(picture, frame, panel, name):
    """The curve under a name: x, y."""
    return data(picture, panel, item(frame, name)["points"]).T


# The curves


BESIDE = {"previous": WHOLE.previous, **dict(zip(LETTERS, WHOLE.pins))}
CURVES = {"train": (WHOLE.history, ""), **{name: (run, "val_") for name, run in BESIDE.items()}}
CURVES["test"] = WHOLE.history, "val_"
"""Name: the run, and what its arrays begin with."""


@pytest.mark.parametrize("name", CURVES)
def test_each_accuracy_is_of_its_own_run(picture, name):
    run, prefix = CURVES[name]
    x, y = line(picture, drawn(picture, WHOLE), ACCURACY, f"accuracy {name}")
    np.testing.assert_allclose(x, np.arange(1, EPOCHS + 1), atol=1e-4)
    np.testing.assert_allclose(y, getattr(run, f"{prefix}accuracy"), atol=1e-5)


@pytest.mark.parametrize("linear", [False, True])
def test_each_rate_is_of_its_own_run(picture, linear):
    scene = Scene(WHOLE.history, "", WHOLE.previous, pins=WHOLE.pins, linear_rate=linear)
    frame = drawn(picture, scene)
    for name, run in {"run": WHOLE.history, **BESIDE}.items():
        x, y = line(picture, frame, RATE, f"rate {name}")
        found = np.interp(np.arange(1, EPOCHS + 1), x, y)
        np.testing.assert_allclose(found, run.learning_rate, rtol=1e-4, err_msg=name)
        level = np.interp(np.arange(1, EPOCHS) + 0.4, x, y) == pytest.approx(found[:-1], rel=1e-4)
        assert level == (name == "run"), "stairs for the run itself"


def test_the_scene_without_anything_beside_it(picture):
    frame = drawn(picture, Scene(RUNS[3], "alone"))
    assert {"accuracy train", "accuracy test", "rate run", "title"} < names(frame)
    beside = ("previous", "band", "median", "replay", "seeds", *(f" {x}" for x in LETTERS))
    assert not [name for name in names(frame) for part in beside if name and name.endswith(part)]
    assert item(frame, "title")["text"] == "alone"
    assert "previous test" not in [i.get("text") for i in read(frame)["items"]]


def test_the_ghost_has_a_name(picture):
    frame = drawn(picture, Scene(RUNS[3], previous=RUNS[4]))
    assert "previous test" in [i.get("text") for i in read(frame)["items"]]


def test_band_and_median(picture):
    frame = drawn(picture, WHOLE)
    curves = np.array([run.val_accuracy for run in WHOLE.band])
    low, middle, high = np.percentile(curves, [10, 50, 90], axis=0)
    np.testing.assert_allclose(
        line(picture, frame, ACCURACY, "accuracy median")[1], middle, atol=1e-5
    )
    x, y = line(picture, frame, ACCURACY, "accuracy band")
    for epoch in range(1, EPOCHS + 1):
        there = y[np.isclose(x, epoch, atol=1e-3)]
        assert there.min() == pytest.approx(low[epoch - 1], abs=1e-5)
        assert there.max() == pytest.approx(high[epoch - 1], abs=1e-5)
    assert "9 more seeds" in item(frame, "seeds")["text"]


@pytest.mark.parametrize(("height", "place"), [(0.33, 0.92), (0.6, 0.03)])
def test_the_words_of_the_band_are_not_on_the_run(height, place):
    run = made_up(1)
    run.accuracy[:] = run.val_accuracy[:] = height
    picture, scene = curves_picture(), Scene(run, band=[run, made_up(2)])
    drawn(picture, scene)
    (words,) = (artist for artist in picture.moving if artist.get_gid() == "seeds")
    assert words.get_position()[1] == place
    box = words.get_window_extent().transformed(words.axes.transData.inverted())
    assert not box.y0 < height < box.y1


@pytest.mark.parametrize("bowl", [PARABOLA, RAVINE, TURNED_RAVINE])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_names_beside_the_strip_are_not_on_a_label(bowl, momentum):
    picture = descent_picture(bowl)
    drawn(picture, DescentScene(bowl, 0.09, momentum, 3))
    FigureCanvasAgg(picture.figure).draw()  # labels move when they are drawn
    above, strip = picture.figure.axes
    label = above.xaxis.label.get_window_extent()
    assert not any(label.overlaps(text.get_window_extent()) for text in strip.texts)


def test_letters_stand_on_their_curves(picture):
    frame = read(drawn(picture, WHOLE))["items"]
    for number, (letter, run) in enumerate(zip(LETTERS, WHOLE.pins, strict=True)):
        (place,) = (n for n, i in enumerate(frame) if i.get("text") == letter)
        circle = frame[place - 1]
        ((x, y),) = data(picture, ACCURACY, circle["points"])
        assert y == pytest.approx(run.val_accuracy[round(x) - 1], abs=1e-5)
        assert circle["edge"][0] == PIN_STYLES[number][0].lower()
        assert frame[place]["x"] == pytest.approx(circle["points"][0, 0], abs=1e-3)
        assert circle["points"][0, 1] < frame[place]["y"] < circle["points"][0, 1] + 8


@pytest.mark.parametrize("epoch", [1, 17, EPOCHS])
def test_the_replay_is_marked(picture, epoch):
    x, y = line(picture, drawn(picture, Scene(RUNS[0], epoch=epoch)), ACCURACY, "replay")
    np.testing.assert_allclose(x, epoch, atol=1e-4)
    np.testing.assert_allclose(sorted(y), [0.3, 1], atol=1e-5)


# The losses


@pytest.fixture(scope="module", params=[False, True])
def with_loss(request):
    return curves_picture(plateau=request.param, loss=True)


@pytest.mark.parametrize("name", CURVES)
def test_each_loss_is_of_its_own_run(with_loss, name):
    frame, (run, prefix) = drawn(with_loss, WHOLE), CURVES[name]
    x, y = line(with_loss, frame, BOTH_LOSSES, f"loss {name}")
    np.testing.assert_allclose(x, np.arange(1, EPOCHS + 1), atol=1e-4)
    np.testing.assert_allclose(y, getattr(run, f"{prefix}loss"), rtol=1e-4)
    loss, accuracy = (
        [item(frame, f"{kind} {name}")[key] for key in ("colour", "dash", "width")]
        for kind in ("loss", "accuracy")
    )
    assert loss == accuracy


def test_band_and_median_of_the_loss(with_loss):
    frame = drawn(with_loss, WHOLE)
    curves = np.array([run.val_loss for run in WHOLE.band])
    low, middle, high = np.percentile(curves, [10, 50, 90], axis=0)
    median = line(with_loss, frame, BOTH_LOSSES, "loss median")[1]
    np.testing.assert_allclose(median, middle, rtol=1e-4)
    x, y = line(with_loss, frame, BOTH_LOSSES, "loss band")
    for epoch in range(1, EPOCHS + 1):
        there = y[np.isclose(x, epoch, atol=1e-3)]
        assert there.min() == pytest.approx(low[epoch - 1], rel=1e-4)
        assert there.max() == pytest.approx(high[epoch - 1], rel=1e-4)
    alone = names(drawn(with_loss, Scene(RUNS[3])))
    assert {"loss train", "loss test"} < alone
    assert not {"loss previous", "loss band", "loss median", "loss A"} & alone


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ([9, 2], ""),
        ([2, 9, 9], "the loss is above this axis from epoch 59"),
        ([9, np.inf, np.nan], "the loss is above this axis from epoch 58, infinite from epoch 59"),
        ([2, np.nan], "the loss is infinite from epoch 60"),
    ],
)
def test_where_a_loss_leaves_its_axis_is_written(with_loss, picture, last, words):
    run = made_up(34, patience=4)
    run.loss[-len(last) :] = run.val_loss[-len(last) :] = last
    for drawing in (with_loss, picture):
        told = items(drawn(drawing, Scene(run)), "beyond")
        assert [text["text"] for text in told] == [words] * bool(words)


def test_a_loss_is_drawn_once_beside_the_plateau_rule(with_loss):
    frame = drawn(with_loss, Scene(made_up(35, patience=4)))
    assert "loss run" not in names(frame)
    watched = {"loss best", "loss drops", "wait run"}
    assert watched & names(frame) == (watched if len(with_loss.panels) > 3 else set())


def test_losses_are_drawn_on_request_alone(picture):
    assert not {"loss train", "loss test"} & names(drawn(picture, WHOLE))


def test_the_axis_of_the_loss_reaches_down_to_what_is_drawn(with_loss):
    axes = {}
    for least in (0.4, 0.31, 0.2, 0.1, 0.05, 0.0004, 0.4):
        run = made_up(36)
        run.loss[-1] = least
        background = with_loss.draw(Scene(run)).background
        low, high = with_loss.panels[BOTH_LOSSES].ax.get_ylim()
        assert low <= least < 3.5 * max(low, 0.3 / 3.5)
        assert high == 6
        assert 3 <= len(labels(with_loss.panels[BOTH_LOSSES].ax.yaxis)) <= 6
        assert axes.setdefault(low, background) is background
    assert len(axes) == len(set(axes.values())) == 4
    run.val_loss[:] = 0.02
    for scene in (Scene(RUNS[0], previous=run), Scene(RUNS[0], pins=[run])):
        drawn(with_loss, scene)
        assert with_loss.panels[BOTH_LOSSES].ax.get_ylim()[0] <= 0.02


def test_the_losses_are_read_out_once(with_loss):
    columns = read(drawn(with_loss, Scene(RUNS[0])))["readout"]["columns"]
    told = [(column["name"], column["unit"]) for column in columns]
    assert told.count(("train loss", " nats")) == told.count(("test loss", " nats")) == 1
    assert len({name for name, _ in told}) == len(told)
    values = {column["name"]: column["values"] for column in columns}
    np.testing.assert_allclose(values["train loss"], RUNS[0].loss)
    np.testing.assert_allclose(values["test loss"], RUNS[0].val_loss)


# What ReduceLROnPlateau sees


def with_keras(losses, patience, factor, min_delta, min_lr, rate):
    """Rates, best losses and counters of Keras's own callback, fed with these losses."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(
        "val_loss", factor, patience, mode="min", min_delta=min_delta, min_lr=min_lr
    )
    callback.set_model(model)
    callback.on_train_begin()
    rows = []
    for epoch, loss in enumerate(losses):
        used = float(model.optimizer.learning_rate.numpy())
        callback.on_epoch_end(epoch, {"val_loss": float(loss)})
        rows.append((used, callback.best, callback.wait))
    return np.array(rows).T


@pytest.mark.parametrize(("patience", "min_lr"), [(1, 0.0), (3, 0.0), (5, 1e-4), (5, 0.02)])
def test_the_counter_is_that_of_keras(patience, min_lr):
    fields = {"patience": patience, "factor": 0.5, "min_delta": 0.01, "min_lr": min_lr}
    run = made_up(30, learning_rate=0.1, **fields)
    losses = (
        1 - 0.003 * np.arange(EPOCHS) + 0.02 * run.val_loss
    )  # improves by less than min_delta, too
    rates, bests, left = with_keras(losses, rate=0.1, **fields)
    run = History(run.experiment, losses, losses, losses, losses, rates, [])
    best, waits = plateau_counter(run)
    np.testing.assert_allclose(best, bests)
    assert (best > np.minimum.accumulate(losses)).any()
    dropped = np.append(np.diff(rates) < 0, False)
    assert dropped.any()
    np.testing.assert_array_equal(np.where(dropped, 0, waits)[:-1], left[:-1])
    assert set(waits[dropped]) == {patience}


def test_loss_best_drops_and_counter_are_drawn(picture):
    run = made_up(31, patience=4, min_delta=0.0)
    rates = np.full(EPOCHS, 0.01)
    rates[20:], rates[41:] = 0.001, 0.0001  # lower from the epochs 21 and 42 on
    run = History(run.experiment, run.loss, run.accuracy, run.val_loss, run.val_accuracy, rates, [])
    frame = drawn(picture, Scene(run))
    np.testing.assert_allclose(line(picture, frame, LOSS, "loss run")[1], run.val_loss, rtol=1e-4)
    x, y = line(picture, frame, LOSS, "loss best")
    found = np.interp(np.arange(1, EPOCHS) + 0.5, x, y)
    np.testing.assert_allclose(found, np.minimum.accumulate(run.val_loss)[:-1], rtol=1e-4)
    np.testing.assert_allclose(line(picture, frame, LOSS, "loss drops")[0], [20, 41], atol=1e-3)
    x, y = line(picture, frame, WAIT, "wait run")
    found = np.interp(np.arange(1, EPOCHS + 1), x, y)
    np.testing.assert_allclose(found, plateau_counter(run)[1], atol=1e-4)
    np.testing.assert_allclose(line(picture, frame, WAIT, "wait patience")[1], 4, atol=1e-4)


def test_the_monitored_loss_is_the_one_that_is_drawn(picture):
    run = made_up(32, patience=4, monitor="loss")
    frame = drawn(picture, Scene(run))
    np.testing.assert_allclose(line(picture, frame, LOSS, "loss run")[1], run.loss, rtol=1e-4)
    assert item(frame, "loss run")["dash"]


def test_without_patience_there_is_neither_drop_nor_patience(picture):
    assert not {"loss drops", "wait patience"} & names(drawn(picture, Scene(RUNS[0])))


def test_a_run_that_learns_more_gets_a_lower_axis(picture):
    run = made_up(33, patience=4)
    run.val_loss[-1] = 0.004
    y = item(drawn(picture, Scene(run)), "loss run")["points"][-1, 1]
    _, top, _, height = item(drawn(picture, Scene(run)), "loss run")["clip"]
    assert top < y < top + height


# The axes


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]


def test_epochs_or_updates_and_a_linear_or_logarithmic_rate(picture):
    looks = {}
    for linear in (False, True):
        for updates in (False, True):
            scene = Scene(RUNS[0], linear_rate=linear, over_updates=updates)
            looks[linear, updates] = picture.draw(scene).background
            ax = picture.panels[RATE].ax
            assert ax.get_yscale() == ("linear" if linear else "log")
            assert ax.get_xlabel() == ("update" if updates else "epoch")
            assert labels(ax.xaxis)[-1] == str(16 * EPOCHS if updates else EPOCHS)
    assert len(set(looks.values())) == 4
    assert picture.draw(Scene(RUNS[0])).background is looks[False, False], "kept, not drawn again"


@pytest.mark.parametrize("linear", [False, True])
def test_a_drag_seldom_changes_the_axes(picture, linear):
    rates = np.geomspace(1e-4, 1, 81)
    runs = [made_up(1, learning_rate=rate) for rate in rates]
    scenes = [Scene(b, "", a, linear_rate=linear) for a, b in pairwise(runs)]
    assert len({picture.draw(scene).background for scene in scenes}) <= (14 if linear else 1)
    for scene, rate in zip(scenes, rates[1:]):
        drawn(picture, scene)
        low, high = picture.panels[RATE].ax.get_ylim()
        assert low < rate < high


def best_lines(picture):
    ax = picture.panels[ACCURACY].ax
    return [x.get_ydata()[0] for x in ax.lines if x.get_label() == "best possible"]


def legend(picture):
    return [text.get_text() for text in picture.figure.legends[0].get_texts()]


def test_the_ceiling_is_the_problems_own():
    picture = curves_picture()
    other = prepare_data(random_state=1)
    for run, best in [
        (made_up(1), 0.84),
        (made_up(1, other), other.best_accuracy),
        (made_up(1), 0.84),
    ]:
        picture.draw(Scene(run))
        assert best_lines(picture) == [pytest.approx(best)]
        assert legend(picture) == ["train", "test", "best possible"]


def test_where_no_ceiling_is_known_none_is_drawn():
    picture = curves_picture()
    backgrounds = []
    for problem in ("blobs", "digits", "blobs", "moons"):
        scene = Scene(made_up(1, problem=problem))
        backgrounds.append(picture.draw(scene).background)
        picture.still(scene)
        assert len(best_lines(picture)) == (problem != "digits")
        assert ("best possible" in legend(picture)) == (problem != "digits")
        lowest = {"blobs": 0.3, "moons": 0.4, "digits": 0}[problem]
        assert picture.panels[ACCURACY].ax.get_ylim() == (lowest, 1)
    assert backgrounds[0] == backgrounds[2]
    assert len(set(backgrounds)) == 3


def test_longer_runs_get_longer_axes(picture):
    long = Experiment(epochs=200)
    run = History(long, *np.full((5, 200), 0.5), [])
    x, _ = line(picture, drawn(picture, Scene(run)), ACCURACY, "accuracy test")
    assert x[-1] == pytest.approx(200, abs=1e-3)
    assert picture.panels[RATE].ax.get_xlim() == (0, 200)


# What pointing reads out


def test_readout(picture):
    run = made_up(34, patience=3)
    told = read(drawn(picture, Scene(run)))["readout"]
    columns = {column["name"]: column for column in told["columns"]}
    assert next(iter(columns)) == "epoch"
    np.testing.assert_array_equal(columns["epoch"]["values"], np.arange(1, EPOCHS + 1))
    np.testing.assert_allclose(columns["train accuracy"]["values"], 100 * run.accuracy, rtol=1e-6)
    np.testing.assert_allclose(
        columns["test accuracy"]["values"], 100 * run.val_accuracy, rtol=1e-6
    )
    np.testing.assert_allclose(columns["test loss"]["values"], run.val_loss)
    np.testing.assert_allclose(columns["learning rate"]["values"], run.learning_rate)
    np.testing.assert_array_equal(columns["waited"]["values"], plateau_counter(run)[1])
    test = item(drawn(picture, Scene(run)), "accuracy test")
    np.testing.assert_allclose(told["x"], test["points"][:, 0])


# Regions


def network(name: str) -> History:
    """A run that never ran, with a network after each of six epochs."""
    experiment, random = Experiment(problem=name, epochs=6), np.random.default_rng(40)
    classes = problem_of(experiment).classes
    shapes = (2, 30), (30,), (30, classes), (classes,)
    weights = [random.normal(0, 0.6, (6, *shape)).astype("float32") for shape in shapes]
    arrays = random.uniform(0.3, 0.9, (5, 6)).astype("float32")
    return History(experiment, *arrays, weights)


@pytest.mark.parametrize("epoch", [1, 3, 6])
def test_regions_have_the_class_that_the_network_of_that_epoch_predicts(epoch):
    picture, run = regions_picture(), network("blobs")
    image = item(drawn(picture, RegionsScene(run, epoch)), "regions")
    rows, columns = image["rows"], image["columns"]
    numbers = image["indexes"].reshape(rows, columns)
    left, top, width, height = image["box"]
    x = left + (np.arange(columns) + 0.5) * width / columns
    y = top + (np.arange(rows) + 0.5) * height / rows
    pixels = np.column_stack([grid.ravel() for grid in np.meshgrid(x, y)])
    weights = [array[epoch - 1] for array in run.weights_by_epoch]
    expected = predict(weights, data(picture, 0, pixels).astype("float32"))
    found = numbers.ravel() // SHADES
    assert (found == expected.argmax(axis=1)).mean() > 0.999
    palette = image["palette"].reshape(-1, 4)
    colours = [tuple(palette[number * SHADES, :3]) for number in range(3)]
    assert colours == [(0, 114, 178), (230, 159, 0), (0, 158, 115)], "those of the points"
    opacity = palette[numbers.ravel(), 3] / 255
    sureness = 0.12 + 0.38 * (expected.max(axis=1) - 1 / 3) * 1.5
    np.testing.assert_allclose(opacity, sureness, atol=0.02)


def test_regions_say_their_epoch_and_its_accuracy():
    picture, run = regions_picture(), network("moons")
    for epoch in (2, 6):
        title = item(drawn(picture, RegionsScene(run, epoch)), "title")["text"]
        assert title == f"epoch {epoch}: test accuracy {100 * run.val_accuracy[epoch - 1]:.0f} %"


def test_regions_of_a_run_that_diverged_are_of_the_first_class():
    weights = [np.full(shape, np.nan, "float32") for shape in ((2, 50), 50, (50, 3), 3)]
    assert not shades_of(weights, (0, 1, 0, 1), 50).any()


def test_regions_show_the_points_of_each_problem_in_turn():
    picture, backgrounds = regions_picture(), []
    for name in ("blobs", "moons", "spiral", "blobs"):
        run = network(name)
        backgrounds.append(picture.draw(RegionsScene(run, 2)).background)
        points = np.concatenate([p.get_offsets() for p in picture.panels[0].ax.collections])
        expected = run.problem.data.testX
        np.testing.assert_allclose(np.sort(points, axis=0), np.sort(expected, axis=0))
        assert len(picture.panels[0].ax.collections) == run.problem.classes
    assert backgrounds[0] == backgrounds[3]
    assert len(set(backgrounds)) == 3


# Descent


@pytest.mark.parametrize("bowl", [PARABOLA, RAVINE, TURNED_RAVINE])
@pytest.mark.parametrize("method", METHODS)
def test_the_path_of_descent(bowl, method):
    momentum = 0.0 if "optimizer" in METHODS[method] else 0.5
    picture, scene = descent_picture(bowl), DescentScene(bowl, 0.07, momentum, 12, method)
    frame = drawn(picture, scene)
    path = descend(bowl, 0.07, momentum, 12, **METHODS[method])
    first, second = path[:, 0], bowl.height(path) if bowl is PARABOLA else path[:, 1]
    for part in items(frame, "path"):  # the line, and its points
        np.testing.assert_allclose(data(picture, 0, part["points"]).T, [first, second], atol=1e-5)
    np.testing.assert_allclose(
        data(picture, 0, item(frame, "end")["points"])[0], [first[-1], second[-1]], atol=1e-5
    )
    assert line(picture, frame, 1, "rate")[0] == pytest.approx(0.07)
    told = read(frame)["readout"]
    assert told["columns"][0]["name"] == "step"
    np.testing.assert_allclose(told["columns"][-1]["values"], bowl.height(path), rtol=1e-6)
    zones = names(frame) & {"creeps", "oscillates", "diverges"}
    assert ("note" in names(frame)) == (not zones) == ("optimizer" in METHODS[method])


@pytest.mark.parametrize("bowl", [PARABOLA, RAVINE, TURNED_RAVINE])
@pytest.mark.parametrize("method", [*METHODS][:2])
def test_the_regimes_are_those_of_the_method(bowl, method):
    picture = descent_picture(bowl)
    frame = drawn(picture, DescentScene(bowl, 0.07, 0.5, 12, method))
    beside = max(bowl.curvatures), 0.5, method != "SGD"
    edges = [oscillates_above(*beside), diverges_above(*beside)]
    x = [line(picture, frame, 1, name)[0] for name in ("creeps", "oscillates", "diverges")]
    np.testing.assert_allclose([x[0].min(), x[0].max()], [1e-3, edges[0]], rtol=1e-4)
    np.testing.assert_allclose([x[1].min(), x[1].max()], edges, rtol=1e-4)
    np.testing.assert_allclose([x[2].min(), x[2].max()], [edges[1], 10], rtol=1e-4)


@pytest.mark.parametrize("bowl", [PARABOLA, RAVINE, TURNED_RAVINE])
def test_the_surface_is_drawn_where_paths_begin(bowl):
    picture = descent_picture(bowl)
    drawn(picture, DescentScene(bowl, 0.07, 0.0, 40, "RMSprop"))
    ax = picture.figure.axes[0]
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    x, y = picture.panels[0].places(DescentScene(bowl, 0.07, 0.0, 40, "RMSprop"))
    assert left < x.min() <= x.max() < right
    assert low < y.min() <= y.max() < high
    for contour in ax.collections:
        for level, path in zip(contour.levels, contour.get_paths()):
            np.testing.assert_allclose(bowl.height(path.vertices), level, rtol=0.05)


def test_arrived_means_to_stay():
    for method in METHODS:
        for rate in (0.05, 0.3, 0.6, 1.0, 1.9):
            for steps in range(100):
                scene = DescentScene(PARABOLA, rate, 0.0, steps, method)
                if scene.arrived:
                    path = descend(PARABOLA, rate, 0.0, steps + 1, **METHODS[method])
                    assert PARABOLA.height(path[-2:]).max() <= 1e-4
                    assert len(scene.path) == steps + 1
                    break


def test_momentum_and_rate_move_without_new_axes():
    picture = descent_picture(PARABOLA)
    rates = [(0.1, 0.0, 9), (3.0, 0.9, 9), (0.1, 0.5, 9), (0.1, 0.0, 9, "Adam")]
    assert len({picture.draw(DescentScene(PARABOLA, *rate)).background for rate in rates}) == 1


# Runs that leave all numbers behind


def test_a_run_that_diverged_leaves_gaps(with_loss):
    picture, run = with_loss, made_up(35, patience=3)
    run.loss[10:] = run.val_loss[10:] = np.nan
    run.val_loss[5], run.learning_rate[20:] = np.inf, 0
    frame = drawn(picture, Scene(run, previous=run, pins=[run], band=[run, run]))
    gaps = np.isnan(item(frame, "loss test")["points"]).any(axis=1)
    assert set(np.flatnonzero(gaps)) == {5, *range(10, EPOCHS)}
    for found in read(frame)["items"]:
        assert not np.isinf(found.get("points", np.zeros(2))).any()
        assert not (np.abs(found.get("points", np.zeros(2))) > 1e5).any()
    assert picture.still(Scene(run)).startswith(b"\x89PNG")


def test_a_place_that_is_no_number_in_one_direction_is_none_at_all():
    points = np.array([[1, np.nan], [np.inf, 2], [3, 4], [5, 1e300]])
    each = blended_transform_factory(IdentityTransform(), IdentityTransform())
    pixels = Frame(100, 50).pixels(points, each)
    np.testing.assert_array_equal(pixels, [[np.nan] * 2, [np.nan] * 2, [3, 46], [5, -1e5]])


# Whatever the user has set, and whatever went wrong before


def everything():
    """Each kind of picture with a scene."""
    return [
        (curves_picture(plateau=True, loss=True), WHOLE),
        (descent_picture(RAVINE), DescentScene(RAVINE, 0.05, 0.5, 9)),
    ]


@pytest.fixture(scope="module")
def by_default():
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        return [(picture.draw(scene), picture.still(scene)) for picture, scene in everything()]


@pytest.mark.parametrize(
    "style",
    [
        {"font.size": 18},
        {"font.family": "serif"},
        {"text.usetex": True},
        {"figure.constrained_layout.use": True},
        {"figure.autolayout": True},
        {"figure.dpi": 200, "savefig.dpi": 50, "svg.fonttype": "none"},
        {"lines.linewidth": 7, "lines.dashed_pattern": [9, 9], "lines.scale_dashes": False},
        {"axes.formatter.useoffset": False, "axes.unicode_minus": False, "path.sketch": (1, 9, 2)},
        "dark_background",
        "ggplot",
        "grayscale",
    ],
    ids=str,
)
def test_the_users_style_changes_nothing_and_stays(by_default, style):
    with matplotlib.style.context(style):
        before = dict(matplotlib.rcParams)
        found = [(picture.draw(scene), picture.still(scene)) for picture, scene in everything()]
        assert dict(matplotlib.rcParams) == before
    assert found == by_default


def test_a_drawing_that_failed_halfway_leaves_a_picture_that_draws(monkeypatch):
    picture, good = curves_picture(plateau=True), Scene(RUNS[5], "good", RUNS[6])
    expected = curves_picture(plateau=True).draw(good)
    picture.draw(Scene(RUNS[1], "before", linear_rate=True))
    torn = made_up(7, learning_rate=7.0)
    object.__setattr__(torn, "learning_rate", None)
    with pytest.raises(AttributeError):
        picture.draw(Scene(torn, "torn", RUNS[3], over_updates=True, epoch=3))
    assert picture.draw(good) == expected

    def interrupt(*_):
        raise KeyboardInterrupt

    new_axes = Scene(RUNS[1], linear_rate=True, over_updates=True)
    monkeypatch.setattr(Picture, "_svg", interrupt)
    with pytest.raises(KeyboardInterrupt):
        picture.draw(new_axes)
    monkeypatch.undo()
    assert picture.draw(good) == expected
    assert picture.draw(new_axes) == curves_picture(plateau=True).draw(new_axes)


OWN = {module.__file__ for name, module in sys.modules.items() if "helpers.pictures" in name}


def interrupted(line: int, draw, *arguments) -> int:
    """Press stop before a line of the pictures' own code is run; how many were run."""
    before, count = sys.gettrace(), 0

    def trace(frame, event, _):
        nonlocal count
        if frame.f_code.co_filename not in OWN:
            return None
        count += event == "line"
        if count == line:
            raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        draw(*arguments)
    finally:
        sys.settrace(before)
    return count


def test_stop_at_any_line_leaves_a_picture_that_draws():
    good = Scene(RUNS[5], "good", RUNS[6], pins=RUNS[7:9])
    bad = Scene(made_up(8, problem="digits"), "bad", pins=RUNS[9:12], linear_rate=True)
    expected = curves_picture(plateau=True).draw(good)
    lines = interrupted(-1, curves_picture(plateau=True).draw, bad)
    assert lines > 300
    picture = curves_picture(plateau=True)
    picture.draw(good)
    for line in range(1, lines, 7):
        with suppress(KeyboardInterrupt):  # later draws have less to do
            interrupted(line, picture.draw, bad)
        assert picture.draw(good) == expected, line


# Frame and still are the same picture


def colour_at(image, points, scale):
    columns, rows = np.floor(points * scale).astype(int).T
    return image[rows, columns].astype(int)


@pytest.mark.parametrize("scale", [1, 1.25, 2])
def test_the_still_has_each_line_where_the_frame_has_it(picture, scale):
    epochs = np.arange(EPOCHS)
    runs = []
    for shift in (0.0, 0.1, 0.2):
        accuracy = 0.3 + shift + 0.004 * epochs
        rates = 10.0 ** -(1 + 10 * shift + epochs / 40)
        arrays = 1 + accuracy, accuracy + 0.04, 1 + accuracy, accuracy, rates
        runs.append(History(Experiment(epochs=EPOCHS), *arrays, []))
    scene = Scene(runs[0], "x", runs[1], pins=[runs[2], runs[2]])
    image = np.asarray(Image.open(BytesIO(picture.still(scene, scale))).convert("RGB"))
    assert image.shape == (round(picture.height * scale), round(picture.width * scale), 3)
    frame = drawn(picture, scene)
    for name in ("accuracy test", "accuracy previous", "accuracy B", "rate run", "rate previous"):
        stroke = item(frame, name)
        ends = stroke["points"]
        along = np.concatenate(
            [a + (b - a) * np.linspace(0, 1, 7)[:, None] for a, b in pairwise(ends)]
        )
        colour = [int(stroke["colour"][0][i : i + 2], 16) for i in (1, 3, 5)]
        away = np.abs(colour_at(image, along, scale) - colour).max(axis=1)
        assert np.median(away) < 40, name
        assert (away < 110).mean() > 0.9, name


def test_dark_colours_are_lighter_and_known(picture):
    light, dark, frame = picture.draw(WHOLE)
    assert light != dark
    assert "#e8e8e8" in light
    assert "#e8e8e8" not in dark
    for found in read(frame)["items"]:
        light, dark = found["colour"]
        assert dark[:7] == DARK.get(light[:7], light[:7])


# The script


def test_the_script_is_short_and_knows_nothing_of_runs():
    script = Path(helpers.__file__).with_name("widgets") / "figure.js"
    text = script.read_text("utf-8")
    assert text.count("\n") <= 230
    for word in ("accuracy", "rate", "epoch", "loss", "weight:", "http"):
        assert word not in text.lower().replace("iterate", "").replace("separate", "")

"""What is read off a range test, how it is drawn, and its explorer."""

from base64 import b64decode

from helpers import (
    Experiment,
    RangeTest,
    explore_range_test,
    plot_range_test,
    problem,
    range_test,
    rates_read,
)
from helpers.measures import RULES, smoothed
from helpers.pictures import RangeScene, range_picture
from helpers.widgets.range_test import TESTED
from tests.frames import data, item, names, read
from tests.test_explorer import MODELS, PNG, all_traits, find, frame_of, slider_of, status_of

import numpy as np
import pytest
from matplotlib.figure import Figure

RATES = np.geomspace(1e-5, 10, 200)
STEP = 10 ** (6 / 199)  # from one rate to the next


def made_up(*corners, name="blobs", noise=0.0) -> RangeTest:
    """A test that never ran: its loss is straight over the logarithm of the rate between (rate, loss)."""
    rates, losses = np.transpose(corners)
    loss = np.interp(np.log(RATES), np.log(rates), losses)
    loss += noise * np.random.default_rng(0).normal(size=loss.size)
    return RangeTest(Experiment(), RATES.astype("float32"), loss.astype("float32"), problem(name))


FALL = (1e-5, 3.0), (1e-4, 2.8), (1e-3, 1.0), (1e-1, 0.5)  # steepest around sqrt(1e-4 * 1e-3)
LATER = [(0.4, 9.0), (0.7, 0.1), (10, 0.1)]  # lower and steeper, but after the loss has run away


@pytest.mark.parametrize("later", [[(10, 0.9)], [(10, 0.5)], LATER], ids=str)
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_each_rule_reads_its_rate(later, noise):
    read = rates_read(made_up(*FALL, *later, noise=noise))
    assert list(read) == ["steepest fall", "a tenth of the lowest"]
    assert {type(rate) for rate in read.values()} == {float}, "to be printed"
    assert 1e-4 < read["steepest fall"] < 1e-3
    expected = 0.1 if later != [(10, 0.5)] else 1
    low, high = (expected / 4, expected * 12) if expected == 0.1 else (0.1, 10)
    assert low < 10 * read["a tenth of the lowest"] < high


def test_the_rates_are_exact_where_the_loss_is_symmetric():
    read = rates_read(made_up((1e-5, 2.0), (1e-3, 1.9), (1e-2, 0.5), (1e-1, 1.9), (10, 2.0)))
    assert 10 * read["a tenth of the lowest"] == pytest.approx(1e-2, rel=STEP - 1)
    middle = made_up((1e-5, 2.0), (1e-3, 2.0), (1.8e-3, 1.0), (10, 1.0))
    assert rates_read(middle)["steepest fall"] == pytest.approx(np.sqrt(1.8e-6), rel=STEP - 1)


def test_smoothing_is_a_weighted_mean_of_neighbours():
    spike = np.zeros(41)
    spike[20] = 1
    weights = smoothed(spike, 5)
    np.testing.assert_allclose(weights[16:25], np.array([1, 2, 3, 4, 5, 4, 3, 2, 1]) / 25)
    assert not weights[:16].any()
    np.testing.assert_allclose(smoothed(np.full(9, 3.0)), 3)
    test = made_up(*FALL, (10, 0.9), noise=0.3)
    assert rates_read(test, 31) != rates_read(test)


@pytest.mark.parametrize("end", [np.nan, np.inf, 1e30])
def test_what_follows_when_the_loss_runs_away_is_left_out(end):
    test = made_up(*FALL, (10, 0.45))
    test.loss[150:] = end
    read = rates_read(test)
    assert 1e-4 < read["steepest fall"] < 1e-3
    assert 0.01 < 10 * read["a tenth of the lowest"] < RATES[150]


@pytest.mark.parametrize("loss", [np.nan, np.inf, 1.0])
def test_where_nothing_falls_there_is_nothing_to_read(loss):
    test = made_up(*FALL)
    test.loss[:] = loss
    assert np.isnan([*rates_read(test).values()]).all()


def test_more_momentum_reads_lower_rates_on_scaled_inputs():
    """Median over seeds; by about the factor 10 of the longer steps, or less."""

    def median(momentum):
        tests = [range_test(Experiment(momentum=momentum, scaled=True, seed=s)) for s in range(15)]
        return np.median([[*rates_read(test).values()] for test in tests], axis=0)

    factors = median(0.0) / median(0.9)
    assert ((factors > 1.5) & (factors < 15)).all()


# Drawn


def drawn_marks(ax):
    """The upright lines that can be seen: their rates, from left to right."""
    lines = [line for line in ax.lines if line.get_gid() in RULES and line.get_visible()]
    return {line.get_gid(): line.get_xdata()[0] for line in lines}


def test_a_plot_has_the_losses_their_mean_and_the_marks():
    ax, test = Figure().add_subplot(), made_up(*FALL, (10, 0.9), noise=0.1)
    plot_range_test(ax, test, smoothing=9)
    losses, mean, guessing = ax.lines[:3]
    np.testing.assert_array_equal(losses.get_xydata(), np.column_stack(test[1:3]))
    np.testing.assert_allclose(mean.get_ydata(), smoothed(test.loss, 9))
    assert guessing.get_ydata()[0] == pytest.approx(np.log(3))
    assert drawn_marks(ax) == rates_read(test, 9)
    assert ax.get_xscale() == "log"
    assert ax.get_ylim()[0] == 0
    test.loss[:] = np.nan
    plot_range_test(ax, test)
    assert drawn_marks(ax) == rates_read(made_up(*FALL, (10, 0.9), noise=0.1), 9)


@pytest.fixture(scope="module")
def picture():
    return range_picture()


SCENE = RangeScene(
    made_up(*FALL, (10, 0.9), noise=0.1), made_up(*FALL, (10, 2), noise=0.2), "a title"
)


def test_the_picture_of_a_range_test(picture):
    frame = picture.draw(SCENE).frame
    for name, test, loss in [
        ("range batches", SCENE.test, SCENE.test.loss),
        ("range mean", SCENE.test, smoothed(SCENE.test.loss)),
        ("range previous", SCENE.previous, smoothed(SCENE.previous.loss)),
    ]:
        x, y = data(picture, 0, item(frame, name)["points"]).T
        np.testing.assert_allclose(x, test.learning_rate, rtol=1e-4)
        np.testing.assert_allclose(y, loss, atol=1e-4)
    widths = [item(frame, f"range {name}")["width"] for name in ("batches", "mean")]
    assert widths[0] < widths[1] / 2
    for rule, rate in rates_read(SCENE.test).items():
        assert data(picture, 0, item(frame, rule)["points"])[0, 0] == pytest.approx(rate, rel=1e-4)
        text = item(frame, f"{rule} name")
        assert (text["text"], text["align"]) == (rule, "left")
    assert picture.figure.axes[0].get_xlim() == pytest.approx((1e-5, 10))
    assert item(frame, "title")["text"] == "a title"
    told = {c["name"]: c["values"] for c in read(frame)["readout"]["columns"]}
    np.testing.assert_allclose(told["learning rate"], SCENE.test.learning_rate)
    np.testing.assert_allclose(told["loss of the batch"], SCENE.test.loss)
    np.testing.assert_allclose(told["mean"], smoothed(SCENE.test.loss), rtol=1e-6)
    alone = picture.draw(RangeScene(SCENE.test)).frame
    assert "range previous" not in names(alone)


def test_no_name_stands_on_the_other_mark(picture):
    for first, second in ((1e-4, 2e-4), (1e-3, 3e-4), (0.01, 0.0101), (0.3, 0.5), (2.0, 0.01)):
        test = made_up((1e-5, 2), (first * 0.99, 2), (first * 1.01, 1), (10, 1))
        test.loss[np.argmin(np.abs(RATES - 10 * second))] = -9
        frame = picture.draw(RangeScene(test)).frame
        for rule, other in (RULES, RULES[::-1]):
            name, points = item(frame, f"{rule} name"), item(frame, other)["points"]
            assert name["x"] > 0
            top, x = points[:, 1].min(), points[0, 0]
            width = 0.62 * name["size"] * len(rule)
            left = name["x"] - width * (name["align"] == "right")
            assert top > name["y"] - 2 or not left < x < left + width, (first, second)


def test_momentum_moves_without_new_axes_and_a_run_that_diverged_leaves_a_gap(picture):
    tests = [range_test(Experiment(momentum=m)) for m in (0.0, 0.5, 0.9, 0.99)]
    looks = {picture.draw(RangeScene(test, tests[0])).background for test in tests}
    assert len(looks) == 1
    lost = made_up(*FALL, (10, 0.5))
    lost.loss[120:], lost.loss[60] = np.nan, np.inf
    frame = picture.draw(RangeScene(lost, lost)).frame
    gaps = np.isnan(item(frame, "range batches")["points"]).any(axis=1)
    assert set(np.flatnonzero(gaps)) == {60, *range(120, 200)}
    lost.loss[:] = np.nan
    assert not {*RULES} & names(picture.draw(RangeScene(lost)).frame)
    assert picture.still(RangeScene(lost)).startswith(PNG)


# The explorer


def assert_test(explorer, name, test):
    drawn = data(explorer.picture, 0, item(frame_of(explorer), f"range {name}")["points"])
    np.testing.assert_allclose(drawn[:, 0], test.learning_rate, rtol=1e-4)
    limit = 1e4 * (np.abs(test.loss) < 1e3)  # far out, lines are cut
    np.testing.assert_allclose(drawn[limit > 0, 1], test.loss[limit > 0], rtol=1e-3, atol=1e-3)


MOVES = {
    **{"optimizer": "adam", "momentum": 0.9, "nesterov": True, "scaled": True},
    **{"problem": "digits", "seed": 7, "batch_size": 100},
}


@pytest.mark.parametrize("field", TESTED)
def test_each_control_runs_the_test_of_its_experiment(field):
    beside = {"momentum": 0.5} if field == "nesterov" else {}
    explorer = explore_range_test(field, **beside)
    assert_test(explorer, "batches", range_test(Experiment(**beside)))
    assert "range previous" not in names(frame_of(explorer))
    before = explorer.state.test
    if field in ("momentum", "seed", "batch_size"):
        find(explorer, f"box-{field}").value = str(MOVES[field])
    else:
        find(explorer, f"control-{field}").value = MOVES[field]
    after = range_test(Experiment(**beside, **{field: MOVES[field]}))
    assert not np.array_equal(after.loss, before.loss)
    assert_test(explorer, "batches", after)
    drawn = data(explorer.picture, 0, item(frame_of(explorer), "range previous")["points"])
    np.testing.assert_allclose(drawn[:100, 1], smoothed(before.loss)[:100], rtol=1e-3)
    for rate in rates_read(after).values():
        assert f"<b>{rate:.2g}</b>" in status_of(explorer)
    assert field.replace("_", " ") in status_of(explorer)
    find(explorer, "explorer-reset").click()
    assert explorer.state is explorer.first
    assert "range previous" not in names(frame_of(explorer))


def test_without_a_field_it_is_the_momentum_and_it_rests_where_there_is_none():
    assert [*explore_range_test().controls] == ["momentum"]
    explorer = explore_range_test("optimizer", "momentum", momentum=0.9)
    assert "optimizer sgd, momentum 0.9: " in status_of(explorer)
    find(explorer, "control-optimizer").value = "adam"
    assert explorer.state.test.experiment == Experiment("adam")
    assert slider_of(explorer, "momentum").disabled
    assert "momentum" not in status_of(explorer)
    find(explorer, "control-optimizer").value = "sgd"
    assert explorer.state.test.experiment == Experiment(momentum=0.9)


def test_a_move_that_fails_leaves_everything_as_it_was(monkeypatch):
    explorer = explore_range_test("momentum", "problem")
    slider_of(explorer, "momentum").value = 0.5
    before, shown = explorer.state, all_traits(explorer)
    monkeypatch.setattr("helpers.widgets.range_test.range_test", lambda experiment: 1 / 0)
    find(explorer, "control-problem").value = "moons"
    assert "ZeroDivisionError" in status_of(explorer)
    find(explorer, "box-momentum").value = "a lot"
    assert "momentum is" in status_of(explorer)
    assert explorer.state is before
    after = all_traits(explorer)
    assert {k: v for k, v in after.items() if k is not explorer.status} == {
        k: v for k, v in shown.items() if k is not explorer.status
    }


def test_what_readers_without_a_kernel_get():
    bundle = explore_range_test("scaled")._repr_mimebundle_()
    assert b64decode(bundle["image/png"]).startswith(PNG)
    assert bundle["text/plain"] == "Explorer of the range test"


def test_a_loss_that_never_falls_is_said(monkeypatch):
    flat = made_up(*FALL)._replace(loss=np.ones(200, "float32"))
    monkeypatch.setattr("helpers.widgets.range_test.range_test", lambda experiment: flat)
    assert "momentum 0: the loss never falls" in status_of(explore_range_test())


@pytest.mark.parametrize(
    ("fields", "fixed", "named"),
    [
        (("learning_rate",), {}, "learning_rate"),
        (("patience",), {}, "patience"),
        (("seed", "seed"), {}, "different fields"),
        (([],), {}, "different fields"),
        (("seed",), {"speed": 3}, "speed"),
        (("seed",), {"momentum": 1}, "momentum is 1, but must be"),
        (("momentum",), {"optimizer": "adam"}, "momentum would have no effect"),
    ],
)
def test_what_has_no_range_test_is_refused(fields, fixed, named):
    before = set(MODELS)
    with pytest.raises(ValueError, match=named):
        explore_range_test(*fields, **fixed)
    assert set(MODELS) == before

"""The controls: one for each kind of field; what is typed, slid or chosen is trained, exactly, or refused."""

from math import isfinite

from helpers import Experiment, explore, train
from helpers.experiment import DEFAULTS, FIELDS, KINDS
from helpers.fields import Choice, Number, Span, Switch
from helpers.schedules import NAMED, SCHEDULES
from helpers.widgets.controls import CONTROLLED, CONTROLS
from helpers.widgets.stage import Stage
from helpers.widgets.typed import number_in
from tests.test_explorer import find, is_in_tree, slider_of

import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

QUICK = {"epochs": 3}
BESIDE = {  # what gives a field an effect
    "factor": {"patience": 5},
    "min_delta": {"patience": 5},
    "min_lr": {"patience": 5},
    "final_fraction": {"schedule": "cosine"},
    "weight_decay": {"optimizer": "adamw"},
}
ANOTHER = {  # a value that is not the default
    "schedule": "cosine",
    "problem": "moons",
    "optimizer": "adam",
    "monitor": "loss",
    "warmup": 2,
    "batch_size": 100,
    "patience": 3,
    "seed": 7,
}


def status_of(explorer):
    return find(explorer, "explorer-status").value


def assert_one_run(explorer):
    """Controls, words and run say the same."""
    experiment = explorer.history.experiment
    for name, control in explorer.controls.items():
        assert control.value == explorer.values[name]
        if not control.disabled:
            assert control.value == getattr(experiment, name)
    np.testing.assert_array_equal(explorer.history.loss, train(experiment).loss)


def test_every_field_that_can_be_shown_has_a_control():
    without = {"epochs", "hidden", "initial_accumulator"}
    assert set(CONTROLLED) == set(FIELDS) - without


def move(explorer, name, value):
    """Set a control as the student does: a list or switch itself, a number by its box."""
    if isinstance(KINDS.get(name), Number):
        find(explorer, f"box-{name}").value = str(value)
    else:
        find(explorer, f"control-{name}").value = value


@pytest.mark.parametrize("name", CONTROLLED)
def test_each_control_has_its_widgets_and_trains_its_field(name):
    fixed = {**QUICK, **BESIDE.get(name, {})}
    explorer = explore(name, **fixed)
    kind, widget = KINDS.get(name), find(explorer, f"control-{name}")
    if isinstance(kind, Number):
        assert widget is slider_of(explorer, name)
        assert isinstance(find(explorer, f"box-{name}"), widgets.Text)
        assert explorer.controls[name].widget.layout.flex is None, "it would grow upwards"
    elif kind is not None:
        assert type(widget) is (widgets.Dropdown if isinstance(kind, Choice) else widgets.Checkbox)
    value = ANOTHER.get(name, not DEFAULTS[name] if isinstance(kind, Switch) else 0.3)
    assert value != explorer.values[name]
    move(explorer, name, value)
    assert explorer.history.experiment == Experiment(**{**fixed, name: value})
    assert_one_run(explorer)
    explorer.reset()
    assert explorer.history.experiment == Experiment(**fixed)
    assert_one_run(explorer)


def test_companions_of_the_plateau_rule_and_of_the_schedule():
    assert set(explore("patience", **QUICK).controls) == {
        *("patience", "monitor", "factor", "min_delta", "min_lr")
    }
    assert set(explore("schedule", **QUICK).controls) == {
        *("schedule", "learning_rate", "warmup", "final_fraction")
    }


class Bench(Stage):
    """A stage with one control, of a field that no Experiment has."""

    def __init__(self, kind, value):
        super().__init__()
        self.control = CONTROLS[type(kind)](self, "wobble", kind, lambda moved: moved)
        self.children = [self.control.widget]
        self.begin(lambda: value)

    def look(self, state):
        return {self.status: {"value": ""}} | self.control.look(state)


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        (Number(0, 9, "0 to 9", Span(0, 5, 0.5)), 1.0, 2.5),
        (Number(0, 9, "0 to 9", Span(1, 5, 1, off=None), True, True), None, 3),
        (Number(0, 9, "0 to 9", Span(1e-300, 5, 0.5, log=True, off=0.0)), 0.0, 1e-200),
        (Number(0, 1e300, "0 to 1e300", Span(1, 1e300, 1, log=True), True), 1, 10**50),
        (Number(0, 5000, "0 to 5000", Span(0, 5000, 1), True), 0, 1234),
        (Choice({"a": "one", "b": "two"}), "a", "b"),
        (Switch(), False, True),
    ],
)
def test_a_field_that_is_not_there_yet(kind, first, second):
    stage = Bench(kind, first)
    widget = find(stage, "control-wobble")
    assert stage.control.value == first
    if isinstance(kind, Number):
        find(stage, "box-wobble").value = str(second)
        assert stage.state == second
        stage.begin(lambda: first)
        widget.value = second
    else:
        widget.value = second
    assert stage.state == pytest.approx(second, rel=0.01) if kind is Number else stage.state
    assert stage.control.value == stage.state
    widget.value = widget.min if isinstance(kind, Number) else widget.value
    assert stage.control.value == stage.state


# Numbers: what is typed


@pytest.fixture(scope="module")
def explorer():
    return explore("learning_rate", "momentum", "patience", "batch_size", "seed", **QUICK)


UNDERSTOOD = {
    "0.0123456789": 0.0123456789,
    "0,1": 0.1,
    "0,001": 0.001,
    "1e\u22123": 1e-3,
    " 1e\u22123 ": 1e-3,
    "1e-3": 1e-3,
    "1E-3": 1e-3,
    "1/100": 0.01,
    "1 / 3": 1 / 3,
    "5%": 0.05,
    "5 %": 0.05,
    "2,5\u202f%": 0.025,
    ".5": 0.5,
    "5.": 5.0,
    "+0.1": 0.1,
    "10^-3": 1e-3,
    "10**-3": 1e-3,
    "10⁻³": 1e-3,
    "1·10⁻³": 1e-3,
    "2 × 10^-3": 2e-3,
    "2x10^-3": 2e-3,
    "2,5*10⁻²": 0.025,
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_ways_to_write_a_number(explorer, text):
    find(explorer, "box-learning_rate").value = text
    assert explorer.history.experiment.learning_rate == UNDERSTOOD[text]
    assert float(find(explorer, "box-learning_rate").value) == UNDERSTOOD[text]
    assert "final test accuracy" in status_of(explorer)


def test_thousands_are_parted_by_spaces(explorer):
    for text, number in [("1 000", 1000), ("12\u2009345", 12345), ("4 294 967 295", 2**32 - 1)]:
        find(explorer, "box-seed").value = text
        assert explorer.history.experiment.seed == number
        assert find(explorer, "box-seed").value == str(number)


@pytest.mark.parametrize("text", ["off", " Off ", "none", "None"])
def test_a_word_switches_off(explorer, text):
    for words in ("5", text):
        find(explorer, "box-patience").value = words
    assert explorer.history.experiment.patience is None
    assert find(explorer, "box-patience").value == "off"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,000", "1000 or 1.000"),
        ("1,000,000", "without a comma: 1000000."),
        ("1,234.5", "must be"),
        ("0.1.2", "must be"),
        ("1/0", "must be"),
        ("1 0", "must be"),
        ("", "must be"),
        ("fast", "must be"),
        ("\u22121", "must be"),
        ("1e999", "must be"),
        ("1e999999999", "must be"),
        ("1/1e-999", "must be"),
        ("9" * 5000, "must be"),
        ("nan", "must be"),
        ("inf", "must be"),
        ("١٢", "must be"),
        ("10^", "must be"),
        ("200%", "must be"),
    ],
)
def test_what_is_no_number_or_two_is_refused_with_a_sentence(explorer, text, said):
    find(explorer, "box-momentum").value = "0.25"
    before = explorer.history
    find(explorer, "box-momentum").value = text
    assert explorer.history is before
    assert find(explorer, "box-momentum").value == "0.25"
    assert "momentum is" in status_of(explorer)
    assert said in status_of(explorer)


NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.decimals(-1000, 1000, allow_nan=False).map(str),
    st.fractions(0, 1).map(str),
)
WRITTEN = st.builds(
    lambda number, old, new, tail: number.replace(old, new) + tail,
    NUMBERS,
    st.sampled_from([*".-e/0", "00", "e-"]),
    st.sampled_from([",", "\u2212", "·10^", " ", "%", "E", ".", "000", ",000", "⁻³", "/"]),
    st.sampled_from(["", " ", "%", " %", "e-3", ",000", "0", "\u00a0"]),
)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["learning_rate", "momentum", "patience", "batch_size", "seed"]),
    text=st.one_of(WRITTEN, NUMBERS, st.text(max_size=30)),
)
def test_any_text_sets_one_valid_value_or_changes_nothing_and_says_why(explorer, name, text):
    before, box = explorer.history.experiment, find(explorer, f"box-{name}")
    assume(text != box.value)  # which is no change
    box.value = text
    after = explorer.history.experiment
    said = status_of(explorer)
    if "final test accuracy" in said:
        meant = explorer.values[name]
        assert meant is None or isfinite(meant)
        assert after == Experiment(**{**vars(before), name: meant})
    else:
        assert after == before
        assert name in said
        assert "must be" in said
    assert explorer.controls[name].read(box.value) == getattr(after, name)
    assert vars(after) == explorer.values


@settings(max_examples=300, deadline=None)
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_exactly(number):
    for text in (repr(number), str(number).replace("-", "\u2212"), repr(number).replace(".", ",")):
        try:
            assert float(number_in("momentum", text)) == number
        except ValueError:
            assert "," in text  # 1,234 may be two numbers


def test_a_whole_number_is_read_exactly():
    assert number_in("seed", "9007199254740993") == 9007199254740993


# Exactness


def test_what_is_typed_is_trained_and_shown():
    explorer = explore("learning_rate", "seed", **QUICK)
    box = find(explorer, "box-learning_rate")
    box.value = "0.0123456789"
    assert explorer.history.experiment.learning_rate == 0.0123456789
    assert box.value == "0.0123456789"
    assert "learning rate 0.0123456789," in status_of(explorer)


@pytest.mark.parametrize("moved", ["seed", "momentum", "optimizer", "batch_size"])
def test_a_given_rate_stays_exact_beside_a_control_that_moves(moved):
    explorer = explore(moved, learning_rate=1 / 3, **QUICK)
    move(explorer, moved, ANOTHER.get(moved, 0.5))
    assert explorer.history.experiment.learning_rate == 1 / 3


def test_a_typed_rate_is_the_optimizers_when_it_comes_back():
    explorer = explore("optimizer", "learning_rate", **QUICK)
    find(explorer, "box-learning_rate").value = "1/3"
    for name in ("adam", "sgd"):
        find(explorer, "control-optimizer").value = name
    assert explorer.history.experiment.learning_rate == 1 / 3


@pytest.mark.parametrize(
    ("name", "text", "snapped"),
    [
        ("learning_rate", "0.0123456789", 0.012589254117941675),
        ("learning_rate", "50", 1.0),
        ("learning_rate", "1e-9", 1.0000000000000002e-07),
        ("momentum", "0.003", 0.0),
        ("momentum", "0.999", 0.99),
    ],
)
def test_the_stop_that_the_front_end_snaps_to_does_not_replace_what_was_typed(
    explorer, name, text, snapped
):
    find(explorer, f"box-{name}").value = text
    slider_of(explorer, name).set_state({"value": snapped})
    assert getattr(explorer.history.experiment, name) == float(text)
    assert slider_of(explorer, name).value == snapped, "pushed back, it would be snapped for ever"


def test_a_slider_rounds_to_three_digits(explorer):
    for position in (1e-6, 10**-1.6):  # first away from where other tests have left it
        slider_of(explorer, "learning_rate").value = position
    assert explorer.history.experiment.learning_rate == 0.0251
    for position in (400, 50.3):
        slider_of(explorer, "batch_size").value = position
    assert explorer.history.experiment.batch_size == 50


# Schedule


def rows_of(explorer):
    return explorer.controls["schedule"].rows


def test_the_list_of_schedules_has_the_labels_of_the_table():
    labels = [label for label, _ in find(explore("schedule", **QUICK), "control-schedule").options]
    expected = ["constant", "steps", *NAMED]
    assert labels == [SCHEDULES[name].label for name in expected]
    for explorer in (explore("schedule", decay=0.01, **QUICK), explore("schedule", "decay")):
        first, _ = find(explorer, "control-schedule").options[0]
        assert first == "constant or time-based decay"


@pytest.mark.parametrize("name", NAMED)
def test_a_named_schedule_is_chosen_and_shaped(name):
    explorer = explore("schedule", **QUICK)
    assert find(explorer, "box-final_fraction").disabled
    find(explorer, "control-schedule").value = name
    assert not find(explorer, "box-final_fraction").disabled
    find(explorer, "box-final_fraction").value = "50 %"
    find(explorer, "box-warmup").value = "1"
    expected = Experiment(schedule=name, final_fraction=0.5, warmup=1, **QUICK)
    assert explorer.history.experiment == expected
    assert "the rate rose for 1 epoch, then " in status_of(explorer)
    assert SCHEDULES[name].moves in status_of(explorer)
    find(explorer, "control-schedule").value = "constant"
    assert explorer.history.experiment == Experiment(warmup=1, **QUICK)
    assert find(explorer, "box-final_fraction").disabled
    assert_one_run(explorer)


def test_own_steps_have_rows_and_others_have_none():
    explorer = explore("schedule", epochs=20)
    assert not is_in_tree(explorer, rows_of(explorer)[0][0])
    find(explorer, "control-schedule").value = "steps"
    assert is_in_tree(explorer, rows_of(explorer)[2][0])
    assert explorer.history.experiment.schedule == ((10, 0.001),)
    find(explorer, "control-schedule").value = "one-cycle"
    assert not is_in_tree(explorer, rows_of(explorer)[0][0])
    find(explorer, "control-schedule").value = "steps"
    assert explorer.history.experiment.schedule == ((10, 0.001),)


def test_own_steps_of_the_smallest_rate_there_is():
    explorer = explore("schedule", learning_rate=1e-12, **QUICK)
    find(explorer, "control-schedule").value = "steps"
    assert explorer.history.experiment.schedule == ((1, 1e-12),)


def test_a_schedule_is_set_by_its_breakpoints():
    explorer = explore("schedule", epochs=30, schedule=[(10, 0.001)])
    used, start, rate = rows_of(explorer)[1]
    start.value = 5  # what is moved is in use
    rate.box.value = "1/3"
    assert used.value
    assert explorer.history.experiment.schedule == ((5, 1 / 3), (10, 0.001))
    assert [row[1].value for row in rows_of(explorer)[:2]] == [10, 5], "rows stay where they are"
    rows_of(explorer)[0][1].value = 5  # of two in one epoch, the last
    assert explorer.history.experiment.schedule == ((5, 1 / 3),)
    explorer.reset()
    assert explorer.history.experiment.schedule == ((10, 0.001),)
    assert explorer.controls["schedule"].value == ((10, 0.001),)


def test_without_breakpoints_the_rate_is_constant():
    explorer = explore("schedule", epochs=20, schedule=[(10, 0.001)])
    rows_of(explorer)[0][0].value = False
    assert explorer.history.experiment == Experiment(epochs=20)
    assert find(explorer, "control-schedule").value == "constant"
    find(explorer, "control-schedule").value = "steps"
    assert explorer.history.experiment.schedule == ((10, 0.001),)


def test_a_breakpoint_within_the_warm_up_is_refused_and_goes_back():
    explorer = explore("schedule", epochs=20, schedule=[(10, 0.001)], warmup=5)
    before, (used, start, rate) = explorer.history, rows_of(explorer)[0]
    start.value = 3
    assert explorer.history is before
    assert (start.value, used.value, rate.value) == (10, True, 0.001)
    assert "from 5 to less than 20" in status_of(explorer)
    second = rows_of(explorer)[1]
    epoch = second[1].value
    second[1].value = 2
    assert (second[0].value, second[1].value) == (False, epoch)
    find(explorer, "box-warmup").value = "15"
    assert find(explorer, "box-warmup").value == "5"
    assert "from 15 to less than 20" in status_of(explorer)
    assert_one_run(explorer)


@pytest.mark.parametrize("epochs", [1, 2])
@pytest.mark.parametrize("name", CONTROLLED)
def test_runs_of_one_and_two_epochs(name, epochs):
    explorer = explore(name, epochs=epochs, **BESIDE.get(name, {}))
    keys = (
        [key for _, key in find(explorer, "control-schedule").options] if name == "schedule" else []
    )
    assert ("steps" in keys) == (name == "schedule" and epochs > 1)
    for key in keys:
        find(explorer, "control-schedule").value = key
        assert explorer.controls["schedule"].list.value == key
        assert_one_run(explorer)
    explorer.pin()
    find(explorer, "explorer-show-regions").value = True
    find(explorer, "control-epoch").value = 1
    assert "must" not in status_of(explorer)


def test_a_warm_up_as_long_as_the_run_is_refused():
    explorer = explore("warmup", epochs=5)
    slider_of(explorer, "warmup").value = 5
    assert "warmup is 5, but must be less than epochs" in status_of(explorer)
    assert slider_of(explorer, "warmup").value == 0
    slider_of(explorer, "warmup").value = 4
    assert explorer.history.experiment.warmup == 4


@pytest.mark.parametrize("size", ["500", "501", "100000"])
def test_a_batch_of_all_samples_and_more(explorer, size):
    find(explorer, "box-batch_size").value = size
    assert explorer.history.experiment.batch_size == int(size)


# What has no effect beside the others


@pytest.mark.parametrize(
    ("fields", "name", "value", "idle"),
    [
        (("optimizer", "momentum", "weight_decay"), "optimizer", "adamw", {"momentum"}),
        (("optimizer", "momentum", "weight_decay"), "optimizer", "sgd", {"weight_decay"}),
        (("patience", "decay", "factor"), "patience", 5, {"decay"}),
        (("schedule", "decay", "patience"), "schedule", "cosine", {"decay", "patience"}),
        (("patience", "warmup"), "patience", 5, {"warmup"}),
    ],
)
def test_a_control_without_effect_rests(fields, name, value, idle):
    explorer = explore(*fields, **QUICK)
    move(explorer, name, value)
    disabled = {field for field, control in explorer.controls.items() if control.disabled}
    assert disabled == idle
    words = status_of(explorer)
    assert not any(f", {field.replace('_', ' ')} " in words for field in idle)
    assert_one_run(explorer)


@pytest.mark.parametrize(
    ("name", "cause", "value", "without"),
    [
        ("decay", "patience", 5, "off"),
        ("decay", "schedule", "cosine", "constant"),
        ("patience", "schedule", "cosine", "constant"),
        ("warmup", "patience", 5, "off"),
    ],
)
def test_a_control_that_rests_at_first_works_when_another_lets_it(name, cause, value, without):
    explorer = explore(name, cause, **QUICK, **{cause: value})
    assert explorer.controls[name].disabled
    move(explorer, cause, without)
    assert not explorer.controls[name].disabled


def test_a_step_size_that_is_held_is_rounded_to_six_digits():
    explorer = explore("momentum", learning_rate=1 / 3, **QUICK)
    find(explorer, "explorer-hold").value = True
    slider_of(explorer, "momentum").value = 0.9
    assert explorer.history.experiment.learning_rate == 0.0333333

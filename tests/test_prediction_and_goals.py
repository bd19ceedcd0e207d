"""What a student writes down before a result, and what an explorer ticks."""

from helpers import Experiment, ask, epochs_to_80, explore
from helpers.outcome import outcome
from tests.test_explorer import find, is_in_tree, slider_of

import pytest


@pytest.fixture
def question():
    return ask("Which one <jumps>?", ["1.0", "0.1"])


def test_a_choice_is_compared_as_soon_as_it_is_made(question):
    result = question.compare("1.0")
    assert result.value == '<div role="status">Measured: <b>1.0</b>.</div>'
    question.answer.value = "0.1"
    assert "You predicted <b>0.1</b>. Measured: <b>1.0</b>." in result.value
    question.answer.value = ""
    assert "predicted" not in result.value


def test_numbers_to_choose_from_are_shown_as_they_are_written():
    question = ask("Which rate?", [1.0, 0.1])
    question.answer.value = "0.1"
    assert "You predicted <b>0.1</b>." in question.compare(0.1).value


def test_a_number_has_its_unit_and_may_be_any_text():
    number = ask("How many?", unit="epochs")
    number.answer.value = " 40 "
    result = number.compare(38.0)
    assert "You predicted <b>40 epochs</b>. Measured: <b>38 epochs</b>." in result.value
    number.answer.value = "40 epochs"
    assert "<b>40 epochs</b>" in result.value
    number.answer.value = "<script>"
    assert "<b>&lt;script&gt; epochs</b>" in result.value


def test_what_readers_without_a_kernel_get(question):
    bundle = question._repr_mimebundle_()
    still = "Your prediction: Which one <jumps>? (Run this cell to write it down.)"
    assert bundle["text/plain"] == still
    assert "&lt;jumps&gt;" in bundle["text/html"]
    assert question.compare("1.0")._repr_mimebundle_()["text/plain"] == "Measured: 1.0."
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("arguments", [("",), (3,), ("Which?", "abc")])
def test_what_is_no_question_is_refused(arguments):
    with pytest.raises(ValueError, match="a question and a list of choices"):
        ask(*arguments)


GOALS = {
    "80 % in 20 epochs": lambda run: epochs_to_80(run) <= 20,
    "a <volatile> run": lambda run: outcome(run).kind == "volatile",
}


def test_a_goal_is_ticked_by_the_run_that_meets_it_and_stays_ticked():
    explorer = explore("learning_rate", goals=GOALS, learning_rate=1e-4, epochs=30)
    goals = find(explorer, "explorer-goals")
    assert goals.value.count("☐") == 2
    slider_of(explorer, "learning_rate").value = 0.1
    assert "☑ Goal met: 80 % in 20 epochs <i>(learning rate 0.1)</i>" in goals.value
    slider_of(explorer, "learning_rate").value = 1.0
    assert goals.value.count("☑") == 2
    assert "a &lt;volatile&gt; run" in goals.value
    assert "(learning rate 0.1)" in goals.value
    explorer.reset()
    assert goals.value.count("☐") == 2


def test_a_goal_that_is_met_again_keeps_the_run_that_met_it_first():
    explorer = explore("learning_rate", goals={"any run": lambda run: True}, epochs=5)
    slider_of(explorer, "learning_rate").value = 0.1
    assert "any run <i>(learning rate 0.01)</i>" in find(explorer, "explorer-goals").value


def test_without_goals_nothing_is_shown():
    explorer = explore("seed", epochs=5)
    assert not is_in_tree(explorer, explorer.goals.widget)


@pytest.mark.parametrize("goals", [["80 %"], {"80 %": 80}, {80: outcome}, "80 %"])
def test_what_is_no_goal_is_refused(goals):
    with pytest.raises(ValueError, match="goals must map"):
        explore("seed", goals=goals, epochs=5)


def test_the_run_in_numbers_follows_where_it_is_open():
    explorer = explore("learning_rate", epochs=30)
    numbers = find(explorer, "explorer-numbers")
    assert numbers.value == ""
    find(explorer, "explorer-fold").selected_index = 1
    assert f"<td>{explorer.history.val_accuracy[-1]:.4g}</td>" in numbers.value
    slider_of(explorer, "learning_rate").value = 0.1
    assert explorer.history.experiment == Experiment(learning_rate=0.1, epochs=30)
    assert f"<td>{explorer.history.val_accuracy[-1]:.4g}</td>" in numbers.value

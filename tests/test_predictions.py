"""All predictions in one place: what was asked, answered and measured, in the order of asking."""

import gc
import re
from weakref import ref

from helpers import ask, predictions
from helpers.widgets.prediction import ASKED, FOLLOWERS
from tests.test_explorer import MODELS, find

import pytest

HEAD = "| Question | You predicted | Measured |\n| --- | --- | --- |\n"


@pytest.fixture(autouse=True)
def nothing_asked():
    for question in [*ASKED.values()]:
        question.close()
    assert not ASKED


@pytest.fixture
def report():
    report = predictions()
    yield report
    report.close()


def markdown_of(report):
    text = find(report, "predictions-markdown").value
    assert text.startswith(HEAD)
    return text.removeprefix(HEAD)


def table_of(report):
    rows = re.findall("(?s)<tr>(.*?)</tr>", find(report, "predictions-table").value)
    return [re.findall("(?s)<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows][1:]


def test_before_any_question_it_says_what_to_do(report):
    assert "run the cells above" in find(report, "predictions-table").value
    assert table_of(report) == []
    assert markdown_of(report) == ""


def test_it_follows_every_question_answer_and_measurement(report):
    first = ask("Which one?", ["0.1", "0.01"])
    second = ask("How many?", unit="epochs")
    assert table_of(report) == [["Which one?", "—", "—"], ["How many?", "—", "—"]]
    second.answer.value = " 40 "
    first.compare("0.1")
    assert table_of(report) == [["Which one?", "—", "0.1"], ["How many?", "40 epochs", "—"]]
    first.answer.value = "0.01"
    second.compare(38.0)
    late = predictions()
    assert table_of(late) == table_of(report)
    late.close()
    whole = [["Which one?", "0.01", "0.1"], ["How many?", "40 epochs", "38 epochs"]]
    assert table_of(report) == whole
    assert markdown_of(report) == (
        "| Which one? | 0.01 | 0.1 |\n| How many? | 40 epochs | 38 epochs |\n"
    )
    first.answer.value = ""
    assert table_of(report)[0] == ["Which one?", "—", "0.1"]


def test_the_same_question_again_takes_its_place_and_starts_anew(report):
    first, _ = ask("First?"), ask("Second?")
    first.answer.value = "1"
    first.compare(2)
    again = ask("First?")
    assert table_of(report) == [["First?", "—", "—"], ["Second?", "—", "—"]]
    first.answer.value = "3"
    first.close()
    again.answer.value = "4"
    assert table_of(report)[0] == ["First?", "4", "—"]


def test_a_question_that_is_closed_is_gone_and_back_when_it_is_shown_again(report):
    question = ask("Which?")
    question.close()
    assert table_of(report) == []
    question._repr_mimebundle_()
    assert table_of(report) == [["Which?", "—", "—"]]


def test_what_is_closed_or_replaced_is_forgotten(report):
    def leave():
        first, closed = ask("First?"), ask("Closed?")
        results = [first.compare(1), first.compare(2)]
        left = [first, closed, *results, predictions()]
        ask("First?")
        for widget in left:
            widget.close()
        return [ref(widget) for widget in left]

    before = len(MODELS)
    kept = leave()
    gc.collect()
    assert [r() for r in kept] == [None] * len(kept)
    ASKED["First?"].close()
    assert len(MODELS) == before
    assert [follower is report for follower in FOLLOWERS] == [True]


def test_a_comparison_that_is_closed_follows_no_more_and_again_when_it_is_shown():
    question = ask("Which?")
    result = question.compare("1")
    result.close()
    question.answer.value = "2"
    assert "predicted" not in result.value
    result._repr_mimebundle_()
    assert "You predicted <b>2</b>" in result.value


def test_plain_text_stays_plain(report):
    question = ask("Is <b> a | or\nwith_under_score?")
    question.answer.value = "*<0.1*"
    told = ["Is &lt;b&gt; a | or\nwith_under_score?", "*&lt;0.1*", "—"]
    assert table_of(report) == [told]
    assert markdown_of(report) == (
        r"| Is \<b> a \| or with\_under\_score? | \*\<0.1\* | — |" + "\n"
    )


def test_what_is_typed_into_the_copy_goes_again(report):
    ask("Which?")
    text = find(report, "predictions-markdown")
    before = text.value
    text.set_state({"value": "mine"})
    assert text.value == before


def test_readers_without_a_kernel_get_the_same_text_every_time(report):
    still = "Your predictions, to copy out (run the cells above first)"
    for _ in range(2):
        bundle = report._repr_mimebundle_()
        assert bundle["text/plain"] == still
        assert bundle["text/html"] == f'<div class="predictions"><p>{still}</p></div>'
        assert "application/vnd.jupyter.widget-view+json" in bundle
        ask("Which?").compare(3)


def test_a_cell_that_is_run_again_replaces_its_question(kernel):
    def run(cell, code):
        text, errors = kernel.run(code, cell)
        assert not errors
        return text

    run(
        "setup",
        "from helpers import ask, predictions\nfrom helpers.widgets.prediction import ASKED",
    )
    run("none asked", "for question in [*ASKED.values()]: question.close()")
    run("first", "first = ask('First?')\nfirst")
    run("second", "second = ask('Second?')\nsecond")
    run("report", "report = predictions()\nreport")
    read = "print(report.markdown.value.splitlines()[2:])"
    run("first", "first = ask('First?')\nfirst")
    run("comparison", "first.compare(1)")
    once = ["| First? | — | 1 |", "| Second? | — | — |"]
    assert run("reading", read) == f"{once}\n"
    run("second", "second = ask('Second, in other words?')\nsecond")
    assert run("reading", read) == f"{[once[0], once[1].replace('?', ', in other words?')]}\n"
    run("report", "report = predictions()\nreport")
    assert run("reading", read).count("First?") == 1

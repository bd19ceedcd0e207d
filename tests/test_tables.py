"""Figures and runs as tables."""

from helpers import data_table
from helpers.tables import run_table

import numpy as np
import pytest
from matplotlib.figure import Figure


@pytest.fixture
def ax():
    ax = Figure().add_subplot()
    ax.set(title="One & two", xlabel="epoch", ylabel="accuracy")
    return ax


def table_of(ax, **options):
    ((title, columns, rows),) = data_table(ax.figure, **options).sections
    return title, columns, rows


def test_lines_over_different_x_share_a_table(ax):
    ax.plot([1, 2], [0.5, 0.25], label="train")
    ax.plot([2, 3], [7, 8])
    ax.axhline(9, label="no data")
    title, columns, rows = table_of(ax)
    assert title == "Panel 1: One & two, accuracy"
    assert columns == ["epoch", "train", "line 2"]
    assert rows == [["1", "0.5", ""], ["2", "0.25", "7"], ["3", "", "8"]]


def test_points_bands_and_bars(ax):
    ax.scatter([1, 2], [3, 4], label="runs")
    ax.fill_between([1, 2], [0, 1], [2, 3], label="middle")
    ax.bar([1, 2], [5, 6], label="share")
    _, columns, rows = table_of(ax)
    assert columns == ["epoch", "runs", "middle, low", "middle, high", "share"]
    assert rows == [["1", "3", "0", "2", "5"], ["2", "4", "1", "3", "6"]]


def test_a_picture_of_numbers_is_listed_row_by_row(ax):
    ax.imshow([[1, 2], [3, 4]])
    ax.set_xticks([0, 1], ["a", "b"])
    ax.set_yticks([0, 1], ["c", "d"])
    _, columns, rows = table_of(ax)
    assert columns == ["accuracy", "a", "b"]
    assert rows == [["c", "1", "2"], ["d", "3", "4"]]


def test_long_lines_are_thinned_out_evenly(ax):
    ax.plot(np.arange(1000), np.arange(1000))
    assert [row[0] for row in table_of(ax, rows=4)[2]] == ["0", "333", "666", "999"]
    assert len(table_of(ax, rows=None)[2]) == 1000


def test_text_and_html(ax):
    ax.plot([1], [2], label="<b>")
    table = data_table(ax.figure)
    assert repr(table) == "Panel 1: One & two, accuracy\nepoch\t<b>\n1\t2"
    html = table._repr_html_()
    assert "<caption>Panel 1: One &amp; two, accuracy</caption>" in html
    assert '<th scope="col">&lt;b&gt;</th>' in html


def test_what_is_no_figure_is_refused(ax):
    with pytest.raises(ValueError, match="must be a matplotlib Figure"):
        data_table(ax)


def test_a_run_in_numbers(made_up_history):
    names = ("accuracy", "val_accuracy", "loss", "val_loss", "learning_rate")
    curves = {name: np.arange(1, 101) + 1000 * place for place, name in enumerate(names)}
    ((_, columns, rows),) = run_table(made_up_history(**curves)).sections
    assert columns[:3] == ["epoch", "train accuracy", "test accuracy"]
    assert columns[3:] == ["train loss", "test loss", "rate"]
    assert rows[0] == ["1", "1", "1001", "2001", "3001", "4001"]
    assert rows[-1] == ["100", "100", "1100", "2100", "3100", "4100"]
    assert len(rows) < 25

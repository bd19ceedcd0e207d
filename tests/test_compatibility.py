"""What `make compatibility` looks for, it finds: an explorer that does not follow, a cell that fails."""

import json
import sys
from pathlib import Path

from tests.browser.lab import write_notebook
from tests.compatibility.__main__ import KNOWN, PACKAGES, moved
from tests.compatibility.moves import report, stop_of

import pytest

ROOT = Path(__file__).parents[1]
SETUP = "from helpers import explore, explore_descent, mystery_run\nimport helpers.widgets.explorer as e"
SMALL = "explore('learning_rate', 'optimizer', epochs=6, hidden=4)"


@pytest.fixture
def reported(tmp_path, monkeypatch):
    """Report on a notebook of these cells, whose kernel finds the checkout."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return lambda *cells: report(tmp_path / write_notebook(tmp_path, "small.ipynb", *cells))


def test_explorers_that_follow(reported):
    said = reported(SETUP, SMALL, "explore_descent()", "mystery_run('rates')")
    assert said["faults"] == []
    assert (said["cells"], said["explorers"]) == (4, 3)
    assert said["moves"] == 20


def test_what_does_not_follow_is_a_fault(reported):
    fails = "def fails(_): raise OSError('no room')\ne.train = fails"
    faults = reported(SETUP, SMALL, fails)["faults"]
    assert any(fault.startswith("control-learning_rate fails") for fault in faults)
    assert any("no room" in fault for fault in faults)


def test_what_a_cell_raises_or_writes_in_red_is_a_fault(reported):
    faults = reported("import sys; print('red', file=sys.stderr)", "1 / 0")["faults"]
    assert faults == ["stderr: red\n", "ZeroDivisionError: division by zero"]


def test_a_notebook_that_cannot_be_run_is_a_fault(tmp_path):
    faults = moved(sys.executable, tmp_path / "nowhere.ipynb")["faults"]
    assert len(faults) == 1
    assert "nowhere.ipynb" in faults[0]


@pytest.mark.parametrize("now", [0, 4, 10])
def test_a_slider_moves_to_another_stop_within_its_ends(now):
    slider = {"min": 0, "max": 10, "step": 1, "value": now, "_model_name": "IntSliderModel"}
    assert stop_of(slider, 0.4) == (5 if now == 4 else 4)
    log = slider | {"min": -4, "max": 0, "value": 0.1, "base": 10.0}
    log["_model_name"] = "FloatLogSliderModel"
    assert stop_of(log, 0.4) == pytest.approx(10**-2)


def test_what_is_known_is_there():
    for number, cell in KNOWN:
        (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
        ids = {each["id"] for each in json.loads(path.read_text("utf-8"))["cells"]}
        assert cell in ids
    assert set(PACKAGES) == {"colab", "newest"}

"""What an explorer promises, in JupyterLab: last value wins, pins, seeds, replay, code, reload, screens."""

from tests.browser.compare import run_of, shares, trained
from tests.browser.explorer import KERNEL, Explorer, ask_kernel
from tests.browser.lab import PANEL, open_notebook, run_all, write_notebook
from tests.browser.layout import cut_or_overlapping

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

CELLS = [
    "from helpers import explore, explore_descent, explore_range_test",
    'explore("learning_rate", "decay")',
    'explore("optimizer", "momentum", "learning_rate")',
    'explore("schedule", schedule=((50, 0.001),), learning_rate=0.1)',
    "explore_descent()",
    'explore("learning_rate", "patience", loss=True)',
    'explore_range_test("optimizer", "momentum", "problem")',
]
EXPLORERS = len(CELLS) - 1

BROUGHT_ALONG = {
    "aria-input-field-name": "ipywidgets gives the handle of a slider no name; the number box has one",
    "button-name": "ipywidgets gives the buttons of Play no name",
}
"""What axe finds inside the explorers that comes from ipywidgets itself."""


@pytest.fixture(scope="module")
def page(new_page, lab, folder):
    """A notebook with explorers, run once for all tests here."""
    with new_page() as page:
        open_notebook(page, lab, write_notebook(folder, "explorers.ipynb", *CELLS))
        run_all(page)
        for number in range(EXPLORERS):
            page.locator(".explorer").nth(number).locator("canvas").first.wait_for()
        yield page


@pytest.fixture
def explorer(page):
    """The first explorer, as it began, without more seeds."""
    explorer = Explorer(page)
    explorer.part("reset").click()
    explorer.choose("explorer-seeds", "off")
    if explorer.settle()["regions"]:
        explorer.part("show-regions").click()
    as_begun = {"regions": False, "seeds": 0, "previous": None, "pins": [], "epoch": None}
    explorer.settle(
        also=lambda said: as_begun.items() <= said.items(), what="it is not as it began"
    )
    assert "learning rate 0.01, decay off:" in explorer.sentence
    return explorer


def accuracy(experiment: dict) -> np.ndarray:
    """Test accuracy of a run that the kernel names."""
    return trained(run_of(experiment)).val_accuracy


def test_last_value_wins_after_a_fast_drag(explorer, page):
    track = explorer.root.locator(".control-learning_rate .noUi-base").bounding_box()
    middle = track["y"] + track["height"] / 2
    handle = explorer.handle("learning_rate").bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, middle)
    page.mouse.down()
    for share in (0.2, 0.9, 0.1, 0.8, 0.3, 0.7, 0.4, 0.5, 0.6):
        page.mouse.move(track["x"] + share * track["width"], middle, steps=5)
    page.mouse.up()
    exponent = float(explorer.handle("learning_rate").get_attribute("aria-valuetext"))
    assert exponent == pytest.approx(-7 + 7 * 0.6, abs=0.2)
    rate = float(f"{10**exponent:.3g}")
    said = explorer.settle(
        also=lambda said: said["run"]["learning_rate"] == rate, what="the last value does not win"
    )
    assert float(explorer.box("learning_rate").input_value()) == rate
    line = shares(explorer.frame["accuracy test"])
    np.testing.assert_allclose(line, accuracy({**said["run"], "learning_rate": rate}), atol=1e-4)
    assert f"learning rate {rate:g}, decay off:" in explorer.sentence


def test_exact_entry_and_a_word_on_invalid_text(explorer):
    explorer.type("learning_rate", "0.0512345678")
    said = explorer.settle(also=lambda said: said["run"]["learning_rate"] == 0.0512345678)
    assert explorer.box("learning_rate").input_value() == "0.0512345678"
    explorer.type("learning_rate", "fast")
    explorer.wait_until(lambda: "'fast'" in explorer.sentence, "the status line says why")
    assert explorer.settle()["run"] == said["run"]
    assert explorer.box("learning_rate").input_value() == "0.0512345678"


def test_decay_can_be_switched_off_by_keyboard(explorer):
    assert explorer.press("decay", "ArrowRight")["run"]["decay"] == 1e-5
    assert "decay 1e-05" in explorer.sentence
    rates = explorer.seen()["figures"][0]["readout"]["columns"][-1]["values"]
    np.testing.assert_allclose(rates[-1], 0.01 / (1 + 1e-5 * 3199), rtol=1e-6)
    assert explorer.press("decay", "ArrowLeft")["run"]["decay"] == 0
    assert explorer.box("decay").input_value() == "off"
    assert "the rate never dropped" in explorer.sentence


def test_pin_unpin_reset(explorer):
    first = explorer.sentence
    explorer.part("pin").click()
    explorer.settle(also=lambda said: len(said["pins"]) == 1)
    assert "learning rate 0.01" in explorer.part("pins").inner_text()
    said = explorer.press("learning_rate", "ArrowRight", "ArrowRight", "ArrowRight")
    line = shares(explorer.frame["accuracy A"])
    np.testing.assert_allclose(line, accuracy({**said["run"], "learning_rate": 0.01}), atol=1e-4)
    explorer.part("pin").click()
    explorer.settle(also=lambda said: len(said["pins"]) == 2)
    assert {"accuracy A", "accuracy B", "rate A", "rate B"} < explorer.frame.keys()
    explorer.part("unpin").click()
    said = explorer.settle(also=lambda said: len(said["pins"]) == 1)
    line = shares(explorer.frame["accuracy A"])
    np.testing.assert_allclose(line, accuracy(said["run"]), atol=1e-4)
    explorer.part("reset").click()
    explorer.settle(also=lambda said: not said["pins"])
    assert explorer.sentence == first
    assert not explorer.part("pins").inner_text().strip()


def test_more_seeds_come_by_themselves_and_can_be_switched_off(explorer):
    explorer.choose("explorer-seeds", "10")
    for key in ("ArrowRight", "ArrowRight"):
        said = explorer.press("learning_rate", key)
        said = explorer.settle(also=lambda said: len(said["band"]) == 11, what="no band comes")
        assert [run["seed"] for run in said["band"]] == [*range(11)]
        assert {run["learning_rate"] for run in said["band"]} == {said["run"]["learning_rate"]}
        assert "accuracy band" in explorer.frame
    explorer.choose("explorer-seeds", "off")
    explorer.settle(also=lambda said: not said["band"])
    assert "accuracy band" not in explorer.frame


def test_more_seeds_wait_until_their_picture_is_in_sight(explorer, page):
    first = f"{KERNEL}.explorers()[0]"
    assert ask_kernel(page, f"{first}.figure.looked_at")
    last = Explorer(page, EXPLORERS - 1)
    last.wait_until(lambda: not ask_kernel(page, f"{first}.figure.looked_at"), "the kernel hears")
    ask_kernel(page, f"setattr({first}.options.lists['seeds'], 'value', 10)")
    page.wait_for_timeout(600)  # longer than a rest
    assert ask_kernel(page, f"({first}.state.band, {first}.background.task)") == ((), None)
    again = Explorer(page)
    again.settle(also=lambda said: len(said["band"]) == 11, what="no band comes")


def test_regions_and_replay(explorer, page):
    explorer.part("show-regions").click()
    said = explorer.settle(also=lambda said: said["regions"])
    assert explorer.handle("epoch").get_attribute("aria-valuenow") == "200.0"
    regions = explorer.seen()["figures"][1]
    explorer.part("play").locator("button").first.click()
    explorer.wait_until(lambda: "replay" in explorer.frame, "a line marks the epoch on the curves")
    explorer.wait_until(lambda: explorer.said()["epoch"] is None, "the replay comes to its end")
    explorer.settle(also=lambda said: said["epoch"] is None)
    explorer.handle("epoch").press("PageDown")
    said = explorer.settle(also=lambda said: said["epoch"])
    early = explorer.seen()["figures"][1]
    (title,) = (each["text"] for each in early["items"] if each["name"] == "title")
    share = 100 * accuracy(said["run"])[said["epoch"] - 1]
    assert title == f"epoch {said['epoch']}: test accuracy {share:.0f} %"
    explorer.handle("epoch").press("End")
    explorer.settle(also=lambda said: said["epoch"] is None)
    again = explorer.seen()["figures"][1]
    image, before = (
        next(each["indexes"] for each in frame["items"] if each["kind"] == "image")
        for frame in (again, regions)
    )
    np.testing.assert_array_equal(image, before)


MARGINS = """canvas => {
    const { width, height } = canvas, context = canvas.getContext('2d');
    const read = (...box) => Array.from(context.getImageData(...box).data).join();
    return [read(0, height * 0.7, 60, height * 0.2), read(0, height - 40, width, 40)];
}"""  # numbers of the rate's axis; of the last axis


def test_the_axes_of_rate_and_time_are_drawn_anew(page):
    explorer = Explorer(page, 2)
    explorer.settle()
    rate, time = explorer.canvas().evaluate(MARGINS)
    explorer.choose("explorer-rate-scale", "linear")
    explorer.settle(also=lambda said: said["linear_rate"])
    linear, same = explorer.canvas().evaluate(MARGINS)
    assert linear != rate
    assert same == time
    explorer.choose("explorer-rate-unit", "updates")
    explorer.settle(also=lambda said: said["over_updates"])
    assert explorer.canvas().evaluate(MARGINS)[1] != time
    explorer.choose("explorer-rate-scale", "logarithmic")
    explorer.choose("explorer-rate-unit", "epochs")
    explorer.settle(also=lambda said: not (said["linear_rate"] or said["over_updates"]))
    assert explorer.canvas().evaluate(MARGINS) == [rate, time]


def test_the_code_is_of_the_current_controls(explorer, page):
    explorer.root.get_by_text("Keras program for these controls").click()
    code = explorer.part("code").locator("textarea")
    explorer.settle(also=lambda said: said["part"] == 0)
    assert "SGD(learning_rate=0.01)" in code.input_value()
    explorer.press("learning_rate", "ArrowRight")
    assert "SGD(learning_rate=0.0126)" in code.input_value()
    explorer.root.get_by_text("What the words mean").click()
    explorer.root.get_by_text("The first rule that holds").wait_for()
    explorer.root.get_by_text("What the words mean").click()
    explorer.settle(also=lambda said: said["part"] is None)


def test_arrow_keys_on_the_picture_read_it_out_and_move_nothing_else(explorer, page):
    where = f"() => [{PANEL}.content.activeCellIndex, {PANEL}.content.model.cells.length]"
    explorer.canvas().click(position={"x": 5, "y": 5})
    before, said = page.evaluate(where), explorer.settle()
    line = explorer.part("figure").locator("[aria-live=polite]")
    run = trained(run_of(said["run"]))
    explorer.canvas().press("Home")
    for key, epoch in (("ArrowRight", 2), ("PageUp", 12), ("ArrowDown", 12), ("ArrowLeft", 11)):
        page.keyboard.press(key)
        told = f"test accuracy {100 * run.val_accuracy[epoch - 1]:.1f} %, learning rate 0.01"
        assert line.inner_text().startswith(f"epoch {epoch}: train accuracy ")
        assert line.inner_text().endswith(told)
    for key in ("ArrowUp", "a", "b", "x", "y", "m"):  # would select, insert, cut, change a cell
        page.keyboard.press(key)
    assert page.evaluate(where) == before
    assert explorer.settle()["values"] == said["values"]
    page.keyboard.press("Tab")
    assert not line.locator("visible=true").inner_text().strip()


def test_reload_keeps_a_working_explorer(explorer, page):
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    said = explorer.press("learning_rate", "ArrowRight")
    page.evaluate(f"() => {PANEL}.context.save()")
    page.reload()
    page.wait_for_selector(".explorer-figure canvas")
    again = Explorer(page)
    assert again.settle()["run"] == said["run"]
    again.press("learning_rate", "ArrowRight")


def test_two_explorers_do_not_disturb_each_other(explorer, page):
    other = Explorer(page, 1)
    before = other.settle()["values"]
    moved = explorer.press("learning_rate", "ArrowRight")["values"]
    assert other.settle()["values"] == before
    other.press("momentum", "ArrowRight")
    assert explorer.settle()["values"] == moved


def test_momentum_is_disabled_where_it_means_nothing(page):
    other = Explorer(page, 1)
    other.choose("control-optimizer", "Adam")
    said = other.settle(also=lambda said: said["run"]["optimizer"] == "adam")
    assert said["run"]["learning_rate"] == 0.001
    assert other.box("momentum").is_disabled()
    other.choose("control-optimizer", "SGD")
    other.settle(also=lambda said: said["run"]["optimizer"] == "sgd")
    assert other.box("momentum").is_enabled()


THEMES = ["JupyterLab Light", "JupyterLab Dark"]


def change_theme(page, theme: str):
    """Change JupyterLab's theme and wait until pictures have followed."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    is_light = str(theme.endswith("Light")).lower()
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{is_light}'")


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_cut_on_any_screen_and_axe_finds_nothing_of_ours(
    explorer, page, screenshots, theme
):
    change_theme(page, theme)
    explorer.part("show-regions").click()
    explorer.part("pin").click()
    explorer.settle(also=lambda said: said["regions"] and said["pins"])
    faults = []
    for width in (1280, 900, 400, 360):
        page.set_viewport_size({"width": width, "height": 1800})
        for number in range(EXPLORERS):
            each = Explorer(page, number)
            each.settle(rest=False)
            each.root.screenshot(path=screenshots / f"{theme[11:].lower()}-{width}-{number}.png")
            faults += cut_or_overlapping(each.root)
    assert not faults
    results = Axe().run(page, context=".explorer")
    found = {violation["id"] for violation in results.response["violations"]}
    assert found <= set(BROUGHT_ALONG)

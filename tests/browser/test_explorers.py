"""What an explorer promises, in JupyterLab: last value wins, pins, seeds, replay, code, reload."""

import re

from tests.browser.lab import Explorer, open_notebook, run_all, write_notebook

import pytest
from axe_playwright_python.sync_playwright import Axe

CELLS = [
    "from helpers import explore",
    'explore("learning_rate", "decay")',
    'explore("optimizer", "momentum", "learning_rate")',
]

BROUGHT_ALONG = {
    "aria-input-field-name": "ipywidgets gives the handle of a slider no name; the number box has one",
    "button-name": "ipywidgets gives the buttons of Play no name",
}
"""What axe finds inside the explorers that comes from ipywidgets itself."""


@pytest.fixture(scope="module")
def page(context, lab, folder):
    """A notebook with two explorers, run once for all tests here."""
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_notebook(page, lab, write_notebook(folder, "explorers.ipynb", *CELLS))
    run_all(page)
    page.wait_for_selector(".explorer-figure")
    yield page
    page.close()
    assert not errors


@pytest.fixture
def explorer(page):
    """The first explorer, as it began."""
    explorer = Explorer(page)
    explorer.part("reset").click()
    explorer.wait_until(lambda: "learning rate 0.01, decay off:" in explorer.sentence, "reset")
    explorer.settle()
    return explorer


def shown_rate(explorer) -> str:
    return re.search(r"learning rate ([\d.e-]+)", explorer.sentence)[1]


def test_last_value_wins_after_a_fast_drag(explorer, page):
    track = explorer.root.locator(".control-learning_rate .noUi-base").bounding_box()
    middle = track["y"] + track["height"] / 2
    handle = explorer.handle("learning_rate").bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, middle)
    page.mouse.down()
    for share in (0.2, 0.9, 0.1, 0.8, 0.3, 0.7, 0.4, 0.5, 0.6):
        page.mouse.move(track["x"] + share * track["width"], middle, steps=5)
    page.mouse.up()
    explorer.settle()
    exponent = float(explorer.handle("learning_rate").get_attribute("aria-valuenow"))
    assert float(shown_rate(explorer)) == pytest.approx(10**exponent, rel=0.01)
    assert float(explorer.box("learning_rate").input_value()) == float(shown_rate(explorer))


def test_exact_entry_and_a_word_on_invalid_text(explorer):
    explorer.type("learning_rate", "0.05")
    explorer.wait_until(lambda: shown_rate(explorer) == "0.05", "the exact value is used")
    explorer.settle()
    assert explorer.box("learning_rate").input_value() == "0.05"
    picture = explorer.pixels
    explorer.type("learning_rate", "fast")
    explorer.wait_until(lambda: "'fast'" in explorer.sentence, "the status line says why")
    assert explorer.box("learning_rate").input_value() == "0.05"
    assert explorer.pixels == picture


def test_decay_can_be_switched_off_by_keyboard(explorer):
    explorer.press("decay", "ArrowRight")
    assert "decay 1e-05" in explorer.sentence
    explorer.press("decay", "ArrowLeft")
    assert explorer.box("decay").input_value() == "off"
    assert "the rate never dropped" in explorer.sentence


def test_pin_unpin_reset(explorer):
    explorer.part("pin").click()
    explorer.wait_until(lambda: explorer.part("pins").inner_text().strip(), "the pin is listed")
    assert "learning rate 0.01" in explorer.part("pins").inner_text()
    first = explorer.sentence
    explorer.press("learning_rate", "ArrowRight", "ArrowRight", "ArrowRight")
    explorer.part("pin").click()
    explorer.wait_until(lambda: explorer.part("pins").inner_text().count("%") == 2, "two pins")
    with_pins = explorer.pixels
    explorer.part("unpin").click()
    explorer.wait_until(lambda: explorer.part("pins").inner_text().count("%") == 1, "one pin left")
    explorer.wait_until(lambda: explorer.pixels != with_pins, "the unpinned run leaves the picture")
    explorer.part("reset").click()
    explorer.wait_until(lambda: explorer.sentence == first, "reset returns to the first run")
    assert not explorer.part("pins").inner_text().strip()


def test_more_seeds_come_by_themselves_and_can_be_switched_off(explorer):
    explorer.press("learning_rate", "ArrowRight")
    alone = explorer.pixels
    explorer.wait_until(lambda: explorer.pixels != alone, "the band comes when the slider rests")
    explorer.settle()
    explorer.part("seeds").locator("select").select_option(label="off")
    explorer.wait_until(lambda: explorer.pixels == alone, "switched off, the band goes")


def test_regions_and_replay(explorer, page):
    assert explorer.handle("epoch").get_attribute("aria-valuenow") == "200.0"
    explorer.part("show-regions").click()
    regions = explorer.part("regions")
    regions.wait_for()
    page.wait_for_timeout(500)
    at_the_end, curves = regions.get_attribute("src"), explorer.pixels
    explorer.part("play").locator("button").first.click()
    explorer.wait_until(lambda: regions.get_attribute("src") != at_the_end, "the replay moves")
    explorer.wait_until(lambda: explorer.pixels != curves, "a line marks the epoch on the curves")
    explorer.part("play").locator("button").first.click()
    explorer.handle("epoch").focus()
    page.keyboard.press("End")
    explorer.settle()
    assert explorer.handle("epoch").get_attribute("aria-valuenow") == "200.0"


def test_the_code_is_of_the_current_controls(explorer, page):
    explorer.root.get_by_text("Keras program for these controls").click()
    code = explorer.part("code").locator("textarea")
    explorer.wait_until(
        lambda: "SGD(learning_rate=0.01)" in code.input_value(), "the first program"
    )
    explorer.press("learning_rate", "ArrowRight")
    explorer.wait_until(lambda: "SGD(learning_rate=0.0126)" in code.input_value(), "it follows")
    explorer.root.get_by_text("What the words mean").click()
    explorer.root.get_by_text("The first rule that holds").wait_for()


def test_reload_keeps_a_working_explorer(explorer, page):
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_timeout(1000)
    page.reload()
    page.wait_for_selector(".explorer-figure", timeout=60_000)
    again = Explorer(page)
    again.settle()
    again.press("learning_rate", "ArrowRight")


def test_two_explorers_do_not_disturb_each_other(explorer, page):
    other = Explorer(page, 1)
    other.settle()
    sentence, picture = other.sentence, other.pixels
    explorer.press("learning_rate", "ArrowRight")
    explorer.settle()
    assert (other.sentence, other.pixels) == (sentence, picture)
    sentence = explorer.sentence
    other.press("momentum", "ArrowRight")
    assert explorer.sentence == sentence


def test_momentum_is_disabled_where_it_means_nothing(explorer, page):
    other = Explorer(page, 1)
    other.root.locator(".control-optimizer select").select_option(label="Adam")
    other.wait_until(lambda: "optimizer adam" in other.sentence, "the choice is trained")
    other.wait_until(lambda: other.box("momentum").is_disabled(), "momentum is disabled")
    other.root.locator(".control-optimizer select").select_option(label="SGD")
    other.wait_until(lambda: "optimizer sgd" in other.sentence, "and back")
    other.wait_until(lambda: other.box("momentum").is_enabled(), "momentum is enabled again")


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
@pytest.mark.parametrize("width", [400, 900, 1280])
def test_nothing_is_cut_on_any_screen(explorer, page, screenshots, width, theme):
    page.set_viewport_size({"width": width, "height": 720})
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    page.wait_for_timeout(1000)
    explorer.part("show-regions").click()
    explorer.part("pin").click()
    explorer.settle()
    explorer.root.screenshot(path=screenshots / f"{theme[11:].lower()}-{width}.png")
    room = explorer.root.bounding_box()
    for part in explorer.root.locator("button, input, select, img, .noUi-target").all():
        box = part.bounding_box()
        if box:  # what is folded away has none
            assert box["x"] + box["width"] <= room["x"] + room["width"] + 1
            assert box["x"] + box["width"] <= width


def test_axe_finds_nothing_of_ours(explorer):
    results = Axe().run(explorer.page, context=".explorer")
    found = {violation["id"] for violation in results.response["violations"]}
    assert found <= set(BROUGHT_ALONG)

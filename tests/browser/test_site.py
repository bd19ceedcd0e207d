"""The site, opened from a folder: what each explorer shows at a stop is what it shows in the notebook."""

import json
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from html import unescape

from helpers.pictures.frame import read
from helpers.widgets.descent import DescentExplorer
from helpers.widgets.explorer import Explorer
from helpers.widgets.mystery import MysteryRun
from tests.browser.lab import ROOT
from tests.test_notebooks import NAMES, NOTEBOOKS
from tools.pages.build import made
from tools.pages.page import Page
from tools.pages.stops import RECORDERS

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

MOST = 3  # stops of a slider: the pages for readers have more of them
EXPLORERS = [
    (name, number)
    for name in NAMES
    for number in Page(NOTEBOOKS / f"{name}.ipynb").explorers.values()
]
FRAMES = """element => JSON.stringify(
    [...element.querySelectorAll('canvas')].map(({ frame }) => frame),
    (key, value) => ArrayBuffer.isView(value) ? Array.from(value, n => Number.isNaN(n) ? null : n) : value)"""
READY = "element => element.querySelector('canvas')?.frame && !element.querySelector('.still')"


@pytest.fixture(scope="session")
def site(tmp_path_factory, folder):
    """A small site: written as `make site` does it."""
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "tools.pages", site, str(MOST)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return site


@pytest.fixture
def open_page(site, browser):
    """Open a page of the site, without any network; errors and requests to elsewhere fail the test."""
    page, wrong = browser.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or wrong.append(r.url)
    )

    def open_page(name: str, address: str = "", **size):
        page.set_viewport_size({"width": 1100, "height": 900} | size)
        page.goto(f"file://{site}/{name}.html{address}")
        return page

    yield open_page
    page.close()
    assert not wrong


def explorer_on(page, number: str):
    """An explorer, once it is alive."""
    element = page.locator(f"#explorer-{number}")
    element.scroll_into_view_if_needed()
    page.wait_for_function(READY, arg=element.element_handle())
    return element


def frames_of(element) -> list[dict]:
    return json.loads(element.evaluate(FRAMES))


def move(element, knob, place: int):
    """Move a control as a student does: by keys, by choosing, by a tick."""
    control = element.locator(f"[id$='-{knob.name}']")
    if knob.kind == "choice":
        control.select_option(index=place)
    elif knob.kind == "switch":
        control.set_checked(bool(place))
    else:
        control.press("Home")
        for _ in range(place):
            control.press("ArrowRight")


def move_live(live, knob, place: int):
    """The same in the notebook's explorer."""
    value = knob.values[place]
    if isinstance(live, MysteryRun) and knob.name == "run":
        live.attempt(
            lambda: replace(live._draw(value), kind=live.state.kind, cause=live.state.cause)
        )
    elif isinstance(live, DescentExplorer | MysteryRun):
        live.attempt(lambda: replace(live.state, **{knob.name: value}))
    else:
        live.attempt(live.move, knob.name, value)


def numbers(values) -> np.ndarray:
    array = np.array([np.nan if value is None else value for value in values], float)
    return array.ravel()


def is_ghost(item: dict) -> bool:
    return "previous" in (item["name"] or "")


def hold_frame(shown: dict, expected: dict):
    """Every line, area, mark, text and readout of a page's frame against those of the notebook's."""
    pairs = [[item for item in frame["items"] if not is_ghost(item)] for frame in (shown, expected)]
    for item, other in zip(*pairs, strict=True):
        assert item.keys() == other.keys()
        for key, value in other.items():
            hold(item[key], value, 0.2, f"{other['name']} {key}")
    assert (shown["readout"] is None) == (expected["readout"] is None)
    if expected["readout"]:
        columns = [frame["readout"]["columns"] for frame in (shown, expected)]
        for column, other in zip(*columns, strict=True):
            assert (column["name"], column["unit"]) == (other["name"], other["unit"])
            with np.errstate(invalid="ignore"):
                inside = np.where(np.abs(other["values"]) < 1e5, other["values"], np.nan)
            told = np.where(np.isnan(inside), np.nan, numbers(column["values"]))
            np.testing.assert_allclose(
                told, inside, rtol=6e-4, atol=4e-5 * np.nanmax(abs(inside), initial=1)
            )


def hold(value, expected, near: float, name: str):
    if isinstance(expected, np.ndarray):
        seen, wanted = numbers(value), expected.astype(float).ravel()
        for each in (seen, wanted):
            each[(each < -300) | (each > 1500)] = np.nan  # far outside of every picture
        np.testing.assert_allclose(seen, wanted, rtol=5e-4, atol=near, err_msg=name)
    elif isinstance(expected, float):
        assert value == pytest.approx(expected, abs=near), name
    else:
        assert value == json.loads(json.dumps(expected)), name


def hold_all(element, live):
    """The same as `held`, as soon as new axes are loaded."""
    for wait in (10, 100, 1000, 5000):
        with suppress(AssertionError):
            held(element, live)
            return
        element.page.wait_for_timeout(wait)
    held(element, live)


def held(element, live):
    """What a page shows against what the notebook's explorer would show without a ghost."""
    state = live.state
    if hasattr(state, "previous"):
        state = replace(state, previous=None, **({"band": ()} if hasattr(state, "band") else {}))
    look = live.look(state)
    widgets = [w for w in look if "frame" in look[w]]
    for shown, widget in zip(frames_of(element), widgets, strict=True):
        hold_frame(shown, read(look[widget]["frame"]))
    told = re.sub(r"<[^>]*>", "", look[live.status]["value"].replace("<br>", " "))
    assert element.locator(".said").inner_text().split() == unescape(told).split()


@pytest.mark.parametrize(("name", "recording"), EXPLORERS)
def test_every_control_shows_the_run_of_the_notebook(open_page, name, recording):
    page = open_page(name)
    element = explorer_on(page, recording[3:])
    opened = Page(NOTEBOOKS / f"{name}.ipynb")
    (cell,) = [number for number, other in opened.explorers.items() if other == recording]
    live = made(opened.notebook.cells, cell)
    try:
        knobs = RECORDERS[type(live)](live, MOST).knobs
        places = {knob.name: knob.start for knob in knobs}
        if isinstance(live, Explorer):
            live.attempt(live.choose, "seeds", 0)  # the browser's event loop would train them
        hold_all(element, live)
        for knob in knobs:
            for place in {0, len(knob.values) - 1}:
                if not element.locator(f"[id$='-{knob.name}']").is_disabled():
                    move(element, knob, place)
                    places[knob.name] = place
                    move_live(live, knob, place)
                    if knob.name == "optimizer":  # in the notebook each has a rate of its own
                        move_live(live, knobs[1], places[knobs[1].name])
                    hold_all(element, live)
        page.reload()  # the address has all of it
        hold_all(explorer_on(page, recording[3:]), live)
    finally:
        live.close()


def test_the_ghost_is_the_stop_before(open_page):
    element = explorer_on(open_page(NAMES[0]), "2")
    before = frames_of(element)[0]["items"]
    assert not [item for item in before if is_ghost(item)]
    element.locator("[type=range]").press("Home")
    (ghost,) = [i for i in frames_of(element)[0]["items"] if i["name"] == "accuracy previous"]
    (test,) = [item for item in before if item["name"] == "accuracy test"]
    np.testing.assert_allclose(ghost["points"], test["points"], atol=0.01)


def test_goals_tick_and_stay(open_page):
    element = explorer_on(open_page(NAMES[0]), "2")
    goal = element.locator(".goals li", has_text="a rate above 0.1")
    assert goal.inner_text().startswith("☐")
    element.locator("[type=range]").press("End")
    assert goal.inner_text().startswith("☑")
    element.locator("[type=range]").press("Home")
    assert "learning rate 1" in goal.inner_text()


def test_the_address_holds_the_settings(open_page):
    page = open_page(NAMES[3])
    element = explorer_on(page, "3")
    element.locator("[id$='-momentum']").press("End")
    address = "#" + page.url.split("#")[1]
    assert "momentum:0.99" in address
    shown = frames_of(element)
    again = open_page("index") and open_page(NAMES[3], address)
    element = explorer_on(again, "3")
    kept = [item for item in shown[0]["items"] if not is_ghost(item)]
    assert frames_of(element)[0]["items"] == kept
    element.get_by_role("button", name="Reset").click()
    assert "momentum:0," in page.url


def test_the_copied_link_reopens_the_settings(open_page):
    page = open_page(NAMES[3])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    element = explorer_on(page, "3")
    element.locator("[id$='-momentum']").press("End")
    element.get_by_role("button", name="Copy link").click()
    element.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    again = open_page("index") and open_page(NAMES[3], "#" + copied.split("#")[1])
    assert "momentum 0.99" in explorer_on(again, "3").locator(".said").inner_text()


def test_predictions_are_compared_and_listed(open_page):
    page = open_page(NAMES[3])
    box = page.locator(".prediction", has_text="Which rate has the larger swing")
    box.get_by_role("combobox").select_option(index=1)
    result = page.locator(".prediction-result[data-question*='larger swing']")
    assert result.inner_text() == "You predicted 0.1. Measured: 0.01."
    assert page.locator(".predictions tr", has_text="larger swing").inner_text().split("\t")[
        1:
    ] == ["0.1", "0.01"]
    number = page.locator(".prediction input").first
    number.fill("3")
    assert "You predicted 3 rates." in page.locator("main").inner_text()


def test_the_index_leads_to_everything(open_page, site):
    page = open_page("index")
    targets = {a.get_attribute("href") for a in page.locator("a:not([href^='#'])").all()}
    assert targets == {f"{name}.html" for name in NAMES} | {f"notebooks/{n}.ipynb" for n in NAMES}
    assert all((site / target).is_file() for target in targets)
    for name in NAMES:
        notebook = open_page(name).locator("a[download]").get_attribute("href")
        assert notebook == f"notebooks/{name}.ipynb"


def test_a_dark_page_is_printed_on_white(open_page):
    page = open_page(NAMES[0])
    page.emulate_media(color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(17, 17, 17)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 27, 27)"


def test_solutions_unfold(open_page):
    page = open_page(NAMES[3])
    fold = page.locator("details", has=page.locator("summary", has_text="Solution")).first
    assert not fold.locator("pre").first.is_visible()
    fold.locator("summary").first.click()
    assert fold.locator("pre").first.is_visible()


@pytest.mark.parametrize("width", [360, 1920])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_screen(open_page, name, width):
    page = open_page(name, width=width)
    for number in Page(NOTEBOOKS / f"{name}.ipynb").explorers.values():
        explorer_on(page, number[3:])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", *NAMES])
def test_axe_finds_nothing(open_page, name, theme):
    page = open_page(name)
    page.emulate_media(color_scheme=theme)
    if name != "index":
        for number in Page(NOTEBOOKS / f"{name}.ipynb").explorers.values():
            explorer_on(page, number[3:])
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []

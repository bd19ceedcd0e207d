"""figure.js on a page of its own: what the canvas shows is what matplotlib draws, on every screen."""

import base64
import json
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import helpers
from helpers import Experiment, History
from helpers.descent import RAVINE
from helpers.pictures import (
    DescentScene,
    RegionsScene,
    Scene,
    curves_picture,
    descent_picture,
    regions_picture,
)
from tests.frames import read

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageFilter

SCRIPT = Path(helpers.__file__).with_name("widgets") / "figure.js"
PAGE = """<!doctype html><html lang="en"><head><title>A picture</title>
<style>body {{ background: {paper}; margin: 8px }}</style></head>
<body><main><h1>A picture</h1><div id="here"></div></main></body></html>"""
OPEN = """async values => {
    const { default: widget } = await import('/figure.js');
    const changed = {};
    const set = ({ frame, ...others }) => {
        const bytes = Uint8Array.from(atob(frame), letter => letter.charCodeAt(0));
        const whole = new Uint8Array(bytes.length + 3);  // where a frame begins is anybody's guess
        whole.set(bytes, 3);
        Object.assign(window.values, others, { frame: new DataView(whole.buffer, 3) });
    };
    window.values = {};
    window.change = values => { set(values); changed.change(); };
    set(values);
    window.told = [];
    const model = {
        get: name => window.values[name],
        set: (name, value) => { window.values[name] = value; window.told.push([name, value]); },
        on: (name, call) => { changed[name] = call; },
        save_changes: () => changed.change(),
    };
    window.fromElsewhere = value => {
        window.values.looked_at = value;
        changed['change:looked_at']();
    };
    const { render } = widget();
    window.more = element => render({ model, el: element });
    window.end = window.more(document.getElementById('here'));
}"""
PAPERS = {"light": (255, 255, 255), "dark": (17, 17, 17)}
EPOCHS = 80


def made_up(number: int) -> History:
    """A run that never ran, with a network."""
    random = np.random.default_rng(number)
    rising = 0.8 - 0.5 * np.exp(-np.arange(EPOCHS) / 9)
    accuracy, val_accuracy = rising + random.normal(0, 0.02, (2, EPOCHS))
    loss, val_loss = 2 - accuracy, 2 - val_accuracy
    rates = 0.1 / 10.0 ** (np.arange(EPOCHS) // 20)
    shapes = (2, 20), (20,), (20, 3), (3,)
    weights = [random.normal(0, 0.5, (EPOCHS, *shape)).astype("float32") for shape in shapes]
    experiment = Experiment(epochs=EPOCHS, patience=20, learning_rate=0.1)
    arrays = (loss, accuracy, val_loss, val_accuracy, rates)
    return History(experiment, *(array.astype("float32") for array in arrays), weights)


def flat(number: int) -> History:
    """A run whose lines cross no other's."""
    epochs = np.arange(EPOCHS)
    accuracy, rates = 0.32 + 0.06 * number + 0.003 * epochs, 10.0 ** -(number + epochs / 99)
    arrays = 1 + accuracy, accuracy + 0.4, 1 + accuracy, accuracy, rates
    return History(Experiment(epochs=EPOCHS), *arrays, [])


RUNS = [made_up(number) for number in range(9)]
APART = [flat(number) for number in range(5)]
PICTURES = {
    "apart": (curves_picture(), Scene(APART[0], "lines apart", APART[1], pins=APART[2:])),
    "accuracy": (
        curves_picture(),
        Scene(RUNS[0], "learning rate 0.1: test accuracy 80 %", RUNS[1], RUNS[2:6], RUNS[3:9], 33),
    ),
    "patience": (curves_picture(plateau=True), Scene(RUNS[0], "patience 20", RUNS[1])),
    "regions": (regions_picture(), RegionsScene(RUNS[0], 40)),
    "descent": (descent_picture(RAVINE), DescentScene(RAVINE, 0.09, 0.5, 30)),
}


def values(picture, drawing, label="A picture of a run"):
    frame = base64.b64encode(drawing.frame).decode()
    return {
        **{"background": drawing.background, "dark": drawing.dark, "frame": frame},
        **{"width": picture.width, "height": picture.height, "label": label, "looked_at": True},
    }


@pytest.fixture
def open_page(browser):
    """Open a picture on a page; uncaught errors fail the test."""
    contexts, errors = [], []

    def open_page(name, theme="light", width=700, dpr=1, **options):
        context = browser.browser.new_context(
            viewport={"width": width, "height": 900}, device_scale_factor=dpr, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        html, script = PAGE.format(paper=f"rgb{PAPERS[theme]}"), SCRIPT.read_text("utf-8")
        page.route("**/page", lambda r: r.fulfill(body=html, content_type="text/html"))
        page.route("**/figure.js", lambda r: r.fulfill(body=script, content_type="text/javascript"))
        page.goto("http://figure.test/page")
        picture, scene = PICTURES[name]
        page.evaluate(OPEN, values(picture, picture.draw(scene)))
        page.wait_for_function("document.querySelector('canvas').dataset.frameNumber > 0")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors


def number(page) -> int:
    """How often the canvas was stroked."""
    return int(page.locator("canvas").get_attribute("data-frame-number"))


def pixels(page) -> np.ndarray:
    """What the canvas shows: (rows, columns, 4), red, green, blue, opacity."""
    address = page.evaluate("document.querySelector('canvas').toDataURL()")
    image = Image.open(BytesIO(base64.b64decode(address.partition(",")[2])))
    return np.asarray(image.convert("RGBA"))


def on_paper(image, paper) -> np.ndarray:
    opacity = image[..., 3:] / 255
    return image[..., :3] * opacity + np.array(paper) * (1 - opacity)


def blurred(image) -> np.ndarray:
    image = Image.fromarray(image.round().astype("uint8"))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(1.2))).astype(int)


def without_texts(image, frame, scale):
    """Blot out moving texts: their letters depend on the fonts that a computer has."""
    for item in frame["items"]:
        if item["kind"] == "text":
            wide = 0.75 * item["size"] * len(item["text"])
            left = item["x"] - {"left": 0, "right": wide, "center": wide / 2}[item["align"]]
            box = np.array([left - 4, item["y"] - item["size"], left + wide, item["y"] + 6]) * scale
            left, top, right, bottom = box.round().astype(int).clip(0)
            image[top:bottom, left:right] = 255
    return image


@pytest.mark.parametrize("dpr", [1, 2])
@pytest.mark.parametrize("name", PICTURES)
def test_the_canvas_shows_what_matplotlib_draws(open_page, name, dpr):
    page = open_page(name, dpr=dpr)
    picture, scene = PICTURES[name]
    frame = read(picture.draw(scene).frame)
    still = np.asarray(Image.open(BytesIO(picture.still(scene, dpr))).convert("RGB")).astype(float)
    shown = on_paper(pixels(page), PAPERS["light"])
    assert shown.shape == still.shape
    still, shown = (blurred(without_texts(image, frame, dpr)) for image in (still, shown))
    away = np.abs(still - shown).max(axis=2)
    inked = (np.abs(still - 255).max(axis=2) > 24) | (np.abs(shown - 255).max(axis=2) > 24)
    assert inked.mean() > 0.02
    assert (away[inked] > 64).mean() < 0.03
    assert away[inked].mean() < 16


@pytest.mark.parametrize("dpr", [1, 2])
@pytest.mark.parametrize("theme", PAPERS)
def test_every_line_is_where_the_frame_has_it_in_the_colour_of_the_theme(open_page, theme, dpr):
    page = open_page("apart", theme, dpr=dpr)
    image, frame = (
        pixels(page).astype(int),
        read(PICTURES["apart"][0].draw(PICTURES["apart"][1]).frame),
    )
    strokes = [item for item in frame["items"] if item["kind"] == "stroke" and item["clip"]]
    assert len(strokes) == 11, (
        "two accuracies, a ghost and three pins; a rate, a ghost and three pins"
    )
    for stroke in strokes:
        colour = stroke["colour"][theme == "dark"]
        expected = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        ends = stroke["points"]
        along = np.concatenate(
            [a + (b - a) * np.linspace(0, 1, 7)[:, None] for a, b in pairwise(ends)]
        )
        x, y = np.floor(along * dpr).astype(int).T
        away = np.abs(image[y, x, :3] - expected).max(axis=1)
        away[image[y, x, 3] < 120] = 255
        assert (away < 60).mean() > (0.35 if stroke["dash"] else 0.9), stroke["name"]


def test_light_and_dark_are_the_same_picture(open_page):
    light, dark = (pixels(open_page("patience", theme)) for theme in PAPERS)
    assert np.abs(light[..., 3].astype(int) - dark[..., 3]).max() <= 20
    ink = light[..., 3] > 200
    assert np.abs(light[ink].astype(int) - dark[ink]).max(axis=1).mean() > 60


def shown_in(page) -> float:
    """How bright the axes' ink is."""
    image = pixels(page)
    ink = image[..., 3] > 250
    return float(np.median(image[ink][:, :3].mean(axis=1)))


def test_the_theme_is_followed_while_it_changes(open_page):
    page = open_page("descent")
    light = shown_in(page)
    before = number(page)
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function(f"document.querySelector('canvas').dataset.frameNumber > {before}")
    assert shown_in(page) > light + 30
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.wait_for_timeout(200)
    assert shown_in(page) == light


SIGNS = {
    "body.className = 'vscode-dark'": True,
    "body.className = 'vscode-light'": False,
    "body.className = 'vscode-high-contrast'": True,
    "body.className = 'vscode-high-contrast vscode-high-contrast-light'": False,
    "root.setAttribute('theme', 'dark')": True,
    "body.style.background = '#222'": True,
    "body.style.background = 'transparent'": False,
}


def test_signs_of_a_theme(open_page):
    page = open_page("regions")
    for sign, dark in SIGNS.items():
        theme = page.evaluate(
            f"""async () => {{
                const {{ body, documentElement: root }} = document;
                for (const name of ['class', 'style']) body.removeAttribute(name);
                root.removeAttribute('theme');
                {sign};
                return (await import('/figure.js')).themeOf(document.getElementById('here'));
            }}"""
        )
        assert theme == dark, sign


def test_a_dark_page_is_printed_on_white_and_forced_colours_are_followed(open_page):
    page = open_page("descent", "dark")
    dark = shown_in(page)
    page.emulate_media(media="print")
    page.wait_for_timeout(200)
    assert shown_in(page) < dark - 30
    page.emulate_media(media="screen", forced_colors="active", color_scheme="dark")
    page.wait_for_timeout(200)
    assert shown_in(page) == dark
    page.emulate_media(media="screen", forced_colors="active", color_scheme="light")
    page.wait_for_timeout(200)
    assert shown_in(page) < dark - 30


@pytest.mark.parametrize("dpr", [1, 1.5, 3])
def test_a_narrow_page_shows_all_of_it_as_sharp_as_its_screen(open_page, dpr):
    page = open_page("accuracy", width=360, dpr=dpr)
    box, (picture, _) = page.locator("canvas").bounding_box(), PICTURES["accuracy"]
    assert box["x"] + box["width"] <= 352.5
    assert box["height"] / box["width"] == pytest.approx(picture.height / picture.width, abs=0.01)
    assert pixels(page).shape[:2] == pytest.approx((box["height"] * dpr, box["width"] * dpr), abs=1)
    before = number(page)
    page.set_viewport_size({"width": 900, "height": 900})
    page.wait_for_function(f"document.querySelector('canvas').dataset.frameNumber > {before}")
    assert pixels(page).shape[1] == round(picture.width * dpr)


def line_of(page) -> str:
    return page.locator("[aria-live=polite]").inner_text().strip()


def expected_line(epoch: int) -> str:
    run = RUNS[0]
    train, test = 100 * run.accuracy[epoch - 1], 100 * run.val_accuracy[epoch - 1]
    rate = float(f"{run.learning_rate[epoch - 1]:.3g}")
    return (
        f"epoch {epoch}: train accuracy {train:.1f} %, test accuracy {test:.1f} %, "
        f"learning rate {rate:g}"
    )


def test_arrow_keys_read_out_the_values(open_page):
    page = open_page("accuracy")
    assert line_of(page) == ""
    height = page.locator("#here").bounding_box()["height"]
    page.keyboard.press("Tab")
    for key, epoch in [
        *(("ArrowRight", 1), ("ArrowRight", 2), ("PageUp", 12), ("ArrowLeft", 11)),
        *(("PageUp", 21), ("PageDown", 11), ("PageDown", 1)),
        *(("End", EPOCHS), ("ArrowRight", EPOCHS), ("Home", 1), ("ArrowLeft", 1)),
    ]:
        page.keyboard.press(key)
        assert line_of(page) == expected_line(epoch)
    assert page.locator("#here").bounding_box()["height"] == height, "nothing jumps"
    page.evaluate("document.activeElement.blur()")
    assert line_of(page) == ""


def test_pointing_reads_out_the_values(open_page):
    page = open_page("accuracy", width=500)
    box, (picture, scene) = page.locator("canvas").bounding_box(), PICTURES["accuracy"]
    places = read(picture.draw(scene).frame)["readout"]["x"] * box["width"] / picture.width
    before = pixels(page)
    for epoch in (1, 40, EPOCHS):
        page.mouse.move(box["x"] + float(places[epoch - 1]), box["y"] + 150)
        assert line_of(page) == expected_line(epoch)
    assert (pixels(page) != before).any(), "a line marks the place"
    page.mouse.move(box["x"] + 100, box["y"] + box["height"] + 90)
    assert line_of(page) == ""
    assert (pixels(page) == before).all()


def test_pointing_at_a_path_reads_out_its_step(open_page):
    page = open_page("descent")
    box, (_, scene) = page.locator("canvas").bounding_box(), PICTURES["descent"]
    told = read(PICTURES["descent"][0].draw(scene).frame)["readout"]
    page.mouse.move(box["x"] + float(told["x"][3]), box["y"] + float(told["y"][3]))
    assert line_of(page).startswith("step 3: first weight ")
    assert line_of(page).endswith(f"loss {float(f'{scene.heights[3]:.3g}'):g}")


def test_what_cannot_be_read_out_takes_no_key(open_page):
    page = open_page("regions")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body")
    assert line_of(page) == ""


def test_the_last_picture_wins_and_all_of_it(open_page):
    page = open_page("accuracy")
    picture, _ = PICTURES["accuracy"]
    scenes = [
        Scene(run, f"number {n}", linear_rate=bool(n % 2)) for n, run in enumerate([*RUNS, *RUNS])
    ]
    many = [values(picture, picture.draw(scene)) for scene in scenes]
    page.evaluate("async many => { for (const values of many) window.change(values); }", many)
    last = json.dumps(f"number {len(many) - 1}")
    page.wait_for_function(f"document.querySelector('canvas').frame.items[0].text === {last}")
    shown = page.evaluate(
        "Array.from(document.querySelector('canvas').frame.items"
        ".find(item => item.name === 'accuracy test').points)"
    )
    drawn = read(picture.draw(scenes[-1]).frame)["items"]
    (expected,) = (item["points"] for item in drawn if item["name"] == "accuracy test")
    np.testing.assert_array_equal(np.array(shown, "float32").reshape(-1, 2), expected)


def test_a_picture_that_is_taken_out_leaves_nothing(open_page):
    page = open_page("accuracy")
    page.evaluate("window.end()")
    assert page.locator("#here").inner_html() == ""
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.set_viewport_size({"width": 400, "height": 400})
    page.wait_for_timeout(100)


def test_the_kernel_hears_whether_anybody_looks(open_page):
    page, told = open_page("accuracy"), []
    page.evaluate("document.body.style.paddingBottom = '3000px'")
    stroked = number(page)

    def hears(action, *expected):
        """These words alone come after an action; none, although there was time for one."""
        page.evaluate(action)
        told.extend(["looked_at", value] for value in expected)
        if expected:
            page.wait_for_function(f"window.told.length >= {len(told)}")
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
        assert page.evaluate("window.told") == told

    hears("window.scrollTo(0, 50)")
    hears("window.scrollTo(0, 3000)", False)
    hears("window.scrollTo(0, 0)", True)
    hide = (
        "Object.defineProperty(document, 'visibilityState', {{value: '{}', configurable: true}});"
    )
    hide += "document.dispatchEvent(new Event('visibilitychange'))"
    hears(hide.format("hidden"), False)
    hears(hide.format("visible"), True)
    assert number(page) == stroked, "nothing was stroked for that"
    hears("void (window.second = document.body.appendChild(document.createElement('div')))")
    hears("void (window.endSecond = window.more(window.second))")
    hears("window.end()")  # the second view is in sight
    hears("window.endSecond()", False)


def test_who_looks_overrules_a_page_on_which_nobody_does(open_page):
    page = open_page("accuracy")
    page.evaluate("window.fromElsewhere(false)")
    assert page.evaluate("window.told") == [["looked_at", True]]
    page.evaluate("window.end()")
    page.evaluate("window.fromElsewhere(true)")
    assert page.evaluate("window.told") == [["looked_at", True], ["looked_at", False]]


@pytest.mark.parametrize("name", PICTURES)
def test_axe_finds_nothing_in_pictures_to_look_at(open_page, name, screenshots):
    page = open_page(name, dpr=2)
    assert not Axe().run(page).response["violations"]
    for theme, paper in PAPERS.items():
        before = number(page)
        page.evaluate(f"document.body.style.background = 'rgb{paper}'")
        page.evaluate(f"document.body.dataset.jpThemeLight = {str(theme == 'light').lower()}")
        page.wait_for_function(f"document.querySelector('canvas').dataset.frameNumber > {before}")
        for width in (700, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=screenshots / f"figure-{name}-{theme}-{width}.png")

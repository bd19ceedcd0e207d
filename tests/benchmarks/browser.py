"""From arrow key to new pixels: the explorers in a real JupyterLab in a headless Chromium."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.browser.lab import chromium, jupyterlab, open_notebook, run_all, write_notebook

# Resolves with the milliseconds from the key's event to the frame that shows the picture it led to.
WATCH = """
() => {
    if (window.pictures) return;
    const figure = document.querySelector('.explorer-figure');
    const picture = figure.querySelector('canvas') ?? figure; // strokes, or an image to decode
    window.pictures = [];
    window.pressed = null;
    document.addEventListener('keydown', event => { window.pressed = event.timeStamp; }, true);
    new MutationObserver(async () => {
        const start = window.pressed;
        await picture.decode?.().catch(() => null);
        requestAnimationFrame(() => window.pictures.push([start, performance.now()]));
    }).observe(picture, {attributes: true, attributeFilter: ['data-frame-number', 'src']});
}
"""

MINE = "window.pictures.find(([pressed]) => pressed !== null)"
"""The first picture after the key."""


def key_to_pixels(page, moves: int, pause: int) -> list[float]:
    """Milliseconds from each arrow key to the first new picture."""
    page.evaluate(WATCH)
    page.locator(".control-learning_rate .noUi-handle").first.focus()
    latencies = []
    for move in range(moves):
        page.evaluate("() => { window.pictures = []; window.pressed = null; }")
        page.keyboard.press("ArrowLeft" if (move // 10) % 2 == 0 else "ArrowRight")
        page.wait_for_timeout(pause)  # asking the page meanwhile would slow it down
        page.wait_for_function(f"() => {MINE}")
        start, shown = page.evaluate(f"() => {MINE}")
        latencies.append(shown - start)
    return latencies


def drag(page, seconds: float) -> tuple[float, bool]:
    """Pictures a second while the slider is dragged, and whether the last one is of the last value."""
    handle = page.locator(".control-learning_rate .noUi-handle").first
    track = page.locator(".control-learning_rate .noUi-base").first.bounding_box()
    y = track["y"] + track["height"] / 2
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.evaluate("() => { window.pictures = []; }")
    steps = int(seconds * 40)
    for step in range(steps):
        share = abs((step / steps * 4) % 2 - 1)
        page.mouse.move(track["x"] + track["width"] * (0.05 + 0.9 * share), y)
        page.wait_for_timeout(1000 / 40)
    rate = page.evaluate("() => window.pictures.length") / seconds
    page.mouse.up()
    page.wait_for_timeout(500)
    exponent = float(handle.get_attribute("aria-valuenow"))
    said = page.locator(".explorer-status").first.inner_text()
    return rate, f"learning rate {float(f'{10**exponent:.3g}'):.6g}:" in said


PEER = """
import io
import ipywidgets as widgets
import matplotlib.pyplot as plt
from helpers import Experiment, fit_keras, plot_accuracy

slider = widgets.FloatLogSlider(value=0.01, min=-7, max=0, step=0.1)
image = widgets.Image()

def redraw(change=None):
    history = fit_keras(Experiment(learning_rate=slider.value))
    fig, ax = plt.subplots()
    plot_accuracy(ax, history)
    buffer = io.BytesIO()
    fig.savefig(buffer)
    plt.close(fig)
    image.value = buffer.getvalue()

redraw()
slider.observe(redraw, "value")
slider.add_class("control-learning_rate")
image.add_class("explorer-figure")
widgets.VBox([slider, image])
"""
"""The same slider over Keras made fast, with a full redraw: what others would build."""


def opened(context, lab, folder, name, *cells):
    """A page with a notebook of these cells, run; and the seconds from run-all to the picture."""
    page = context.new_page()
    open_notebook(page, lab, write_notebook(folder, name, *cells))
    start = time.perf_counter()
    run_all(page)
    page.wait_for_selector(".explorer-figure")
    return page, time.perf_counter() - start


def told(latencies: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{median(latencies):7.0f} ms{quantiles(latencies, n=20)[-1]:9.0f} ms"


def benchmark(moves: int = 100):
    """Print the figures beside their targets."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import tensorflow"], check=True, capture_output=True)
    tensorflow = time.perf_counter() - start
    cells = ["from helpers import explore", 'explore("learning_rate")']
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with jupyterlab(folder) as lab, chromium() as context:
            page, first = opened(context, lab, folder, "ours.ipynb", *cells)
            first += key_to_pixels(page, 1, 250)[0] / 1000
            page.locator(".explorer-pin").click()
            page.wait_for_timeout(3000)
            key_to_pixels(page, 10, 250)
            at_once = key_to_pixels(page, moves, 250)
            rested = key_to_pixels(page, moves, 1500)
            rate, last = drag(page, 3)
            page.close()
            page, _ = opened(context, lab, folder, "peer.ipynb", PEER)
            peer = key_to_pixels(page, 5, 250)
    print("\nArrow key to new pixels, in JupyterLab in Chromium (median, 95th percentile)\n")
    print(f"explorer, {moves} moves, one after the other    {told(at_once)}   <= 30, <= 48 ms")
    print(f"explorer, {moves} moves, each after a rest      {told(rested)}   <= 30, <= 48 ms")
    print(
        f"Keras made fast behind the same slider    {told(peer)}   {median(peer) / median(at_once):.0f} x"
    )
    print(
        f"drag of 3 s: {rate:.0f} pictures a second (>= 25); last picture of the last value: {last}"
    )
    print(
        f"run all to the first answer: {first:.1f} s (<= {tensorflow:.1f} s for TensorFlow + 10 s)"
    )


if __name__ == "__main__":
    benchmark()

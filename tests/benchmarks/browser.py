"""From arrow key to new pixels: the explorers in a real JupyterLab in a headless Chromium."""

import tempfile
from pathlib import Path
from statistics import median, quantiles

from tests.browser.lab import chromium, jupyterlab, open_notebook, run_all, write_notebook

# Resolves with the milliseconds from the key's event to the frame that shows the picture it led to.
WATCH = """
() => {
    const image = document.querySelector('.explorer-figure');
    window.pictures = [];
    window.pressed = null;
    document.addEventListener('keydown', event => { window.pressed = event.timeStamp; }, true);
    new MutationObserver(async () => {
        const start = window.pressed;
        await image.decode().catch(() => null);
        requestAnimationFrame(() => window.pictures.push([start, performance.now()]));
    }).observe(image, {attributes: true, attributeFilter: ['src']});
}
"""


def key_to_pixels(page, moves: int, pause: int) -> list[float]:
    """Milliseconds from each arrow key to the first new picture."""
    page.evaluate(WATCH)
    page.locator(".control-learning_rate .noUi-handle").first.focus()
    latencies = []
    for move in range(moves):
        page.evaluate("() => { window.pictures = []; window.pressed = null; }")
        page.keyboard.press("ArrowLeft" if (move // 20) % 2 == 0 else "ArrowRight")
        mine = "window.pictures.find(([pressed]) => pressed !== null)"
        start, shown = page.wait_for_function(f"() => {mine}", polling=20).json_value()
        latencies.append(shown - start)
        page.wait_for_timeout(pause)
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


def main(moves: int = 100):
    """Print the figures beside their targets."""
    cells = ["from helpers import explore", 'explore("learning_rate")']
    with tempfile.TemporaryDirectory() as folder:
        name = write_notebook(Path(folder), "explorer.ipynb", *cells)
        with jupyterlab(Path(folder)) as lab, chromium() as context:
            page = context.new_page()
            open_notebook(page, lab, name)
            run_all(page)
            page.wait_for_selector(".explorer-figure")
            page.locator(".explorer-pin").click()
            page.wait_for_timeout(3000)
            for pause, words in ((250, "moving on at once"), (1500, "after more seeds were drawn")):
                latencies = key_to_pixels(page, moves, pause)
                print(
                    f"arrow key to new pixels, {words}: median {median(latencies):.0f} ms "
                    f"(target 80), 95th percentile {quantiles(latencies, n=20)[-1]:.0f} ms "
                    f"(target 150), {moves} moves",
                    flush=True,
                )
            rate, last = drag(page, 3)
            print(
                f"drag of 3 s: {rate:.0f} pictures a second (target 10), last value shown: {last}"
            )


if __name__ == "__main__":
    main()

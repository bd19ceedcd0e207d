"""The site: from arrow key to new pixels on a page without a kernel, and how large the pages are."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.browser.lab import ROOT, chromium

KEYS = """async (element) => {
    const slider = element.querySelector('[type=range]'), canvas = element.querySelector('canvas');
    const frame = () => new Promise(requestAnimationFrame), times = [];
    let step = -1;
    for (let move = 0; move < 100; move++) {
        await frame();
        await new Promise((then) => setTimeout(then, 30));
        const before = canvas.dataset.frameNumber, start = performance.now();
        if (slider.value === slider.min || slider.value === slider.max) step = slider.value === slider.min ? 1 : -1;
        slider.value = Number(slider.value) + step;
        slider.dispatchEvent(new Event('input'));
        while (canvas.dataset.frameNumber === before) await frame();
        const drawn = performance.now();
        await frame();
        times.push([drawn - start, performance.now() - start]);
    }
    return times;
}"""
READY = "element => element.querySelector('canvas')?.frame"


def benchmark():
    """Write the site, print the seconds it took, the sizes, and the latencies beside their goal."""
    with tempfile.TemporaryDirectory() as folder, chromium() as context:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tools.pages", folder],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"\nThe site, written in {time.perf_counter() - start:.0f} s (<= 300 s)\n")
        for path in sorted(Path(folder).glob("0*.html")):
            page = context.new_page()
            page.goto(f"file://{path}")
            recordings = sorted(Path(folder, "recordings").glob(f"{path.stem[:2]}-*.js"))
            sizes = path.stat().st_size, sum(each.stat().st_size for each in recordings)
            first, whole = sizes[0] / 1e6, sum(sizes) / 1e6
            print(
                f"{path.stem}: {first:.1f} MB to the first picture (<= 3), {whole:.1f} in all (<= 8)"
            )
            for recording in recordings:
                element = page.locator(f"[data-recording='{recording.stem}']")
                element.scroll_into_view_if_needed()
                page.wait_for_function(READY, arg=element.element_handle())
                drawn, shown = zip(*element.evaluate(KEYS))
                late = quantiles(shown, n=20)[-1]
                print(
                    f"    explorer {recording.stem}: {median(drawn):.1f} ms until it is drawn, to pixels {median(shown):.0f} ms ({late:.0f}), goal 16"
                )
            page.close()


if __name__ == "__main__":
    benchmark()

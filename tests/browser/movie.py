"""Film a real explorer in a real JupyterLab: the moving picture that opens the README."""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from tests.browser.explorer import Explorer
from tests.browser.lab import chromium, jupyterlab, open_notebook, run_all, write_notebook

from PIL import Image

WIDTH = 820  # pixels of the film
LARGEST = 2_000_000  # bytes


def frames(explorer: Explorer):
    """Move the learning rate from too small to too large; one screenshot a move."""

    def picture(milliseconds: int):
        shot = Image.open(BytesIO(explorer.root.screenshot())).convert("RGB")
        shot = shot.crop((0, 0, shot.width, min(shot.height, 660)))
        size = WIDTH, round(shot.height * WIDTH / shot.width)
        return shot.resize(size, Image.Resampling.LANCZOS), milliseconds

    def typed(rate: float):
        explorer.type("learning_rate", f"{rate:g}")
        explorer.settle(also=lambda said: said["run"]["learning_rate"] == rate)

    typed(1e-5)
    yield picture(900)
    for _ in range(50):
        explorer.press("learning_rate", "ArrowRight")
        yield picture(80)
    yield picture(900)
    typed(0.1)
    yield picture(2500)


def main(path: Path):
    """Write the film as an animated GIF."""
    with tempfile.TemporaryDirectory() as folder:
        cells = ["from helpers import explore", 'explore("learning_rate")']
        name = write_notebook(Path(folder), "film.ipynb", *cells)
        with jupyterlab(Path(folder)) as lab, chromium(1100, 1100) as context:
            page = context.new_page()
            open_notebook(page, lab, name)
            run_all(page)
            page.wait_for_selector(".explorer-figure canvas")
            film = list(frames(Explorer(page)))
    palette = film[-1][0].quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    pictures = [f.quantize(palette=palette, dither=Image.Dither.NONE) for f, _ in film]
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=[milliseconds for _, milliseconds in film],
        loop=0,
        optimize=True,
    )
    assert path.stat().st_size < LARGEST, f"{path} has {path.stat().st_size} bytes"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

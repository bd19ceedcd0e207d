"""The picture of an explorer: drawn once, then only the lines that a move changes.

A full draw by matplotlib takes some 60 ms, too long behind a slider. So the axes are drawn once and kept
as a saved background; a move restores it, draws the changed artists on top and encodes a PNG: 10 ms.
"""

import base64
from dataclasses import dataclass, field
from io import BytesIO

from helpers.experiment import History
from helpers.plots import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION

import ipywidgets as widgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont
from traitlets import Unicode

SCALE = 1.25  # image pixels for each pixel on the page: sharp letters on most screens
PIN_STYLES = [
    (PURPLE, (0, (6, 1.5))),
    (SKY, "-"),
    (VERMILION, (0, (3, 1, 1, 1))),
    (BLACK, (0, (1, 1))),
    ("#8C6BB1", "-"),
    ("#7F6000", (0, (6, 1.5))),
]
"""Colour and line style of the pinned runs, one for each of the letters."""
LETTERS = "ABCDEF"
CAPTION = "A still picture: run the cell, and its controls are live."
CAPTION_HEIGHT = 30


@dataclass
class Scene:
    """What the picture shows: the run itself and whatever stands beside it."""

    history: History
    title: str = ""
    previous: History | None = None
    band: list[History] = field(default_factory=list)
    pins: list[History] = field(default_factory=list)
    epoch: int | None = None  # where the replay stands, counted from 1


class ImageWithTitle(widgets.Image):
    """An image whose tooltip is its name for screen readers.

    The front end looks for a description before it shows a tooltip; ipywidgets's image has none.
    """

    description = Unicode("").tag(sync=True)

    def __init__(self, width: int, tooltip: str):
        """Show at most as wide as the page; width in pixels of the page."""
        layout = widgets.Layout(width=f"{width}px", max_width="100%", height="auto", margin="0")
        super().__init__(format="png", tooltip=tooltip, layout=layout)


class Picture:
    """Panels one above the other on a private Figure, redrawn as PNG.

    Each panel has a `height`, makes its artists with `build(ax)`, and moves them with `show(scene)`.
    """

    def __init__(self, panels, width: float, height: float, share_x: bool = True):
        """Lay the panels out; width and height in pixels of the page; only the last x axis is labelled.

        share_x=False labels all of them.
        """
        self.panels = panels
        figure = Figure(figsize=(width / 100, height / 100), dpi=100 * SCALE)
        self.canvas = FigureCanvasAgg(figure)
        axes = figure.subplots(
            len(panels), 1, squeeze=False, height_ratios=[panel.height for panel in panels]
        )[:, 0]
        left, right, top, bottom = 70 / width, 1 - 18 / width, 1 - 58 / height, 48 / height
        figure.subplots_adjust(left, bottom, right, top, hspace=0.16 if share_x else 0.45)
        self.title = figure.text(left, 1 - 19 / height, "", fontsize=11, animated=True)
        self.artists = [self.title]
        for panel, ax in zip(panels, axes, strict=True):
            self.artists += panel.build(ax)
        for ax in axes[:-1] if share_x else ():
            ax.tick_params(labelbottom=False)
            ax.set_xlabel("")
        self._legend(axes[0], (left - 0.01, 1 - 21 / height))
        figure.align_ylabels(axes)
        for artist in self.artists:
            artist.set_animated(True)
        self.redraw_background()
        self.unfinished = False  # a drawing was begun that did not come to its end

    def _legend(self, ax, corner):
        handles, labels = ax.get_legend_handles_labels()
        if labels:
            self.canvas.figure.legend(
                handles,
                labels,
                loc="upper left",
                bbox_to_anchor=corner,
                ncols=len(labels),
                columnspacing=1.2,
                handlelength=1.8,
                borderpad=0.2,
            )

    def redraw_background(self):
        """Draw the axes afresh, after a change of their scales."""
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.canvas.figure.bbox)

    def draw(self, scene: Scene) -> bytes:
        """Show the scene; the picture as PNG."""
        self.title.set_text(scene.title)
        stale, self.unfinished = self.unfinished, True
        axes_changed = [panel.show(scene) for panel in self.panels]
        if stale or any(axes_changed):
            self.redraw_background()
        self.canvas.restore_region(self.background)
        for artist in self.artists:
            if artist.get_visible():
                artist.axes.draw_artist(artist) if artist.axes else artist.draw(
                    self.canvas.get_renderer()
                )
        self.unfinished = False
        return png(self.canvas)


def palette_of(colours: list[str], shades: int) -> PillowImage.Image:
    """White, then each colour (at most 255 / shades of them) in even shades from itself to pale."""
    strength = np.linspace(1, 0.1, shades)[:, None]  # any paler, and white itself would be tinted
    tones = [1 - strength * (1 - np.array(to_rgb(colour))) for colour in dict.fromkeys(colours)]
    levels = (np.concatenate([[[1.0, 1.0, 1.0]], *tones]) * 255).round().astype("uint8")
    palette = PillowImage.new("P", (1, 1))
    palette.putpalette(levels.tobytes())
    return palette


CURVE_COLOURS = [BLUE, ORANGE, GREEN, VERMILION, GREY, BLACK, *(colour for colour, _ in PIN_STYLES)]
PALETTE = palette_of(CURVE_COLOURS, 25)


def png(canvas: FigureCanvasAgg, palette: PillowImage.Image = PALETTE) -> bytes:
    """Encode what the canvas shows, in the colours of a fixed palette: five times faster than all."""
    size = canvas.get_width_height(physical=True)
    image = PillowImage.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    image = image.convert("RGB").quantize(palette=palette, dither=PillowImage.Dither.NONE)
    buffer = BytesIO()
    image.save(buffer, "png", compress_level=1)
    return buffer.getvalue()


def still_bundle(bundle: dict, pictures: list[bytes], text: str) -> dict:
    """A widget's mimebundle with a picture and a text for readers without a kernel."""
    picture = base64.b64encode(_side_by_side(pictures)).decode()
    return {**bundle, "image/png": picture, "text/plain": text}


def _side_by_side(pictures: list[bytes]) -> bytes:
    """Paste PNG pictures into one, left to right, under a line that says how to make them live."""
    parts = [PillowImage.open(BytesIO(picture)).convert("RGB") for picture in pictures]
    size = sum(part.width for part in parts), max(part.height for part in parts) + CAPTION_HEIGHT
    whole = PillowImage.new("RGB", size, "white")
    font = ImageFont.load_default(size=15)
    ImageDraw.Draw(whole).text((CAPTION_HEIGHT, 8), CAPTION, fill="#555555", font=font)
    left = 0
    for part in parts:
        whole.paste(part, (left, CAPTION_HEIGHT))
        left += part.width
    buffer = BytesIO()
    whole.quantize(128).save(buffer, "png", optimize=True)
    return buffer.getvalue()

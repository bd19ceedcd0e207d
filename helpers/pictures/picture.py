"""A picture: axes that stand still, drawn by matplotlib, and what moves over them, as data.

A full draw takes some 50 ms, too long after a slider's move. So the axes are drawn once, as SVG, sharp at every
zoom, and drawn again only where they look different; a move makes a frame of the artists that moved: 2 ms.
"""

from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from helpers.pictures.artists import add, readout
from helpers.pictures.frame import Frame
from helpers.pictures.themes import darkened

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image

SCALE = 1.25  # pixels of a still for each pixel on the page: sharp letters on most screens
KEPT = 24  # backgrounds
LESSON = Path(__file__).parents[1] / "lesson.mplstyle"
NOT_STYLE = {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "datapath"}
HOUSE = {
    **{k: v for k, v in dict.items(matplotlib.rcParamsDefault) if k not in NOT_STYLE},
    **matplotlib.rc_params_from_file(LESSON, use_default_template=False),
    "svg.hashsalt": "picture",  # the same axes become the same SVG
}


@contextmanager
def house_style():
    """Make and draw as matplotlib does by itself and the lesson likes it, whatever the user has set."""
    with matplotlib.rc_context():
        dict.update(matplotlib.rcParams, HOUSE)  # known to be valid: four times faster
        yield


class Drawing(NamedTuple):
    """What a front end shows: the axes for light and for dark pages as SVG, and a frame over them."""

    background: str
    dark: str
    frame: bytes


class Picture:
    """Panels one above the other on a private Figure.

    A panel has a `height`; `build(ax)` makes its artists and returns those that move, in the order in which
    they are drawn; `show(scene)` moves them and returns the look of its axes, a value that differs where
    they have to be drawn differently. A panel may have `readout(scene)`: the columns (name, unit, decimals,
    values) that pointing at the picture reads out; the first panel's `places(scene)` are x, or x and y.
    """

    def __init__(self, panels, width: float, height: float, share_x: bool = True):
        """Lay the panels out; width and height in pixels of the page; only the last x axis is labelled.

        share_x=False labels all of them.
        """
        self.panels, self.width, self.height = panels, width, height
        self.backgrounds = {}  # look of all axes: SVG for light and for dark pages
        with house_style():
            self._build(share_x)

    def _build(self, share_x):
        self.figure = Figure(figsize=(self.width / 100, self.height / 100), dpi=100)
        self.figure.patch.set_visible(False)
        heights = [panel.height for panel in self.panels]
        axes = self.figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
        left, right = 70 / self.width, 1 - 18 / self.width
        bottom, top = 48 / self.height, 1 - 58 / self.height
        self.figure.subplots_adjust(left, bottom, right, top, hspace=0.16 if share_x else 0.6)
        self.title = self.figure.text(left, 1 - 19 / self.height, "", fontsize=11, gid="title")
        self.corner = left - 0.01, 1 - 21 / self.height
        self.moving = [self.title]
        for panel, ax in zip(self.panels, axes, strict=True):
            ax.patch.set_visible(False)
            self.moving += panel.build(ax)
        for ax in axes[:-1] if share_x else ():
            ax.tick_params(labelbottom=False)
            ax.set_xlabel("")
        for ax in axes:  # fixed places: to find room beside the numbers takes a third of a draw
            ax.yaxis.set_label_coords(-50 / ax.bbox.width, 0.5)
            ax.xaxis.set_label_coords(0.5, -29 / ax.bbox.height)
        for artist in self.moving:
            artist.set_animated(True)  # no part of the background

    def draw(self, scene) -> Drawing:
        """Show the scene."""
        with house_style():
            look = self._show(scene)
            light, dark = self._background(look)
            frame = Frame(self.width, self.height)
            for artist in self.moving:
                if artist.get_visible():
                    add(frame, artist)
            return Drawing(light, dark, frame.to_bytes(self._readout(frame, scene)))

    def still(self, scene, scale: float = SCALE) -> bytes:
        """Show the scene as PNG on white, drawn by matplotlib alone."""
        with house_style():
            self._show(scene)
            self.figure.set_dpi(100 * scale)
            canvas = FigureCanvasAgg(self.figure)
            self._draw_legend()
            self._draw_still(canvas.get_renderer())
            self.figure.set_dpi(100)
            return _png(canvas)

    def _draw_still(self, renderer):
        under = [artist for artist in self.moving if isinstance(artist, AxesImage)]
        for artist in (*under, self.figure, *(a for a in self.moving if a not in under)):
            if artist.get_visible():
                artist.draw(renderer)

    def _show(self, scene) -> tuple:
        self.figure.set_dpi(100)  # another one is left where a drawing was interrupted
        self.title.set_text(scene.title)
        return tuple(panel.show(scene) for panel in self.panels)

    def _background(self, look) -> tuple[str, str]:
        """The SVG for this look of the axes, drawn where there is none yet."""
        if look not in self.backgrounds:
            self._draw_legend()
            light = self._svg()
            while len(self.backgrounds) >= KEPT:
                self.backgrounds.pop(next(iter(self.backgrounds)), None)
            self.backgrounds[look] = light, darkened(light)
        return self.backgrounds[look]

    def _draw_legend(self):
        """One line under the title, of what the first axes have with a name."""
        for legend in [*self.figure.legends]:
            legend.remove()
        named = self.figure.axes[0].get_legend_handles_labels()
        pairs = [pair for pair in zip(*named, strict=True) if pair[0].get_visible()]
        if pairs:
            self.figure.legend(
                *zip(*pairs, strict=True),
                loc="upper left",
                bbox_to_anchor=self.corner,
                ncols=len(pairs),
                columnspacing=1.2,
                handlelength=1.8,
                borderpad=0.2,
            )

    def _svg(self) -> str:
        text = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        FigureCanvasSVG(self.figure).print_svg(text, metadata=nothing)
        self.figure.set_dpi(100)
        svg = text.getvalue()
        return svg[svg.index("<svg") :]

    def _readout(self, frame: Frame, scene) -> dict | None:
        told = [panel.readout(scene) for panel in self.panels if hasattr(panel, "readout")]
        if not told:
            return None
        axes = self.figure.axes
        box = matplotlib.transforms.Bbox.union([ax.bbox for ax in axes])
        x, *y = self.panels[0].places(scene)
        columns = {column[0]: column for columns in told for column in columns}  # each name once
        return readout(frame, x, columns.values(), axes[0].transData, box, *y)


def _png(canvas: FigureCanvasAgg) -> bytes:
    image = Image.fromarray(np.asarray(canvas.buffer_rgba()))
    paper = Image.new("RGBA", image.size, "white")
    buffer = BytesIO()
    Image.alpha_composite(paper, image).convert("RGB").save(buffer, "png", compress_level=1)
    return buffer.getvalue()

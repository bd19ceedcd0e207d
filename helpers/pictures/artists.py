"""Artists of matplotlib become the items of a frame."""

from functools import lru_cache

from helpers.pictures.frame import Frame
from helpers.pictures.themes import both
from helpers.plots import GREY

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch
from matplotlib.text import Text

PIXEL = 100 / 72  # pixels of the page in a point
ASCENT, DESCENT = 0.760, 0.236  # of the letters l and p in DejaVu Sans, for a font size of 1
ABOVE_BASELINE = {
    "baseline": 0,
    "bottom": -DESCENT,
    "top": ASCENT,
    "center": (ASCENT - DESCENT) / 2,
}


def add(frame: Frame, artist):
    """Add what an artist would draw."""
    for kind, add_this in KINDS.items():
        if isinstance(artist, kind):
            return add_this(frame, artist)
    raise TypeError(f"{type(artist).__name__} cannot become data.")


def readout(frame: Frame, x, columns, transform, box, y=None) -> dict:
    """What pointing reads out: places x in data coordinates, columns (name, unit, decimals, values)."""
    places = np.column_stack([x, np.zeros(len(x)) if y is None else y])
    pixels = frame.pixels(places, transform)
    _, top, _, height = frame.box(box)
    shape = [0, top, 0, top + height] if y is None else outline("o", 16)
    mark = {"kind": "stamp", "shape": frame.float32(shape), "colour": ("#0000", "#0000")}
    return {
        "x": frame.float32(pixels[:, 0]),
        "y": None if y is None else frame.float32(pixels[:, 1]),
        "mark": mark | {"edge": both(GREY), "width": 1},
        "columns": [
            {"name": name, "unit": unit, "decimals": decimals, "values": frame.float32(values)}
            for name, unit, decimals, values in columns
        ],
    }


def _add_line(frame: Frame, line: Line2D):
    transform, clip = line.get_transform(), frame.clip(line)
    colour, width = both(line.get_color(), line.get_alpha()), line.get_linewidth() * PIXEL
    if line.get_linestyle() != "None" and width:
        _, dashes = line._dash_pattern  # in points for this width; get_linestyle() has no numbers
        frame.items.append(
            {
                "kind": "stroke",
                "name": line.get_gid(),
                "points": frame.points(line.get_path().vertices, transform),
                "colour": colour,
                "width": width,
                "dash": [length * PIXEL for length in dashes or ()],
                "clip": clip,
            }
        )
    if line.get_marker() not in ("None", None, "", " "):
        frame.items.append(
            {
                "kind": "stamp",
                "name": line.get_gid(),
                "points": frame.points(line.get_xydata(), transform),
                "shape": frame.float32(outline(line.get_marker(), line.get_markersize() * PIXEL)),
                "colour": both(line.get_markerfacecolor(), line.get_alpha()),
                "edge": both(line.get_markeredgecolor(), line.get_alpha()),
                "width": line.get_markeredgewidth() * PIXEL,
                "clip": clip,
            }
        )


@lru_cache
def outline(marker: str, size: float) -> np.ndarray:
    """Outline (n, 2) of a marker in pixels around its point, y downwards."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform().frozen().scale(size, -size))
    return path.to_polygons()[0]


def _add_area(frame: Frame, area: PolyCollection):
    outlines = [path.vertices for path in area.get_paths()]
    parted = [part for outline in outlines for part in (outline, [[np.nan, np.nan]])]
    if parted:
        _fill(frame, area, np.concatenate(parted), area.get_facecolor()[0])


def _add_patch(frame: Frame, patch: Patch):
    _fill(frame, patch, patch.get_path().vertices, patch.get_facecolor())


def _fill(frame: Frame, artist, outline, colour):
    frame.items.append(
        {
            "kind": "fill",
            "name": artist.get_gid(),
            "points": frame.points(outline, artist.get_transform()),
            "colour": both(tuple(colour)),
            "clip": frame.clip(artist),
        }
    )


def _add_text(frame: Frame, text: Text):
    x, y = text.get_transform().transform(text.get_position())
    if not text.get_text() or not np.isfinite([x, y]).all():
        return
    size = text.get_size() * PIXEL
    if text.get_bbox_patch():
        _add_circle(frame, text.get_bbox_patch(), size, [x, frame.height - y])
    frame.items.append(
        {
            "kind": "text",
            "name": text.get_gid(),
            "x": float(x),
            "y": float(frame.height - y + ABOVE_BASELINE[text.get_va()] * size),
            "text": text.get_text(),
            "colour": both(text.get_color(), text.get_alpha()),
            "size": size,
            "weight": text.get_weight(),
            "align": text.get_ha(),
            "room": float(frame.width - x if text.get_ha() == "left" else x),
        }
    )


def _add_circle(frame: Frame, circle, size: float, middle):
    """The circle around a letter, as matplotlib's box style of this name draws it."""
    radius = size * ((ASCENT + DESCENT) / 2 + circle.get_boxstyle().pad)
    frame.items.append(
        {
            "kind": "stamp",
            "name": None,
            "points": frame.float32(middle),
            "shape": frame.float32(outline("o", 2 * radius)),
            "colour": both(circle.get_facecolor()),
            "edge": both(circle.get_edgecolor()),
            "width": circle.get_linewidth() * PIXEL,
            "clip": None,
        }
    )


def _add_image(frame: Frame, image: AxesImage):
    """Add numbers of colours in the palette of a ListedColormap; the first row is the lowest."""
    numbers = image.get_array()
    frame.items.append(
        {
            "kind": "image",
            "name": image.get_gid(),
            "box": frame.box(image.axes.bbox),
            "columns": numbers.shape[1],
            "rows": numbers.shape[0],
            "palette": frame.uint8(image.cmap(np.arange(image.cmap.N), bytes=True)),
            "indexes": frame.uint8(numbers[::-1]),
        }
    )


KINDS = {
    Line2D: _add_line,
    PolyCollection: _add_area,
    Text: _add_text,
    Patch: _add_patch,
    AxesImage: _add_image,
}
"""Kind of artist: how it becomes data."""

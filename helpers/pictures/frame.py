"""What moves on a picture, as data: artists of matplotlib in pixels of the page, one message of bytes.

    uint32, little-endian   length of the header in bytes
    header                  JSON in UTF-8, padded with spaces to a multiple of four
    arrays                  float32 (little-endian) or uint8, each padded with zeros to a multiple of four

The header is {width, height, items, readout}: the picture's size, what to draw, in this order, and what
pointing at the picture reads out (None: nothing). An array stands in it as {"float32": [offset, count]}
or {"uint8": [offset, count]}, the offset in bytes from the end of the header.

    stroke   points, colour, width, dash, clip          a line; NaN lifts the pen
    fill     points, colour, clip                       an area; its outline is closed, NaN parts outlines
    stamp    points, shape, colour, edge, width, clip   a marker: the outline `shape` around each point
    text     x, y, text, colour, size, weight, align, room   y of the base line; not wider than `room`
    image    box, columns, rows, palette, indexes       under the background; palette RGBA, uint8 indexes

points and shape are pairs x, y; clip and box are [left, top, width, height]; lengths are pixels of the page,
y downwards; a colour is a pair of CSS colours, for the light and the dark page. The readout is {x, y, mark,
columns}: the places that can be pointed at (y None: x alone counts), what marks one (a stamp without points),
and columns {name, unit, digits, values}; digits after the point, or None: three significant ones.
"""

import json
from functools import lru_cache

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
FAR = 1e5  # pixels: no line goes further out of the picture
ASCENT, DESCENT = 0.760, 0.236  # of the letters l and p in DejaVu Sans, for a font size of 1
ABOVE_BASELINE = {
    "baseline": 0,
    "bottom": -DESCENT,
    "top": ASCENT,
    "center": (ASCENT - DESCENT) / 2,
}


class Frame:
    """Collects items and arrays until they become bytes."""

    def __init__(self, width: float, height: float):
        """Begin with nothing; width and height of the picture in pixels of the page."""
        self.width, self.height = width, height
        self.items, self.arrays, self.length = [], [], 0

    def float32(self, numbers) -> dict:
        """Store numbers; what stands for them in the header."""
        return self._store("float32", np.asarray(numbers, "<f4"))

    def uint8(self, numbers) -> dict:
        """Store small numbers; what stands for them in the header."""
        return self._store("uint8", np.asarray(numbers, "u1"))

    def _store(self, kind, array) -> dict:
        offset, data = self.length, array.tobytes()
        data += bytes(-len(data) % 4)
        self.arrays.append(data)
        self.length += len(data)
        return {kind: [offset, array.size]}

    def points(self, xy, transform) -> dict:
        """Store points of an artist in pixels of the page."""
        with np.errstate(invalid="ignore", over="ignore"):
            pixels = transform.transform(xy)
        pixels[:, 1] = self.height - pixels[:, 1]
        pixels[~np.isfinite(pixels).all(axis=1)] = np.nan
        return self.float32(pixels.clip(-FAR, FAR))

    def clip(self, artist) -> list[float] | None:
        """Where an artist may draw."""
        box = artist.get_clip_box() if artist.get_clip_on() else None
        return box and self.box(box)

    def box(self, box) -> list[float]:
        """Left, top, width, height of a box of matplotlib's."""
        numbers = box.x0, self.height - box.y1, box.width, box.height
        return [round(float(number), 2) for number in numbers]

    def add(self, artist):
        """Add what an artist would draw."""
        for kind, add in ADD.items():
            if isinstance(artist, kind):
                return add(self, artist)
        raise TypeError(f"{type(artist).__name__} cannot become data.")

    def readout(self, x, columns, transform, box, y=None) -> dict:
        """What pointing reads out: places x in data coordinates, columns (name, unit, digits, values)."""
        places = np.column_stack([x, np.zeros(len(x)) if y is None else y])
        with np.errstate(invalid="ignore", over="ignore"):
            pixels = transform.transform(places).clip(-FAR, FAR)
        _, top, _, height = self.box(box)
        shape = [0, top, 0, top + height] if y is None else outline("o", 16)
        mark = {"kind": "stamp", "shape": self.float32(shape), "colour": ("#0000", "#0000")}
        return {
            "x": self.float32(pixels[:, 0]),
            "y": None if y is None else self.float32(self.height - pixels[:, 1]),
            "mark": mark | {"edge": both(GREY), "width": 1},
            "columns": [
                {"name": name, "unit": unit, "digits": digits, "values": self.float32(values)}
                for name, unit, digits, values in columns
            ],
        }

    def to_bytes(self, readout: dict | None = None) -> bytes:
        """Write it all down."""
        whole = {"width": self.width, "height": self.height, "items": self.items}
        header = json.dumps(whole | {"readout": readout}, separators=(",", ":")).encode()
        header += b" " * (-len(header) % 4)
        return b"".join([len(header).to_bytes(4, "little"), header, *self.arrays])


def _add_line(frame: Frame, line: Line2D):
    transform, clip = line.get_transform(), frame.clip(line)
    colour, width = both(line.get_color(), line.get_alpha()), line.get_linewidth() * PIXEL
    if line.get_linestyle() != "None" and width:
        _, dashes = line._dash_pattern  # in points for this width; get_linestyle() has no numbers
        frame.items.append(
            {
                "kind": "stroke",
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
            "box": frame.box(image.axes.bbox),
            "columns": numbers.shape[1],
            "rows": numbers.shape[0],
            "palette": frame.uint8(image.cmap(np.arange(image.cmap.N), bytes=True)),
            "indexes": frame.uint8(numbers[::-1]),
        }
    )


ADD = {
    Line2D: _add_line,
    PolyCollection: _add_area,
    Text: _add_text,
    Patch: _add_patch,
    AxesImage: _add_image,
}
"""Kind of artist: how it becomes data."""

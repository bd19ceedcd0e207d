"""What moves on a picture, as data: artists of matplotlib in pixels of the page, one message of bytes.

    uint32, little-endian   length of the header in bytes
    header                  JSON in UTF-8, padded with spaces to a multiple of four
    arrays                  float32 (little-endian) or uint8, each padded with zeros to a multiple of four

The header is {width, height, items, readout}: the picture's size, what to draw, in this order, and what
pointing at the picture reads out (None: nothing). An array stands in it as {"float32": [offset, count]}
or {"uint8": [offset, count]}, the offset in bytes from the end of the header.

    all      kind, name (the artist's gid)
    stroke   points, colour, width, dash, clip          a line; NaN lifts the pen
    fill     points, colour, clip                       an area; its outline is closed, NaN parts outlines
    stamp    points, shape, colour, edge, width, clip   a marker: the outline `shape` around each point
    text     x, y, text, colour, size, weight, align, room   y of the base line; not wider than `room`
    image    box, columns, rows, palette, indexes       under the background; palette RGBA, uint8 indexes

points and shape are pairs x, y; clip and box are [left, top, width, height]; lengths are pixels of the page,
y downwards; a colour is a pair of CSS colours, for the light and the dark page. The readout is {x, y, mark,
columns}: the places that can be pointed at (y None: x alone counts), what marks one (a stamp without points),
and columns {name, unit, decimals, values}; decimals after the point, or None: three significant ones.
"""

import json

import numpy as np

POINTS = {"points", "shape"}  # pairs x, y
FAR = 1e5  # pixels: no line goes further out of the picture


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
        return self.float32(self.pixels(xy, transform))

    def pixels(self, xy, transform) -> np.ndarray:
        """Points (n, 2) in pixels of the page; NaN where a run has left all numbers behind."""
        with np.errstate(invalid="ignore", over="ignore"):
            pixels = transform.transform(xy)
        pixels[:, 1] = self.height - pixels[:, 1]
        pixels[~np.isfinite(pixels).all(axis=1)] = np.nan
        return pixels.clip(-FAR, FAR)

    def clip(self, artist) -> list[float] | None:
        """Where an artist may draw."""
        box = artist.get_clip_box() if artist.get_clip_on() else None
        return box and self.box(box)

    def box(self, box) -> list[float]:
        """Left, top, width, height of a box of matplotlib's."""
        numbers = box.x0, self.height - box.y1, box.width, box.height
        return [round(float(number), 2) for number in numbers]

    def to_bytes(self, readout: dict | None = None) -> bytes:
        """Write it all down."""
        whole = {"width": self.width, "height": self.height, "items": self.items}
        header = json.dumps(whole | {"readout": readout}, separators=(",", ":")).encode()
        header += b" " * (-len(header) % 4)
        return b"".join([len(header).to_bytes(4, "little"), header, *self.arrays])


def read(frame: bytes) -> dict:
    """The header of a frame with each array in its place; points and shape as (n, 2)."""
    length = int.from_bytes(frame[:4], "little")
    data = memoryview(frame)[4 + length :]

    def restore(value: dict):
        for kind in {"float32", "uint8"} & value.keys():
            offset, count = value[kind]
            return np.frombuffer(data, np.dtype(kind).newbyteorder("<"), count, offset)
        for name in POINTS & value.keys():
            value[name] = value[name].reshape(-1, 2)
        return value

    return json.loads(frame[4 : 4 + length], object_hook=restore)

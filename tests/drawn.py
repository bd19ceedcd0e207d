"""What an explorer has sent to be drawn, read back from the bytes."""

import json

import numpy as np


def frame_of(figure) -> dict:
    """The header of a figure's frame, with each array in the place that names it."""
    data = bytes(figure.frame)
    end = 4 + int.from_bytes(data[:4], "little")

    def with_arrays(value):
        for kind in ("float32", "uint8"):
            if kind in value:
                offset, count = value[kind]
                return np.frombuffer(data, kind, count, end + offset)
        return value

    return json.loads(data[4:end], object_hook=with_arrays)


def items_of(figure, kind: str) -> list[dict]:
    """The items of a kind, in the order in which they are drawn."""
    return [item for item in frame_of(figure)["items"] if item["kind"] == kind]


def title_of(figure) -> str:
    """What stands above the picture."""
    return items_of(figure, "text")[0]["text"]


def pixels(ax, x, y) -> np.ndarray:
    """Where values of an Axes lie on the page: (n, 2), y downwards."""
    places = ax.transData.transform(np.column_stack([x, y]))
    return np.column_stack([places[:, 0], ax.figure.bbox.height - places[:, 1]])


def has_line(figure, ax, y, colour: str) -> bool:
    """Whether a line of this colour runs through the values y of epochs 1, 2, 3 …"""
    expected = pixels(ax, np.arange(1, len(y) + 1), y)
    return any(
        points.shape == expected.shape and np.allclose(points, expected, atol=0.01)
        for item in items_of(figure, "stroke")
        if item["colour"][0].lower().startswith(colour.lower())
        for points in [item["points"].reshape(-1, 2)]
    )

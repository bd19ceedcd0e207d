"""Read the frames of pictures: what is drawn, in numbers."""

from helpers.pictures.frame import read

import numpy as np


def items(frame: bytes, name: str) -> list[dict]:
    """What a frame draws under a name."""
    return [item for item in read(frame)["items"] if item["name"] == name]


def item(frame: bytes, name: str) -> dict:
    """The one thing that a frame draws under a name."""
    (found,) = items(frame, name)
    return found


def names(frame: bytes) -> set[str]:
    """All names of what a frame draws."""
    return {item["name"] for item in read(frame)["items"]}


def data(picture, panel: int, points) -> np.ndarray:
    """Points of a frame in the coordinates of one of the axes."""
    flipped = np.column_stack([points[:, 0], picture.height - points[:, 1].astype(float)])
    return picture.figure.axes[panel].transData.inverted().transform(flipped)

"""Read the frames of pictures: what is drawn, in numbers."""

import json

import numpy as np


def read(frame: bytes) -> dict:
    """The header of a frame with its arrays in place; points as (n, 2)."""
    length = int.from_bytes(frame[:4], "little")
    data = frame[4 + length :]
    assert length % 4 == 0

    def restore(value: dict):
        for kind in {"float32", "uint8"} & value.keys():
            offset, count = value[kind]
            return np.frombuffer(data, np.dtype(kind).newbyteorder("<"), count, offset)
        for name in {"points", "shape"} & value.keys():
            value[name] = value[name].reshape(-1, 2)
        return value

    return json.loads(frame[4 : 4 + length], object_hook=restore)


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

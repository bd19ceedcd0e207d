"""A recording: what an explorer shows at each of its stops, every number and every text stored once.

    uint32, little-endian   length of the header in bytes
    header                  JSON, padded with spaces to a multiple of four
    float32, uint16, uint8  numbers as they are, codes of runs, colours of regions

The header has `templates`, trees of JSON whose leaves may be {"hole": i}, and `rows`, one for each stop:
the template's number, the run's number, and what fills the holes. A leaf stands for numbers where it is

    {"at": [first, count]}          of the float32
    {"bytes": [first, count]}       of the uint8
    {"of": name, "log": 0 or 1, "plus": a, "times": b}    a + b y, where y is that array of the run, or its log10

`points` are {"x": numbers, "y": numbers}. The arrays of run r are the codes of `names`, `count` each, one after
the other from r on. Those of an array in `per` are its values times that number; of the others, code 0 is 0, the
highest code no number, and all between are exp(code / 1400 - 26).
"""

import json
import zlib
from base64 import b64encode

from helpers.pictures.frame import FAR, POINTS

import numpy as np

NO_NUMBER, STEP, LEAST = 65535, 1400, -26
ROUGHLY = 0xFFFFF000  # 11 bits after the point, a part in 4,000: what is read out has three digits
NEAR = 64  # arrays looked back at, for one that begins in the same way


class Recording:
    """Collects the stops of one explorer, until they become text."""

    def __init__(self, names: tuple[str, ...], per: dict[str, int]):
        """Begin without stops; names: the arrays of a run; per: accuracy: its samples."""
        self.names, self.per, self.count = names, per, 0
        self.numbers, self.length, self.recent, self.known = [], 0, [], {}
        self.bytes, self.size = [], 0
        self.runs, self.codes = {}, []
        self.shapes, self.rows = {}, []

    def add(self, tree: dict, key, run: dict[str, np.ndarray], axes: dict):
        """Add a stop, the last one first (a longer path begins like the shorter ones): what is shown, the run behind it, and {name: (log, plus, times)} of its axes."""
        if key not in self.runs:
            self.runs[key] = len(self.runs)
            self.codes += [self._coded(name, run[name]) for name in self.names]
            self.count = len(self.codes[-1]) if self.codes else 0
        leaves = []
        shape = json.dumps(self._flat(tree, leaves, run, axes))
        number = self.shapes.setdefault(shape, len(self.shapes))
        self.rows.append([number, self.runs[key], *leaves])

    def _flat(self, value, leaves, run, axes, name=None, told=False):
        """The tree without its leaves, which go to the list."""
        if isinstance(value, dict):
            name = value.get("name") or name
            parts = {}
            for key, part in value.items():
                if key in POINTS and isinstance(part, np.ndarray):
                    part = {"x": part[:, 0], "y": part[:, 1]}
                parts[key] = self._flat(part, leaves, run, axes, name, key == "values")
            return parts
        if isinstance(value, list | tuple):
            return [self._flat(part, leaves, run, axes, name) for part in value]
        if isinstance(value, np.ndarray):
            found = self._explained(value, run, axes.get(name)) or self._stored(value, not told)
            return self._flat(found, leaves, run, axes, name)
        leaves.append(value)
        return None

    def _explained(self, array, run, axis) -> dict | None:
        """The array of the run that these numbers are, as they are, as percent, or on an axis."""
        scales = [(0, 0, 1), (0, 0, 100)] if axis is None else [axis[:3]]
        told = run if axis is None or axis[3] is None else {axis[3]: run[axis[3]]}
        for (log, plus, times), (of, values) in [(s, r) for s in scales for r in told.items()]:
            if values.shape != array.shape:
                continue
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                found = plus + times * (np.log10(values) if log else values.astype(float))
            found[~np.isfinite(found)] = np.nan
            if np.allclose(found.clip(-FAR, FAR), array, 1e-5, 2e-3, equal_nan=True):
                return {"of": of, "log": log, "plus": round(plus, 4), "times": round(times, 4)}
        return None

    def _stored(self, array, pixels: bool) -> dict:
        """Where numbers are kept, pixels to a 32nd; those with the same beginning are kept once."""
        if array.dtype == np.uint8:
            self.bytes.append(array.tobytes())
            self.size += array.size
            return {"bytes": [self.size - array.size, array.size]}
        array = np.array(array, "<f4")
        if pixels:
            array = np.round(array * 32) / 32
        else:
            array.view("<u4")[:] &= ROUGHLY
        key = array.tobytes()
        if key not in self.known:
            begins = (start for start, kept in self.recent if kept[: array.size].tobytes() == key)
            first = next(begins, self.length)
            if first == self.length:
                self.numbers.append(array)
                self.length += array.size
                self.recent = [*self.recent[1 - NEAR :], (first, array)]
            self.known[key] = [first, array.size]
        return {"at": self.known[key]}

    def _coded(self, name, values) -> np.ndarray:
        if name in self.per:
            return np.round(values * self.per[name]).astype("<u2")
        with np.errstate(divide="ignore", invalid="ignore"):
            codes = np.round((np.log(values.astype(float)) - LEAST) * STEP)
        codes = np.where(values == 0, 0, codes.clip(1, NO_NUMBER - 1))
        return np.where(np.isfinite(values), codes, NO_NUMBER).astype("<u2")

    def text(self, **more) -> str:
        """Everything as text: deflated, in base64."""
        templates, holes = self._templates()
        rows = [[row[0], row[1], *(row[2 + i] for i in holes[row[0]])] for row in self.rows[::-1]]
        header = {
            **more,
            "names": self.names,
            "per": self.per,
            "count": self.count,
            "templates": templates,
            "rows": rows,
            "sizes": [self.length, self.count * len(self.codes), self.size],
        }
        head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        head += b" " * (-len(head) % 4)
        parts = [len(head).to_bytes(4, "little"), head, *self.numbers, *self.codes, *self.bytes]
        return b64encode(zlib.compress(b"".join(map(bytes, parts)), 9)).decode()

    def _templates(self):
        """For each shape its tree with what never varies, and the places of what does."""
        templates, holes = [], []
        for shape, number in self.shapes.items():
            rows = [row[2:] for row in self.rows if row[0] == number]
            vary = [i for i, leaves in enumerate(zip(*rows)) if any(x != leaves[0] for x in leaves)]
            place = {i: n for n, i in enumerate(vary)}
            fill = iter(
                {"hole": place[i]} if i in place else leaf for i, leaf in enumerate(rows[0])
            )
            templates.append(json.dumps(_filled(json.loads(shape), fill)))
            holes.append(vary)
        return templates, holes


def _filled(shape, leaves):
    if isinstance(shape, dict):
        return {key: _filled(part, leaves) for key, part in shape.items()}
    if isinstance(shape, list):
        return [_filled(part, leaves) for part in shape]
    return next(leaves)

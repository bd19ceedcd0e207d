"""Whether a page shows what its kernel says, and whether that is what training gives."""

from functools import lru_cache

from helpers import Experiment, range_test, train
from helpers.descent import METHODS, Bowl
from helpers.pictures import (
    DescentScene,
    RangeScene,
    RegionsScene,
    descent_picture,
    range_picture,
    regions_picture,
)
from tests.frames import item, read

import numpy as np
import pytest


def difference(seen: dict, said: dict) -> str | None:
    """Where the page differs from what the kernel says; None where it does not."""
    kinds = [[kind for kind, *_ in told["parts"]] for told in (seen, said)]
    if kinds[0] != kinds[1]:
        return f"the page has {kinds[0]}, the kernel {kinds[1]}"
    for (kind, *shown, stop), (_, *meant) in zip(seen["parts"], said["parts"], strict=True):
        if not same_part(kind, shown, meant, stop):
            return f"a {kind} shows {shown}, but is {meant}"
    for shown, meant in zip(seen["figures"], said["figures"], strict=True):
        if not same(shown, meant):
            return "a picture differs from the one that the kernel sent"
    return None


def same_part(kind: str, shown: list, meant: list, stop: float | None) -> bool:
    """Whether value and being disabled are the same; a slider snaps to the stop that is nearest."""
    if kind == "slider":
        return abs(shown[0] - meant[0]) <= 0.501 * stop and shown[1] == meant[1]
    if kind == "html":
        return shown[0].split() == meant[0].split()
    return shown == meant


def same(shown, meant) -> bool:
    """Whether two frames are the same, number by number."""
    if isinstance(meant, dict):
        return shown is not None and all(same(shown.get(key), meant[key]) for key in meant)
    if isinstance(meant, np.ndarray):
        finite = np.isfinite(meant)  # JSON has no infinity
        return np.shape(shown) == meant.shape and np.array_equal(shown[finite], meant[finite])
    if isinstance(meant, list):
        return len(shown) == len(meant) and all(map(same, shown, meant))
    return shown == meant


trained = lru_cache(maxsize=64)(train)
tested = lru_cache(maxsize=64)(range_test)
range_painter = lru_cache(range_picture)
region_painter = lru_cache(regions_picture)
LOWEST = {"blobs": 0.3, "moons": 0.4, "circles": 0.4, "spiral": 0.3, "digits": 0}
"""Problem: the accuracy where its axis begins."""
path_painter = lru_cache(descent_picture)


def run_of(fields: dict) -> Experiment:
    """An experiment as the kernel wrote it."""
    schedule = fields["schedule"]
    steps = schedule if isinstance(schedule, str) else tuple(map(tuple, schedule))
    return Experiment(**{**fields, "schedule": steps})


def check_picture(seen: dict, said: dict):
    """Hold what is drawn against what training gives for the experiments that the kernel names."""
    if "run" in said:
        check_run({each["name"]: each for each in seen["figures"][0]["items"]}, said)
        check_readout(seen["figures"][0], said)
        check_regions(seen["figures"][1:], said)
    elif "test" in said:
        check_test(seen["figures"][0], said)
    else:
        check_path(seen["figures"][0], said)


def shares(line: dict, problem: str = "blobs") -> np.ndarray:
    """Accuracies that a line shows: its axes have 1 at their top."""
    (_, top, _, height), lowest = line["clip"], LOWEST[problem]
    return 1 - (1 - lowest) * (line["points"][:, 1] - top) / height


def check_run(items: dict, said: dict):
    """Lines of the run, the one before, the pins and the other seeds; the mark of the replay."""
    lines = {"train": (said["run"], "accuracy"), "test": (said["run"], "val_accuracy")}
    lines["previous"] = said["previous"], "val_accuracy"
    lines |= {letter: (run, "val_accuracy") for letter, run in zip("ABCDEF", said["pins"])}
    for name in (*lines, *"ABCDEF"):
        run, curve = lines.get(name, (None, None))
        line = items.get(f"accuracy {name}")
        assert (line is None) == (run is None), name
        if run:
            expected = getattr(trained(run_of(run)), curve)
            np.testing.assert_allclose(
                shares(line, said["run"]["problem"]), expected, atol=1e-4, err_msg=name
            )
    check_band(items, said)
    assert ("replay" in items) == (said["epoch"] is not None)
    if said["epoch"]:
        line = items["accuracy test"]["points"][:, 0]
        assert items["replay"]["points"][0, 0] == pytest.approx(line[said["epoch"] - 1], abs=0.01)
    for name, curve in {"loss train": "loss", "loss test": "val_loss"}.items():
        if name in items:
            check_scale(items[name]["points"][:, 1], getattr(trained(run_of(said["run"])), curve))
    check_rate(items["rate run"]["points"][::2, 1], said)


def check_band(items: dict, said: dict):
    """The middle 80 % of this run and more seeds, and their median."""
    assert ("accuracy median" in items) == bool(said["band"])
    if said["band"]:
        assert len(said["band"]) == said["seeds"] + 1 or not said["rests"]
        runs = [trained(run_of(run)).val_accuracy for run in said["band"]]
        low, middle, high = np.percentile(runs, [10, 50, 90], axis=0)
        median = shares(items["accuracy median"], said["run"]["problem"])
        np.testing.assert_allclose(median, middle, atol=1e-4)
        area = items["accuracy band"]
        edges = shares(area, said["run"]["problem"])
        for epoch in (1, len(low) // 2, len(low)):
            x = items["accuracy median"]["points"][epoch - 1, 0]
            there = edges[np.abs(area["points"][:, 0] - x) < 0.01]
            assert (there.min(), there.max()) == pytest.approx(
                (low[epoch - 1], high[epoch - 1]), abs=1e-4
            )


def check_rate(heights: np.ndarray, said: dict):
    """On an axis that is linear or logarithmic; heights: in pixels, a stair for each epoch."""
    check_scale(heights, trained(run_of(said["run"])).learning_rate, said["linear_rate"])


def check_scale(heights: np.ndarray, values: np.ndarray, linear: bool = False):
    """Whether heights in pixels are values, on an axis that is linear or logarithmic."""
    values = values.astype(float)
    assert len(heights) == len(values)
    if np.ptp(values) and values.min() > 0:
        places = values if linear else np.log10(values)
        line = np.polyfit(places, heights, 1)
        assert line[0] < 0, "what is more is higher up"
        np.testing.assert_allclose(np.polyval(line, places), heights, atol=0.1)


def check_readout(frame: dict, said: dict):
    """What pointing at the picture says are the run's own numbers."""
    run = trained(run_of(said["run"]))
    columns = {each["name"]: each["values"] for each in frame["readout"]["columns"]}
    for name, values in {
        "train accuracy": 100 * run.accuracy,
        "test accuracy": 100 * run.val_accuracy,
        "learning rate": run.learning_rate,
    }.items():
        np.testing.assert_allclose(columns[name], values, rtol=1e-6, err_msg=name)


def check_regions(figures: list, said: dict):
    """What the network of the replay's epoch predicts over the plane."""
    run = trained(run_of(said["run"]))
    assert len(figures) == (said["regions"] and run.problem.features == 2)
    for frame in figures:
        scene = RegionsScene(run, said["epoch"] or len(run.loss))
        expected = item(region_painter().draw(scene).frame, "regions")
        (shown,) = (each for each in frame["items"] if each["name"] == "regions")
        np.testing.assert_array_equal(shown["indexes"], expected["indexes"])


def check_test(frame: dict, said: dict):
    """The range test, the one before, and what is read off."""
    test, before = (run and tested(run_of(run)) for run in (said["test"], said["test_before"]))
    items = {each["name"]: each for each in frame["items"]}
    scene = RangeScene(test, before, items["title"]["text"])
    assert same(frame, read(range_painter().draw(scene).frame))


def check_path(frame: dict, said: dict):
    """The path of gradient descent."""
    values = said["values"]
    curvatures, start, angle = values["surface"]
    bowl = Bowl(tuple(curvatures), tuple(start), angle)
    method = values["optimizer"]
    momentum = 0.0 if "optimizer" in METHODS[method] else values["momentum"]
    scene = DescentScene(bowl, values["learning_rate"], momentum, said["steps"], method)
    assert same(frame, read(path_painter(bowl).draw(scene).frame))

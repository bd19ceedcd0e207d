"""Record an explorer: move its controls from stop to stop, and keep what it would show at each of them."""

from itertools import compress, product

from helpers.pictures.frame import read
from helpers.widgets.descent import DescentExplorer
from tools.pages.knobs import words_of
from tools.pages.stops import RECORDERS
from tools.pages.store import Recording

from matplotlib.lines import Line2D

GHOSTS = {
    "accuracy previous": "val_accuracy",
    "loss previous": "val_loss",
    "rate previous": "learning_rate",
    "range previous": "mean",
}
"""Line of the run before: the array that it shows."""


def axes_of(picture) -> dict:
    """For each line by name: whether its axis is logarithmic, pixels = plus + times value, its ghost."""
    found = {}
    for line in picture.moving:
        if (
            isinstance(line, Line2D)
            and line.get_gid()
            and line.get_transform() == line.axes.transData
        ):
            log = line.axes.get_yscale() == "log"
            ends = line.axes.transData.transform([(1, 1), (1, 10)] if log else [(1, 0), (1, 1)])
            (_, zero), (_, one) = ends
            name = line.get_gid()
            plus, times = float(picture.height - zero), float(zero - one)
            found[name] = int(log), plus, times, GHOSTS.get(name)
    return found


def record(explorer, most: int | None = None) -> str:
    """The recording of an explorer as text; most: how many stops a slider may have, to be quicker.

    ValueError where a goal is met at none of all the stops.
    """
    recorder = RECORDERS[type(explorer)](explorer, most)
    recording, svgs, missed = Recording(recorder.names, recorder.per), {}, set(recorder.goals)
    names = [knob.name for knob in recorder.knobs]
    every = product(*(knob.values for knob in recorder.knobs))
    alike = {}
    for stop in recorder.stops(dict(zip(names, each)) for each in reversed([*every])):
        place = len(recording.rows)
        first = place if stop.alike is None else alike.setdefault(stop.alike, place)
        if first < place:
            recording.rows.append(recording.rows[first])
            continue
        look, figures = explorer.look(stop.state), []
        for widget in recorder.figures(stop.state):
            drawn = look[widget]
            pair = [svgs.setdefault(drawn[name], len(svgs)) for name in ("background", "dark")]
            figures.append({"axes": pair, "frame": read(drawn["frame"])})
        said = look[explorer.status]["value"]
        tree = {"figures": figures, "said": said, **recorder.beside(stop.state)}
        missed -= {*compress(recorder.goals, tree["met"])}
        recording.add(tree, stop.key, stop.arrays, axes_of(pictured(explorer, stop.state)))
    if missed and most is None:
        raise ValueError(f"No stop of the page meets the goals {sorted(missed)}.")
    sizes = [
        {name: getattr(widget, name) for name in ("width", "height", "label")}
        for widget in recorder.figures(explorer.state)
    ]
    knobs = [knob._asdict() | {"values": words_of(knob)} for knob in recorder.knobs]
    return recording.text(knobs=knobs, figures=sizes, goals=recorder.goals, svgs=[*svgs])


def pictured(explorer, state):
    """The picture whose lines show runs."""
    return (
        explorer.pictures[state.bowl] if isinstance(explorer, DescentExplorer) else explorer.picture
    )

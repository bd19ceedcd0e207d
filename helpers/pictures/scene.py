"""What a picture of a run shows, as a value, and the lines that panels draw of it."""

from dataclasses import dataclass, field

from helpers.experiment import History
from helpers.pictures.themes import GHOST as GHOST_GREY
from helpers.plots import BLACK, PURPLE, SKY, VERMILION, epochs_of

GHOST = {"color": GHOST_GREY, "linewidth": 1.1, "zorder": 1}
PIN_STYLES = [
    (PURPLE, (0, (6, 1.5))),
    (SKY, "-"),
    (VERMILION, (0, (3, 1, 1, 1))),
    (BLACK, (0, (1, 1))),
    ("#8C6BB1", "-"),
    ("#7F6000", (0, (6, 1.5))),
]
"""Colour and line style of the pinned runs, one for each of the letters."""
LETTERS = "ABCDEF"
SMALL_NOTE = {"ha": "right", "fontsize": 8.5}


@dataclass
class Scene:
    """What the picture shows: the run itself and whatever stands beside it."""

    history: History
    title: str = ""
    previous: History | None = None
    band: list[History] = field(default_factory=list)
    pins: list[History] = field(default_factory=list)
    epoch: int | None = None  # where the replay stands, counted from 1
    linear_rate: bool = False  # the axis of the learning rate is not logarithmic
    over_updates: bool = False  # the last axis counts updates, not epochs
    runs_wanted: int = 0  # in the band; where fewer are there, the machine is busy

    @property
    def runs(self) -> list[History]:
        """Those that have a line of their own."""
        return [self.history, *([self.previous] if self.previous else []), *self.pins]


def move_line(line, history: History | None, name: str):
    """Put one array of a History on a line, or hide the line."""
    line.set_visible(history is not None)
    if history is not None and getattr(line, "shown", None) != (history, name):
        line.shown = None
        line.set_data(epochs_of(history), getattr(history, name))
        line.shown = history, name  # a pinned run stays: half of a picture's time


def pin_lines(ax, name: str):
    """Make a line for each letter."""
    return [
        ax.plot([], [], color=colour, ls=dashes, linewidth=1.3, gid=f"{name} {letter}")[0]
        for letter, (colour, dashes) in zip(LETTERS, PIN_STYLES, strict=True)
    ]


def show_pins(lines, scene: Scene, name: str):
    """Put one array of each pinned run on its line."""
    runs = [*scene.pins, *[None] * len(lines)]
    for line, run in zip(lines, runs, strict=False):
        move_line(line, run, name)

"""The explorer of gradient descent: step, run and reset on a parabola or in a ravine."""

import asyncio
from dataclasses import dataclass, replace

from helpers.descent import METHODS, PARABOLA, RAVINE, TURNED_RAVINE, Bowl
from helpers.experiment import KINDS
from helpers.fields import Span
from helpers.pictures import DescentScene, descent_picture
from helpers.pictures.bowl import HIGHEST_RATE, LEFT, LOWEST_RATE, MOST_STEPS
from helpers.pictures.stills import still_bundle
from helpers.widgets.number import FOLDING, LABEL_WIDTH, NumberControl
from helpers.widgets.stage import Stage
from helpers.widgets.turn import TURN, cancel, running_loop
from helpers.widgets.words import status_line

import ipywidgets as widgets

SURFACES = {
    "parabola, curvature 1": PARABOLA,
    "ravine, curvatures 1 and 20": RAVINE,
    "the same ravine, turned by 45°": TURNED_RAVINE,
}
RATE = replace(KINDS["learning_rate"], span=Span(LOWEST_RATE, HIGHEST_RATE, 0.05, log=True))


FIRST_RATES = {PARABOLA: 0.3, RAVINE: 0.09, TURNED_RAVINE: 0.09}
"""Where the learning rate starts: within the limit, 2 and 0.1."""


@dataclass(frozen=True)
class State:
    """Where to walk, how, and how far."""

    bowl: Bowl = PARABOLA
    method: str = "SGD"
    learning_rate: float = FIRST_RATES[PARABOLA]
    momentum: float = 0.0
    steps: int = 10

    @property
    def has_momentum(self) -> bool:
        """Whether the momentum has an effect."""
        return "optimizer" not in METHODS[self.method]

    @property
    def scene(self) -> DescentScene:
        """The path."""
        momentum = self.momentum if self.has_momentum else 0.0
        return DescentScene(self.bowl, self.learning_rate, momentum, self.steps, self.method)


class DescentExplorer(Stage):
    """Optimizer, learning rate and momentum over gradient descent, step by step."""

    interrupted = "Interrupted: this is still the path before."

    def __init__(self, surface: Bowl = PARABOLA):
        """Show the first steps on the surface."""
        super().__init__()
        self.task = None
        with self.whole_or_nothing():
            self._build(surface)
            self.begin(lambda: State(surface, learning_rate=FIRST_RATES[surface]))

    def _build(self, surface):
        self.surface = self._list("surface", list(SURFACES.items()))
        self.method = self._list("optimizer", list(METHODS))
        self.rate = NumberControl(self, "learning_rate", RATE, self._setter("learning_rate"))
        self.momentum = NumberControl(self, "momentum", KINDS["momentum"], self._setter("momentum"))
        self.follow(self.surface, self._setter("bowl"))
        self.follow(self.method, self._setter("method"))
        self.pictures = {bowl: descent_picture(bowl) for bowl in SURFACES.values()}
        label = "Path of gradient descent on the surface; the sentence below says the result"
        self.figure = self.figure_of(self.pictures[surface], label, "explorer-figure")
        most = f"Steps until it arrives, at most {MOST_STEPS}"
        buttons = [
            self.button("Step", "One step down the gradient", self.step, "explorer-step"),
            self.button("Run", most, self.run, "explorer-run"),
            self.button("Reset", "Back to the start", self.reset, "explorer-reset"),
        ]
        row = self.kit(widgets.HBox, children=buttons, layout={"flex_flow": "row wrap"})
        controls = [self.surface, self.method, self.rate.widget, self.momentum.widget]
        self.children = [*controls, row, self.figure, self.status]

    def _list(self, name, options):
        return self.kit(
            widgets.Dropdown,
            f"control-{name}",
            options=options,
            description=name,
            style={"description_width": LABEL_WIDTH},
            layout={"width": "350px", **FOLDING},
        )

    def _setter(self, field):
        """An action that sets a field of the state, and ends a run that is under way."""

        def set_field(value):
            self._stop()
            if value is None:  # only a message can choose nothing
                raise ValueError(f"{field} is None, but must be chosen from the list.")
            return replace(self.state, **{field: value})

        return set_field

    def _walk(self, steps: int) -> bool:
        """Show so many steps; whether that went well."""
        return self.attempt(lambda: replace(self.state, steps=min(steps, MOST_STEPS)))

    def step(self):
        """Take one more step."""
        self._stop()
        self._walk(self.state.steps + 1)

    def reset(self):
        """Go back to where the path starts."""
        self._stop()
        self._walk(0)

    def run(self):
        """Take step after step until the path arrives, or leaves; all at once without an event loop."""
        self._stop()
        if loop := running_loop():
            self.task = loop.create_task(self._run())
        else:
            self._walk(MOST_STEPS)

    async def _run(self):
        on_its_way = self._walk(0)
        while on_its_way:
            await asyncio.sleep(0.07)
            with TURN:  # what ends a run may come from another thread
                on_its_way = self.task is asyncio.current_task() and self._walk_on()

    def _walk_on(self) -> bool:
        """Take the next step; whether one was left to take and that went well."""
        scene, steps = self.state.scene, self.state.steps
        left = not scene.arrived and scene.heights[-1] < LEFT and steps < MOST_STEPS
        return left and self._walk(steps + 1)

    def _stop(self):
        if self.task:
            cancel(self.task)
            self.task = None

    def look(self, state: State) -> dict:
        """Everything that is shown."""
        scene = state.scene
        return {
            self.figure: self.pictures[state.bowl].draw(scene)._asdict(),
            self.status: {"value": status_line(scene.sentence)},
            self.surface: {"value": state.bowl},
            self.method: {"value": state.method},
            **self.rate.look(state.learning_rate),
            **self.momentum.look(state.momentum, not state.has_momentum),
        }

    def close(self):
        """Close all models, and walk no further."""
        self._stop()
        super().close()

    def without_kernel(self) -> dict:
        """Static picture, and a text that never varies."""
        with TURN:
            still = self.pictures[self.state.bowl].still(self.state.scene)
        values = f"{self.surface.label}; {self.state.method}"
        return still_bundle([still], "Explorer of gradient descent", values)


def explore_descent(surface: Bowl = PARABOLA) -> DescentExplorer:
    """Gradient descent on a parabola or in a ravine: step, run, reset; optimizer, rate, momentum.

    surface: where to start, the parabola, RAVINE or TURNED_RAVINE
    """
    if not isinstance(surface, Bowl) or surface not in SURFACES.values():
        raise ValueError(
            f"surface is {surface!r}, but must be RAVINE or TURNED_RAVINE, or left out."
        )
    return DescentExplorer(surface)

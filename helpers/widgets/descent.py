"""The explorer of gradient descent: step, run and reset on a parabola or in a ravine."""

import asyncio
from html import escape

from helpers.descent import PARABOLA, RAVINE
from helpers.widgets.bowl import (
    ARRIVED,
    HIGHEST_RATE,
    LEFT,
    LOWEST_RATE,
    MOST_STEPS,
    DescentScene,
    PathPanel,
    RegimePanel,
)
from helpers.widgets.number import NumberControl, Range
from helpers.widgets.picture import ImageWithTitle, Picture, still_bundle
from helpers.widgets.turn import in_turn
from helpers.widgets.words import status_line

import ipywidgets as widgets

SURFACES = {"parabola, curvature 1": PARABOLA, "ravine, curvatures 1 and 20": RAVINE}
RATES = Range(LOWEST_RATE, HIGHEST_RATE, 0.05, log=True)
FIRST_STEPS = 10
WIDTH, HEIGHT = 560, 400


class DescentExplorer(widgets.VBox):
    """Learning rate and momentum over gradient descent, step by step."""

    def __init__(self):
        """Show the first steps on the parabola."""
        self.steps, self.task = FIRST_STEPS, None
        self.surface = widgets.Dropdown(
            options=SURFACES,
            description="surface",
            style={"description_width": "100px"},
            layout=widgets.Layout(width="330px", max_width="100%"),
        ).add_class("control-surface")
        self.rate = NumberControl("learning_rate", 0.3, self._changed, self.say, RATES)
        self.momentum = NumberControl("momentum", 0.0, self._changed, self.say)
        self.pictures = {
            bowl: Picture([PathPanel(bowl), RegimePanel()], WIDTH, HEIGHT, share_x=False)
            for bowl in SURFACES.values()
        }
        self.image = ImageWithTitle(
            WIDTH, "Path of gradient descent on the surface; the sentence below says the result"
        ).add_class("explorer-figure")
        self.status = widgets.HTML().add_class("explorer-status")
        self.surface.observe(self._changed, "value")
        buttons = widgets.HBox(layout=widgets.Layout(flex_flow="row wrap"))
        buttons.children = [
            self._button("Step", "One step down the gradient", self.step),
            self._button("Run", f"Steps until it arrives, at most {MOST_STEPS}", self.run),
            self._button("Reset", "Back to the start", self.reset),
        ]
        super().__init__([self.surface, self.rate, self.momentum, buttons, self.image, self.status])
        self.add_class("explorer")
        self.draw()

    def _button(self, name, tooltip, action):
        button = widgets.Button(
            description=name, tooltip=tooltip, layout=widgets.Layout(width="90px")
        ).add_class(f"explorer-{name.lower()}")
        button.on_click(lambda _: action())
        return button

    def _changed(self, _):
        self._stop()
        self.draw()

    def step(self):
        """Take one more step."""
        self._stop()
        self.steps = min(self.steps + 1, MOST_STEPS)
        self.draw()

    def reset(self):
        """Go back to where the path starts."""
        self._stop()
        self.steps = 0
        self.draw()

    def run(self):
        """Take step after step until the path arrives, or leaves; all at once without an event loop."""
        self._stop()
        try:
            self.task = asyncio.get_running_loop().create_task(self._run())
        except RuntimeError:
            self.steps = MOST_STEPS
            self.draw()

    async def _run(self):
        self.steps = 0
        while self.draw() and self.steps < MOST_STEPS:
            await asyncio.sleep(0.07)
            self.steps += 1

    def _stop(self):
        if self.task:
            self.task.cancel()
            self.task = None

    @in_turn
    def draw(self) -> bool:
        """Draw the path and say where it is; whether it is still on its way."""
        bowl = self.surface.value
        scene = DescentScene(bowl, self.rate.value, self.momentum.value, self.steps)
        self.image.value = self.pictures[bowl].draw(scene)
        self.say(scene.sentence)
        return ARRIVED < scene.heights[-1] < LEFT

    def say(self, sentence: str):
        """Write a sentence under the picture."""
        self.status.value = status_line(escape(sentence))

    def _repr_mimebundle_(self, **kwargs):
        """Live view, static picture for readers without a kernel, and a text that never varies."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return still_bundle(bundle, [self.image.value], "Explorer of gradient descent")


def explore_descent() -> DescentExplorer:
    """Gradient descent on a parabola or in a ravine: step, run, reset, with rate and momentum."""
    return DescentExplorer()

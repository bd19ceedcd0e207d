"""The explorer of gradient descent: step, run and reset on a parabola or in a ravine."""

import asyncio
import base64
from html import escape

from helpers.descent import (
    PARABOLA,
    RAVINE,
    Bowl,
    descend,
    diverges_above,
    oscillates_above,
    regime,
)
from helpers.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from helpers.widgets.controls import NumberControl, Range
from helpers.widgets.picture import ImageWithTitle, Picture
from helpers.widgets.words import shown, status_line

import ipywidgets as widgets
import numpy as np

SURFACES = {"parabola, curvature 1": PARABOLA, "ravine, curvatures 1 and 20": RAVINE}
RATES = Range(1e-3, 10, 0.05, log=True)
MOST_STEPS = 100
FIRST_STEPS = 10
ARRIVED, LEFT = 1e-4, 1e4  # losses at which a path is over
WIDTH, HEIGHT = 560, 400


class DescentScene:
    """A bowl and a path on it, with the sentence above the picture."""

    def __init__(self, bowl: Bowl, learning_rate: float, momentum: float, steps: int):
        """Walk the path."""
        self.bowl, self.learning_rate, self.momentum = bowl, learning_rate, momentum
        self.path = descend(bowl, learning_rate, momentum, steps)
        self.regime = regime(bowl, learning_rate, momentum)
        self.title = (
            f"learning rate {shown(learning_rate)}, momentum {shown(momentum)}: {self.regime}"
        )

    @property
    def sentence(self) -> str:
        """Where the path is, and the boundary for its momentum."""
        steps, loss = len(self.path) - 1, self.heights[-1]
        end = ""
        if loss <= ARRIVED:
            end = " It has arrived."
        elif loss >= LEFT:
            end = " It has left the picture."
        elif steps == MOST_STEPS:
            end = " It has not arrived yet."
        boundary = diverges_above(max(self.bowl.curvatures), self.momentum)
        return (
            f"After {steps} step{'s' * (steps != 1)} the loss is {loss:.3g} (at the start "
            f"{self.heights[0]:.3g}).{end} The learning rate {shown(self.learning_rate)} is "
            f"{self.regime}; above {boundary:.3g}, every path diverges."
        )

    @property
    def heights(self) -> np.ndarray:
        """How high the path is at each of its points."""
        return self.bowl.height(self.path)


class PathPanel:
    """The surface with the path on it: a curve from the side, a ravine from above."""

    height = 3

    def __init__(self, bowl: Bowl):
        """Remember the surface."""
        self.bowl = bowl

    def build(self, ax):
        """Draw the surface."""
        ax.set_xlim(-5, 5)
        ax.grid(visible=False)
        ax.set_xlabel("weight")
        w1 = np.linspace(-5, 5, 201)
        if len(self.bowl.curvatures) == 1:
            ax.plot(w1, self.bowl.height(w1[:, None]), color=GREY)
            ax.set_ylabel("loss")
            ax.set_ylim(-0.8, 13)
        else:
            w2 = np.linspace(-1.6, 1.6, 101)
            grid = np.stack(np.meshgrid(w1, w2), axis=-1)
            levels = np.geomspace(0.1, 30, 9)
            ax.contour(w1, w2, self.bowl.height(grid), levels, colors=GREY, linewidths=0.7)
            ax.set_ylabel("second weight")
        self.path = ax.plot([], [], "o-", color=BLUE, markersize=4, linewidth=1)[0]
        self.last = ax.plot([], [], "o", color=VERMILION, markersize=9)[0]
        return [self.path, self.last]

    def show(self, scene: DescentScene) -> bool:
        """Move the path."""
        first = scene.path[:, 0]
        second = scene.heights if len(scene.bowl.curvatures) == 1 else scene.path[:, 1]
        self.path.set_data(first, second)
        self.last.set_data(first[-1:], second[-1:])
        return False


class RegimePanel:
    """All learning rates on one line: where paths creep, oscillate, diverge; and the one chosen."""

    height = 0.45

    def build(self, ax):
        """Draw the line of rates."""
        ax.set_xscale("log")
        ax.set_xlim(RATES.first, RATES.last)
        ax.set_ylim(0, 1)
        ax.set_yticks([])
        ax.set_xlabel("learning rate")
        ax.grid(visible=False)
        self.ax, self.zones, self.momentum = ax, [], None
        self.rate = ax.axvline(1, color=BLACK, linewidth=2.5)
        return [self.rate]

    def show(self, scene: DescentScene) -> bool:
        """Move the mark; True where the zones have moved with the momentum."""
        self.rate.set_xdata([scene.learning_rate] * 2)
        if scene.momentum == self.momentum:
            return False
        self.momentum = scene.momentum
        for zone in self.zones:
            zone.remove()
        steepest = max(scene.bowl.curvatures)
        swings, boundary = (f(steepest, self.momentum) for f in (oscillates_above, diverges_above))
        edges = np.clip([RATES.first, swings, boundary, RATES.last], RATES.first, RATES.last)
        self.zones = []
        names = ("creeps", "oscillates", "diverges")
        for left, right, colour, name in zip(
            edges, edges[1:], (GREEN, ORANGE, VERMILION), names, strict=False
        ):
            self.zones.append(self.ax.axvspan(left, right, color=colour, alpha=0.3, linewidth=0))
            if right > left:
                above = 0.5 if right > 3 * left else 1.4  # beside the strip where it is too narrow
                middle = np.sqrt(left * right)
                text = self.ax.text(middle, above, name, ha="center", va="center", fontsize=9)
                self.zones.append(text)
        return True


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
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["image/png"] = base64.b64encode(self.image.value).decode()
        bundle["text/plain"] = "Explorer of gradient descent"
        return bundle


def explore_descent() -> DescentExplorer:
    """Gradient descent on a parabola or in a ravine: step, run, reset, with rate and momentum."""
    return DescentExplorer()

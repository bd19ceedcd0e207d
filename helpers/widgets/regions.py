"""Decision regions beside the curves, with a replay of the training."""

import asyncio
from dataclasses import replace

from helpers.experiment import History
from helpers.pictures import Drawing, RegionsScene, regions_picture
from helpers.widgets.later import Later
from helpers.widgets.pace import PACE
from helpers.widgets.turn import running_loop

import ipywidgets as widgets

WIDTH = 350  # pixels of the page
REST = 0.2  # seconds without a move before regions are drawn that a busy machine left
PLAYING = "playing" if widgets.Play.class_traits().get("playing") else "_playing"
"""Whether a Play plays: the name of the trait, in ipywidgets 8 or 7."""


class Regions:
    """What the network predicts over the plane, after the last epoch or the one of the replay.

    Only where the network has two inputs; elsewhere the button that shows them rests. On a busy machine a
    move leaves them: those of an earlier run stay, and say so, until the slider rests.
    """

    def __init__(self, stage, beside):
        """Make picture, replay and button; beside: the figure that they stand next to."""
        self.stage, self.last, kit = stage, stage.start.epochs, stage.kit
        self.picture, self.drawn, self.later = regions_picture(), (None, None), Later()
        label = "Decision regions of the network, with the test points"
        self.figure = stage.figure_of(self.picture, label, "explorer-regions")
        self.button = kit(
            widgets.ToggleButton,
            "explorer-show-regions",
            description="Decision regions",
            tooltip="Show what the network predicts over the plane",
            layout={"width": "auto"},
        )
        column = [self.figure, self._replay()]
        column = kit(widgets.VBox, children=column, layout={"max_width": "100%"})
        self.alone, self.together = (beside,), (beside, column)
        self.widget = kit(widgets.HBox, layout={"flex_flow": "row wrap"})
        stage.follow(self.button, lambda shown: stage.choose("regions", bool(shown)))
        stage.follow(self.epoch, self._replayed)

    def _replay(self):
        """Make Play and slider, which begin with the same value.

        Otherwise the front end would link one to the other and send that back as a move.
        """
        kit, value = self.stage.kit, {"value": self.last, "max": self.last}
        self.play = kit(
            widgets.Play,
            "explorer-play",
            min=2 - self.last % 2,  # so that steps of two end at the last epoch
            step=2,
            interval=80,
            show_repeat=False,
            layout={"width": "84px"},
            **value,
        )
        self.play.tooltip = "Replay the training"
        self.epoch = kit(
            widgets.IntSlider,
            "control-epoch",
            min=1,
            description="epoch",
            style={"description_width": "44px"},
            layout={"flex": "1 1 auto", "width": "auto", "min_width": "120px"},
            **value,
        )
        kit.keep(widgets.jslink((self.play, "value"), (self.epoch, "value")))
        children = [self.play, self.epoch]
        return kit(widgets.HBox, children=children, layout={"max_width": f"{WIDTH}px"})

    def _replayed(self, epoch):
        epoch = None if epoch == self.last else epoch
        return replace(self.stage.state, epoch=epoch, regions_of=None)

    def left(self, before) -> History | None:
        """The run whose regions a move from this state leaves on the picture; None where it draws its own."""
        late = before.regions and PACE.busy and running_loop()
        return (before.regions_of or before.history) if late else None

    def rest(self, state):
        """Draw what was left, once the slider rests."""
        if state.regions_of:
            self.later.start(state.history, lambda: self._follow(state.history))
        else:
            self.later.cancel()

    async def _follow(self, history):
        await asyncio.sleep(REST)
        self.stage.attempt(self._followed, history)

    def _followed(self, history):
        state = self.stage.state
        return state if state.history is not history else replace(state, regions_of=None)

    def scene(self, state) -> RegionsScene | None:
        """What the picture shows; None where there is none."""
        shown = state.regions_of or state.history
        if state.regions and state.history.problem.features == shown.problem.features == 2:
            return RegionsScene(shown, state.epoch or self.last, shown is not state.history)
        return None

    def _drawing(self, scene) -> Drawing:
        """The picture, drawn where it is another than the last one."""
        if scene != self.drawn[0]:
            self.drawn = scene, self.picture.draw(scene)
        return self.drawn[1]

    def look(self, state) -> dict:
        """Picture, button and where the replay stands; at its end it stops."""
        scene, epoch = self.scene(state), state.epoch or self.last
        unseen = state.history.problem.features != 2
        look = {
            self.button: {"value": state.regions, "disabled": unseen},
            self.widget: {"children": self.together if scene else self.alone},
            self.epoch: {"value": epoch},
        }
        if scene:
            look[self.figure] = self._drawing(scene)._asdict()
        if state.epoch is None:
            look[self.play] = {PLAYING: False, "value": epoch}
        return look

"""Decision regions beside the curves, with a replay of the training."""

import asyncio
from collections.abc import Callable

from helpers.experiment import History
from helpers.plots import BLACK, BLUE, GREEN, ORANGE, decision_colours, plane_around, plot_classes
from helpers.problems import problem
from helpers.widgets.picture import SCALE, ImageWithTitle, palette_of, png
from helpers.widgets.turn import in_turn

import ipywidgets as widgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WIDTH, HEIGHT = 350, 372
AFTER_THE_CURVES = 0.05  # seconds
PALETTE = palette_of([BLUE, ORANGE, GREEN, BLACK], 63)


class Regions(widgets.VBox):
    """What the network predicts over the plane, after the last epoch or the one of the replay."""

    def __init__(self, epochs: int, on_epoch: Callable):
        """`on_epoch(epoch)` hears where the replay stands, None at its end.

        Play and slider begin with the same value: the front end would link one to the other and
        send that back as a move.
        """
        self.on_epoch = on_epoch
        self.history = self.pending = None
        self._draw_axes()
        self.image = ImageWithTitle(WIDTH, "Decision regions of the network, with the test points")
        self.image.add_class("explorer-regions")
        self.play = widgets.Play(
            value=epochs,
            min=2 - epochs % 2,  # so that steps of two end at the last epoch
            max=epochs,
            step=2,
            interval=80,
            show_repeat=False,
            tooltip="Replay the training",
            layout=widgets.Layout(width="84px"),
        ).add_class("explorer-play")
        self.epoch = widgets.IntSlider(
            value=epochs,
            min=1,
            max=epochs,
            description="epoch",
            style={"description_width": "44px"},
            layout=widgets.Layout(flex="1 1 auto", width="auto", min_width="120px"),
        ).add_class("control-epoch")
        widgets.jslink((self.play, "value"), (self.epoch, "value"))
        self.epoch.observe(self._replayed, "value")
        replay = widgets.HBox(
            [self.play, self.epoch], layout=widgets.Layout(max_width=f"{WIDTH}px")
        )
        super().__init__(
            [self.image, replay], layout=widgets.Layout(display="none", max_width="100%")
        )

    @property
    def visible(self) -> bool:
        """Whether the regions stand beside the curves."""
        return self.layout.display != "none"

    def set_visible(self, visible: bool):
        """Show the regions, or hide them and end the replay."""
        self.layout.display = "flex" if visible else "none"
        if visible and self.history:
            self._draw()
        elif not visible:
            self.play.playing = False
            self.epoch.value = self.epoch.max

    def show(self, history: History):
        """Show the end of a run."""
        self.history = None  # the slider's own moves below are no replay
        self.play.playing = False
        self.play.value = self.epoch.value = self.epoch.max
        self.history = history
        if self.visible:
            self._draw_soon()

    @in_turn
    def _replayed(self, change):
        if self.history:
            self._draw()
            epoch = change["new"]
            self.on_epoch(None if epoch == self.epoch.max else epoch)

    def _draw_soon(self):
        """Draw when the browser has had time to show the curves, which come first."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._draw()
        else:
            self.pending = self.pending or loop.call_later(AFTER_THE_CURVES, self.draw_pending)

    @in_turn
    def draw_pending(self):
        """Draw now what was to be drawn soon."""
        if self.pending:
            self.pending.cancel()
            self.pending = None
            self._draw()

    def _draw_axes(self):
        data = problem().data
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100 * SCALE)
        self.canvas = FigureCanvasAgg(figure)
        ax = figure.add_axes([58 / WIDTH, 44 / HEIGHT, 1 - 68 / WIDTH, 1 - 102 / HEIGHT])
        self.extent = plane_around(data.testX)
        blank = np.full((2, 2, 3), 255, "uint8")
        self.colours = ax.imshow(blank, extent=self.extent, origin="lower", animated=True)
        plot_classes(ax, data.testX, data.testy, size=9)
        ax.set_aspect("auto")
        ax.grid(visible=False)
        ax.locator_params(steps=[5])
        self.points = list(ax.collections)
        for points in self.points:
            points.set_animated(True)
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(-0.03, 1.11),
            ncols=3,
            handletextpad=0,
            columnspacing=1,
        )
        self.title = figure.text(58 / WIDTH, 1 - 19 / HEIGHT, "", fontsize=11, animated=True)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(figure.bbox)

    def _draw(self):
        epoch = self.epoch.value
        weights = [array[epoch - 1] for array in self.history.weights_by_epoch]
        accuracy = self.history.val_accuracy[epoch - 1]
        self.colours.set_data(decision_colours(weights, self.extent, pixels=120))
        self.title.set_text(f"epoch {epoch}: test accuracy {accuracy:.0%}".replace("%", " %"))
        self.canvas.restore_region(self.background)
        for artist in (self.colours, *self.points, self.title):
            artist.draw(self.canvas.get_renderer())
        self.image.value = png(self.canvas, PALETTE)

"""Pictures: what an explorer or a page shows of a run, drawn by panels; no widgets in here."""

from helpers.pictures.bowl import DescentScene, PathPanel, RegimePanel
from helpers.pictures.panels import AccuracyPanel, LossPanel, RatePanel
from helpers.pictures.picture import Drawing, Picture
from helpers.pictures.plateau import MonitorPanel, WaitPanel, WatchedLossPanel
from helpers.pictures.range_panel import RangePanel, RangeScene
from helpers.pictures.regions import RegionsPanel, RegionsScene
from helpers.pictures.scene import LETTERS, PIN_STYLES, Scene

__all__ = [
    "LETTERS",
    "PIN_STYLES",
    "DescentScene",
    "Drawing",
    "Picture",
    "RangeScene",
    "RegionsScene",
    "Scene",
    "bare_curves_picture",
    "curves_picture",
    "descent_picture",
    "range_picture",
    "regions_picture",
]

WIDTH = 560  # pixels of the page


def curves_picture(plateau: bool = False, loss: bool = False) -> Picture:
    """The curves of a run, for a Scene; plateau: with what ReduceLROnPlateau sees."""
    losses = [LossPanel()] * loss
    if plateau:
        losses = [WatchedLossPanel() if loss else MonitorPanel(), WaitPanel()]
    panels = [AccuracyPanel(), *losses, RatePanel()]
    return Picture(panels, WIDTH, round(150 + 85 * sum(panel.height for panel in panels)))


def bare_curves_picture() -> Picture:
    """The curves of a run alone: its rate would tell too much."""
    picture = Picture([AccuracyPanel(), LossPanel()], WIDTH, 560)
    picture.figure.axes[-1].set_xlabel("epoch")
    return picture


def regions_picture() -> Picture:
    """Decision regions, for a RegionsScene of a problem with two inputs."""
    return Picture([RegionsPanel()], 350, 372)


def descent_picture(bowl) -> Picture:
    """A path on a bowl, for a DescentScene."""
    return Picture([PathPanel(bowl), RegimePanel()], WIDTH, 400, share_x=False)


def range_picture() -> Picture:
    """A range test, for a RangeScene."""
    return Picture([RangePanel()], WIDTH, 380)

"""The curves of a run: what the panels of accuracy and of loss have in common."""

from helpers.pictures.scene import GHOST, Scene, move_line, pin_lines, show_pins
from helpers.plots import CURVES, ORANGE, VERMILION, epochs_of

import numpy as np


class CurvesPanel:
    """Train and test curve of a run; test curves of the run before, of more seeds, of pinned runs."""

    name = "accuracy"  # or "loss": an array of History, beside val_accuracy or val_loss

    def build_curves(self, ax) -> list:
        """Make the lines, in the order in which they are drawn."""
        self.ax, test = ax, f"val_{self.name}"
        self.ghost = ax.plot([], [], **GHOST, gid=f"{self.name} previous")[0]
        self.band = ax.fill_between([], [], [], color=ORANGE, alpha=0.22, linewidth=0)
        self.band.set_gid(f"{self.name} band")
        dotted = {"color": VERMILION, "linewidth": 1.1, "linestyle": (0, (1, 1))}
        self.median = ax.plot([], [], **dotted, gid=f"{self.name} median")[0]
        self.train = ax.plot([], [], **CURVES[self.name], gid=f"{self.name} train")[0]
        self.test = ax.plot([], [], **CURVES[test], gid=f"{self.name} test")[0]
        self.pins = pin_lines(ax, self.name)
        return [self.band, self.ghost, *self.pins, self.median, self.train, self.test]

    def show_curves(self, scene: Scene):
        """Move every line."""
        test = f"val_{self.name}"
        move_line(self.ghost, scene.previous, test)
        move_line(self.train, scene.history, self.name)
        move_line(self.test, scene.history, test)
        show_pins(self.pins, scene, test)
        self.band.set_visible(bool(scene.band))
        self.median.set_visible(bool(scene.band))
        if scene.band:
            curves = np.array([getattr(history, test) for history in scene.band])
            with np.errstate(invalid="ignore"):  # runs that diverged
                low, middle, high = np.percentile(curves, [10, 50, 90], axis=0)
            epochs = epochs_of(scene.band[0])
            self.band.set_data(epochs, low, high)
            self.median.set_data(epochs, middle)

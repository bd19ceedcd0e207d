"""The panels of a run's picture: accuracy, on request loss, and learning rate."""

from helpers.pictures.axes import LossAxis, fit_epochs, power, round_above, short
from helpers.pictures.curves import CurvesPanel
from helpers.pictures.scene import (
    GHOST,
    LETTERS,
    PIN_STYLES,
    SMALL_NOTE,
    Scene,
    move_line,
    pin_lines,
    show_pins,
)
from helpers.plots import GREEN, GREY, epochs_of, lowest_accuracy, plot_best_accuracy

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator


class AccuracyPanel(CurvesPanel):
    """Train and test accuracy, the best possible, the previous run, more seeds, pinned runs."""

    height = 3.2

    def build(self, ax):
        """Accuracy over the epochs, from a little below guessing to 1."""
        ax.set_ylabel("accuracy")
        self.best_of, curves = None, self.build_curves(ax)
        self.ghost_name = self._name_ghost(ax)
        self.letters = [
            ax.text(
                *(0, 0, letter),
                fontsize=9,
                fontweight="bold",
                ha="center",
                va="center",
                bbox={"boxstyle": "circle,pad=0.15", "fc": "white", "ec": colour},
            )
            for letter, (colour, _) in zip(LETTERS, PIN_STYLES, strict=True)
        ]
        self.seeds = ax.text(0.99, 0.03, "", transform=ax.transAxes, **SMALL_NOTE, gid="seeds")
        self.marker = ax.axvline(1, color=GREY, linewidth=1, gid="replay")
        self.own = {*ax.lines, *ax.patches}
        return [*curves, self.marker, *self.letters, self.seeds, *self.ghost_name]

    def _tell_seeds(self, scene):
        """How many runs the band has: at the bottom or, where the run itself lies there, at the top."""
        runs, wanted = len(scene.band), scene.runs_wanted
        told = f"this run and {runs - 1} more seeds"
        if runs < wanted:
            told = f"{runs} of {wanted} runs, as the machine is busy"
        self.seeds.set_text(f"{told}: middle 80 %, median dotted")
        self.seeds.set_visible(bool(scene.band))
        lowest, highest = self.ax.get_ylim()
        run, quarter = scene.history, len(scene.history.accuracy) // 4
        under = min(run.accuracy[quarter:].min(), run.val_accuracy[quarter:].min())
        in_the_way = under < lowest + 0.12 * (highest - lowest)
        self.seeds.set_y(0.92 if in_the_way else 0.03)

    def _name_ghost(self, ax):
        """A legend that moves: it comes with the first ghost."""
        pixel, above = 1 / ax.bbox.width, 1 + 23 / ax.bbox.height
        beside = {"transform": ax.transAxes, "clip_on": False}
        beside["gid"] = "previous, in the legend"
        sample = ax.plot([1 - 106 * pixel, 1 - 85 * pixel], [above, above], **GHOST, **beside)
        name = ax.text(
            1 - 76 * pixel, above, "previous test", va="center", fontsize="small", **beside
        )
        return [*sample, name]

    def show(self, scene: Scene):
        """Move every line; the look of the axes."""
        self.show_curves(scene)
        for part in self.ghost_name:
            part.set_visible(scene.previous is not None)
        self._show_letters(scene.pins)
        self.marker.set_visible(scene.epoch is not None)
        if scene.epoch is not None:
            self.marker.set_xdata([scene.epoch, scene.epoch])
        best = self._show_best(scene.history.problem)
        self._tell_seeds(scene)
        return fit_epochs(self.ax, scene.history), best

    def _show_letters(self, runs):
        for number, letter in enumerate(self.letters):
            letter.set_visible(number < len(runs))
            if letter.get_visible():
                run = runs[number]
                at = int(len(run.loss) * (0.95 - 0.07 * number)) - 1
                letter.set_position((at + 1, run.val_accuracy[at]))

    def _show_best(self, problem):
        """Draw the best accuracy that is possible, where it is known."""
        best = problem.best_accuracy, problem.standard_error, lowest_accuracy(problem)
        if best != self.best_of:
            self.best_of = None
            for part in {*self.ax.lines, *self.ax.patches} - self.own:
                part.remove()
            plot_best_accuracy(self.ax, problem)
            self.ax.set_ylim(lowest_accuracy(problem), 1)
            self.best_of = best
        return best

    def places(self, scene: Scene):
        """The epochs can be pointed at."""
        return (epochs_of(scene.history),)

    def readout(self, scene: Scene):
        """Epoch and accuracies."""
        history = scene.history
        return [
            ("epoch", "", 0, epochs_of(history)),
            ("train accuracy", " %", 1, 100 * history.accuracy),
            ("test accuracy", " %", 1, 100 * history.val_accuracy),
        ]


class LossPanel(CurvesPanel):
    """Train and test loss, the previous run, more seeds, pinned runs."""

    name, height = "loss", 1.9

    def build(self, ax):
        """A logarithmic axis: what changes late is small."""
        self.axis = LossAxis(ax)
        return [*self.build_curves(ax), self.axis.note]

    def show(self, scene: Scene):
        """Move every line; the look of the axes."""
        self.show_curves(scene)
        self.axis.tell(scene.history.loss)
        runs = scene.runs
        lowest = self.axis.fit(*(run.loss for run in runs), *(run.val_loss for run in runs))
        return lowest, fit_epochs(self.ax, scene.history)

    def readout(self, scene: Scene):
        """Both losses."""
        history = scene.history
        return [
            ("train loss", " nats", None, history.loss),
            ("test loss", " nats", None, history.val_loss),
        ]


class RatePanel:
    """The learning rate of each epoch, on a logarithmic axis; on request linear, or over updates."""

    height = 1.15

    def build(self, ax):
        """Make the lines; the axes follow from the scene."""
        ax.set_ylabel("rate")
        self.ax, self.look = ax, None
        self.ghost = ax.plot([], [], **GHOST, gid="rate previous")[0]
        self.pins = pin_lines(ax, "rate")
        stairs = {"color": GREEN, "linewidth": 1.8, "drawstyle": "steps-mid"}
        self.rate = ax.plot([], [], **stairs, gid="rate run")[0]
        return [self.ghost, *self.pins, self.rate]

    def show(self, scene: Scene):
        """Move every line; the look of the axes."""
        move_line(self.ghost, scene.previous, "learning_rate")
        move_line(self.rate, scene.history, "learning_rate")
        show_pins(self.pins, scene, "learning_rate")
        history = scene.history
        updates = 1
        if scene.over_updates:
            updates = history.problem.updates_per_epoch(history.experiment.batch_size)
        look = scene.linear_rate, scene.over_updates, updates, self._limits(scene)
        if look != self.look:
            self.look = None
            self._set_axes(*look)
            self.look = look
        return look, fit_epochs(self.ax, history)

    def _set_axes(self, linear, over_updates, updates, limits):
        self.ax.set_yscale("linear" if linear else "log")
        self.ax.set_ylim(limits)
        ticks = MaxNLocator(3, steps=[1, 2, 5, 10]) if linear else LogLocator(10, numticks=5)
        self.ax.yaxis.set_major_locator(ticks)
        self.ax.yaxis.set_major_formatter(lambda rate, _: short(rate) if linear else power(rate))
        self.ax.yaxis.set_minor_locator(NullLocator())
        self.ax.xaxis.set_major_formatter(lambda epoch, _: f"{epoch * updates:.0f}")
        self.ax.set_xlabel("update" if over_updates else "epoch")

    def _limits(self, scene: Scene) -> tuple[float, float]:
        """Limits of the rate; the same on most logarithmic axes, so that moves can be compared.

        They are round, so that a move seldom changes them.
        """
        largest = max(float(run.learning_rate.max()) for run in scene.runs)
        if scene.linear_rate:
            return 0, 1.1 * round_above(largest)
        start = scene.history.experiment.learning_rate
        lowest = 10.0 ** np.floor(np.log10(start)) / 3
        return min(3e-9, lowest), max(3, 3 * 10.0 ** np.ceil(np.log10(largest)))

    def readout(self, scene: Scene):
        """The rate of each epoch's last update."""
        return [("learning rate", "", None, scene.history.learning_rate)]

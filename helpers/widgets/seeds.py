"""More seeds of the same run, trained in the background while the slider rests."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from helpers.experiment import Experiment, History
from helpers.training import train
from helpers.widgets.turn import cancel, running_loop

REST = 0.4  # seconds without a move before the background starts

_one_thread = ThreadPoolExecutor(1, "more-seeds")


class BackgroundRuns:
    """Train a run's experiment with other seeds, in one thread beside the kernel's own event loop.

    Everything but the training happens in the event loop, between the student's moves; a move cancels
    what is left, so that at most the run that is under way goes on.
    """

    def __init__(self, on_end: Callable):
        """`on_end(history, result)` is called in the event loop: all runs, or what went wrong."""
        self.on_end = on_end
        self.task = self.wanted = None

    def start(self, history: History, number: int):
        """Train the seeds after this run's, once the student rests; without an event loop, nothing."""
        if self.wanted == (history, number):
            return
        self.cancel()
        loop = running_loop()
        if loop is None:
            return
        self.wanted = history, number
        if number:
            self.task = loop.create_task(self._train(history, number))

    def cancel(self):
        """Give up what is not trained yet."""
        if self.task:
            cancel(self.task)
        self.task = self.wanted = None

    async def _train(self, history: History, number: int):
        await asyncio.sleep(REST)
        loop = asyncio.get_running_loop()
        try:
            experiments = other_seeds(history.experiment, number)
            result = [await loop.run_in_executor(_one_thread, train, e) for e in experiments]
        except Exception as error:
            result = error
        self.on_end(history, result)


def other_seeds(experiment: Experiment, number: int) -> list[Experiment]:
    """The same experiment with the next seeds."""
    first = experiment.seed + 1
    return [replace(experiment, seed=seed % 2**32) for seed in range(first, first + number)]

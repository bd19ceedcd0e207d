"""More seeds of the same run, trained in the background while the slider rests."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from helpers.experiment import Experiment, History
from helpers.training import train

REST = 0.4  # seconds without a move before the background starts

_one_thread = ThreadPoolExecutor(1, "more-seeds")


class BackgroundRuns:
    """Train an experiment with other seeds, in one thread beside the kernel's own event loop.

    Everything but the training happens in the event loop, between the student's moves; a move cancels
    what is left, so that at most the run that is under way goes on.
    """

    def __init__(self, on_done: Callable[[list[History]], None]):
        """`on_done(histories)` is called in the event loop when all runs are there.

        It must not raise: nobody would hear of it.
        """
        self.on_done = on_done
        self.task = None

    def start(self, experiment: Experiment, number: int):
        """Train the seeds after this one, once the student rests; without an event loop, nothing."""
        self.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if number:
            self.task = loop.create_task(self._train(other_seeds(experiment, number)))

    def cancel(self):
        """Give up what is not trained yet."""
        if self.task:
            self.task.cancel()
            self.task = None

    async def _train(self, experiments: list[Experiment]):
        await asyncio.sleep(REST)
        loop = asyncio.get_running_loop()
        self.on_done([await loop.run_in_executor(_one_thread, train, e) for e in experiments])


def other_seeds(experiment: Experiment, number: int) -> list[Experiment]:
    """The same experiment with the next seeds."""
    first = experiment.seed + 1
    return [replace(experiment, seed=seed % 2**32) for seed in range(first, first + number)]

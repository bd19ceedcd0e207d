"""More seeds of the same run, trained in the background while the slider rests."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from helpers.experiment import Experiment, History
from helpers.training import train
from helpers.widgets.later import Later
from helpers.widgets.pace import PACE

REST = 0.4  # seconds without a move before the background starts
FEW = 3  # seeds that are trained on a busy machine, too
PAUSE = 1  # seconds until a busy machine is looked at again

_one_thread = ThreadPoolExecutor(1, "more-seeds")


class BackgroundRuns(Later):
    """Train a run's experiment with other seeds, in one thread beside the kernel's own event loop.

    Everything but the training happens in the event loop, between the student's moves; a move cancels
    what is left, so that at most the run that is under way goes on. On a busy machine a few seeds are told
    of, and the others come when it is quiet.
    """

    def __init__(self, on_more: Callable):
        """`on_more(history, number, result)` is called in the event loop: runs so far, or what went wrong."""
        super().__init__()
        self.on_more = on_more

    def train(self, history: History, number: int, done: Sequence[History]):
        """Train the seeds after this run's, once the student rests; done: those that are there."""
        self.start((history, number), lambda: self._train(history, number, [*done]))

    async def _train(self, history: History, number: int, runs: list[History]):
        if len(runs) == number:
            return
        await asyncio.sleep(REST)
        loop = asyncio.get_running_loop()
        try:
            for experiment in other_seeds(history.experiment, number)[len(runs) :]:
                if len(runs) >= FEW:
                    await self._quiet(history, number, runs)
                work = partial(train, experiment, every_epoch=False)
                runs.append(await loop.run_in_executor(_one_thread, PACE.timed, work))
        except Exception as error:
            runs = error
        self.on_more(history, number, runs)

    async def _quiet(self, history: History, number: int, runs: list[History]):
        """Wait for a quiet machine; what is there is told of meanwhile."""
        if PACE.busy:
            self.on_more(history, number, runs)
        while PACE.busy:
            await asyncio.sleep(PAUSE)


def other_seeds(experiment: Experiment, number: int) -> list[Experiment]:
    """The same experiment with the next seeds."""
    first = experiment.seed + 1
    return [replace(experiment, seed=seed % 2**32) for seed in range(first, first + number)]

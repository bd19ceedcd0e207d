"""Whether the machine is busy: its runs wait longer for a processor than they compute."""

from collections import deque
from time import perf_counter, process_time

from helpers.widgets import in_class

RECENT = 20  # seconds that a run is remembered: a class drags, looks, and drags again
COARSE = 0.02  # seconds: some systems count processor time in steps of 16 ms


class Pace:
    """Times runs, by the clock on the wall and by the processor time of this process.

    Not by that of the thread alone: the compiled program may compute in a thread of TensorFlow's.
    """

    def __init__(self, wall=perf_counter, used=process_time):
        """Begin without a run; both clocks in seconds."""
        self.wall, self.used, self.runs = wall, used, deque(maxlen=32)

    def timed(self, work, *arguments):
        """The result of work(*arguments), which is timed."""
        wall, used = self.wall(), self.used()
        result = work(*arguments)
        end = self.wall()
        self.runs.append((end, end - wall, self.used() - used))
        return result

    @property
    def busy(self) -> bool:
        """Whether the runs of the last seconds waited longer than they computed.

        The one that waited longest is left aside: a single pause is no class.
        """
        if in_class.SETTINGS.busy != "auto":
            return in_class.SETTINGS.busy == "always"
        since = self.wall() - RECENT
        recent = [(wall - used, used) for end, wall, used in [*self.runs] if end > since]
        waited, used = map(sum, zip((0, 0), *sorted(recent)[:-1]))
        return waited > max(used, COARSE)


PACE = Pace()

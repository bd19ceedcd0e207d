"""What may wait until the student rests."""

from collections.abc import Callable, Coroutine

from helpers.widgets.turn import cancel, running_loop


class Later:
    """At most one task in the kernel's own event loop; another one takes its place."""

    def __init__(self):
        """Begin without one."""
        self.task = self.wanted = None

    def start(self, wanted, work: Callable[[], Coroutine]):
        """Begin work(), if it was not begun for this very thing before; without an event loop, nothing."""
        if self.wanted == wanted:
            return
        self.cancel()
        if loop := running_loop():
            self.wanted, self.task = wanted, loop.create_task(work())

    def cancel(self):
        """Give up what is not done yet."""
        if self.task:
            cancel(self.task)
        self.task = self.wanted = None

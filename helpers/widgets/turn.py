"""One thing at a time, and the stop button only where it does no harm."""

import asyncio
import signal
from contextlib import contextmanager, suppress
from threading import RLock, current_thread, main_thread

TURN = RLock()
"""Held while an explorer changes or draws: a front end may call from a second thread; one lock for all,
since matplotlib is not safe in two."""


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in this thread."""
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


def cancel(task: asyncio.Task):
    """Cancel a task, which may belong to the event loop of another thread, and that may have ended."""
    if running_loop() is task.get_loop():
        task.cancel()
    else:
        with suppress(RuntimeError):
            task.get_loop().call_soon_threadsafe(task.cancel)


class StopButton:
    """Takes the signal of the stop button: raises KeyboardInterrupt within `stoppable`, else waits."""

    allowed = pressed = False

    def __call__(self, *_):
        """The button was pressed."""
        if self.allowed:
            raise KeyboardInterrupt
        self.pressed = True

    @contextmanager
    def stoppable(self):
        """What is in here may be given up at any moment."""
        self.allowed = True
        try:
            yield
        finally:
            self.allowed = False


@contextmanager
def turn():
    """Wait until nobody else is at it; yields the StopButton, which passes on at the end what waited.

    Python hears the stop button in its main thread alone, and not at all where the kernel ignores it.
    """
    with TURN:
        button, before = StopButton(), signal.getsignal(signal.SIGINT)
        if current_thread() is not main_thread() or not callable(before):
            yield button
            return
        signal.signal(signal.SIGINT, button)
        try:
            yield button
        finally:
            signal.signal(signal.SIGINT, before)
            if button.pressed:
                before(signal.SIGINT, None)

"""One thing at a time: a front end may run the callbacks of widgets in a second thread."""

from functools import wraps
from threading import RLock

TURN = RLock()
"""Held while an explorer changes or draws; one for all, since matplotlib is not safe in two threads."""


def in_turn(function):
    """Let a callback wait until no other one is running."""

    @wraps(function)
    def waiting(*arguments, **options):
        with TURN:
            return function(*arguments, **options)

    return waiting

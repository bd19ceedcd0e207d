"""What is kept in memory: results for the next call, of no more bytes than said, and nothing that was freed."""

import ctypes
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from threading import Lock

import numpy as np


def kept(mebibytes: float) -> Callable:
    """Keep what a function returns, one array or a nest of tuples and lists of them.

    What was asked for longest ago goes first. Arrays are made read-only; tensors are so by themselves.
    """

    def decorate(function: Callable) -> Callable:
        results, lock = OrderedDict(), Lock()

        @wraps(function)
        def keeping(*arguments):
            with lock:
                if arguments in results:
                    results.move_to_end(arguments)
                    return results[arguments][0]
            result = function(*arguments)  # two threads may do the same work; the results are alike
            with lock:
                results[arguments] = result, _size(result)
                while sum(size for _, size in results.values()) > mebibytes * 2**20:
                    results.popitem(last=False)
            return result

        keeping.results = results
        return keeping

    return decorate


def _size(result) -> int:
    """How many bytes the arrays have, which are read-only from here on."""
    if isinstance(result, tuple | list):
        return sum(map(_size, result))
    if isinstance(result, np.ndarray):
        result.flags.writeable = False
    return np.asarray(result).nbytes


def give_back():
    """Return to the system what glibc holds of arrays that threads have freed; elsewhere nothing."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)

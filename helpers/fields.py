"""The kinds of field of an Experiment: what each accepts, and what a control of it offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from numbers import Integral, Real

import numpy as np


@dataclass(frozen=True)
class Span:
    """Where a slider begins and ends, in values, and its step: in decades where it is logarithmic.

    off: the value that the slider's first position stands for, one step below `first`; for fields
    that can be switched off. `...` where a field cannot.
    """

    first: float
    last: float
    step: float
    log: bool = False
    off: object = ...


@dataclass(frozen=True)
class Number:
    """A number in a range; allowed: the range in words; None stands for "off" where it is optional."""

    smallest: float
    largest: float
    allowed: str
    span: Span | None = None
    whole: bool = False
    optional: bool = False

    def check(self, name: str, value) -> float | int | None:
        """The value as a plain Python number, kept exactly, or ValueError."""
        if value is None and self.optional:
            return None
        value = value.item() if isinstance(value, np.generic) else value
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        fits = is_number and self.smallest <= value <= self.largest and isfinite(value)
        if not fits or (self.whole and not isinstance(value, Integral) and value != value // 1):
            raise ValueError(f"{name} is {shown(value)}, but must be {self.allowed}.")
        return int(value) if self.whole else float(value)


@dataclass(frozen=True)
class Choice:
    """One of several words; labels: each word as a list shows it."""

    labels: Mapping[str, str]

    def check(self, name: str, value) -> str:
        """The word, or ValueError."""
        if not (isinstance(value, str) and value in self.labels):
            raise ValueError(f"{name} is {shown(value)}, but must be one of {listed(self.labels)}.")
        return str(value)


@dataclass(frozen=True)
class Switch:
    """True or False."""

    def check(self, name: str, value) -> bool:
        """True or False, or ValueError."""
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name} is {shown(value)}, but must be True or False.")
        return bool(value)


def of_kind(default, kind):
    """Declare a field of a dataclass with its default and its kind."""
    return field(default=default, metadata={"kind": kind})


def shown(value) -> str:
    """Write a value that was given, shortened where it is long."""
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        text = "a number too long to write"
    return text if len(text) <= 60 else f"{text[:57]}..."


def listed(words) -> str:
    """Write words in quotation marks, one after the other."""
    return ", ".join(f'"{word}"' for word in words)

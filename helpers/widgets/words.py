"""A run in words: what the explorers write under, on and beside their pictures."""

from html import escape
from math import isfinite

from helpers.experiment import FIELDS, KINDS, Experiment, History
from helpers.outcome import outcome, rules
from helpers.problems import Problem
from helpers.schedules import schedule_of

import numpy as np


def status_line(html: str) -> str:
    """The status line of an explorer, which screen readers announce."""
    return f'<div role="status">{html}</div>'


def label_of(name: str) -> str:
    """Write a field's name in words."""
    return name.replace("_", " ")


def exact(number: float) -> str:
    """Write a number so that it can be read back, as short as that allows."""
    short = f"{number:.6g}"
    return short if float(short) == number else repr(number)


def off_value(name: str):
    """The value that switches a field off; `...` where none does."""
    return getattr(getattr(KINDS.get(name), "span", None), "off", ...)


def shown(name: str, value) -> str:
    """Write a field's value as the controls and the sentences do."""
    if value is None or value is False or value == off_value(name):
        return "off"
    if isinstance(value, tuple):
        return ", ".join(f"{exact(rate)} from epoch {epoch}" for epoch, rate in value)
    if value is True:
        return "on"
    return exact(value) if isinstance(value, float) else str(value)


def values_in_words(experiment: Experiment, fields) -> str:
    """The experiment's values of these fields."""
    values = {name: getattr(experiment, name) for name in fields}
    if values.get("schedule") == ():
        values["schedule"] = schedule_of(experiment).label
    return ", ".join(f"{label_of(name)} {shown(name, value)}" for name, value in values.items())


def differing_fields(experiment: Experiment, other: Experiment) -> list[str]:
    """The fields in which two experiments differ."""
    return [name for name in FIELDS if getattr(experiment, name) != getattr(other, name)]


def percent(share: float, digits: int = 0) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.{digits}f} %"


def title_of(history: History, values: str) -> str:
    """The line above a picture: the values where they fit, the result, the kind of run."""
    result = outcome(history)
    words = f"test accuracy {percent(result.accuracy)}, {result.kind}"
    whole = f"{values}: {words}"
    return whole if len(whole) <= 58 else words


def sentence_of(history: History, values: str) -> str:
    """The result of a run in one sentence and one word, as HTML."""
    result = outcome(history)
    reached = "80 % never reached"
    if isfinite(result.reached):
        reached = f"80 % first reached in epoch {result.reached:.0f}"
    return (
        f"{escape(values)}: final test accuracy <b>{percent(result.accuracy, 1)}</b>, {reached}, "
        f"{_rate_in_words(history, result.drops)}. This run: <b>{result.kind}</b>."
    )


def _rate_in_words(history: History, drops: int) -> str:
    experiment, last = history.experiment, f"{history.learning_rate[-1]:.2g}"
    rises = int(np.sum(np.diff(history.learning_rate[experiment.warmup :]) > 0))
    counts = {"dropped": drops, "rose": rises}
    steps = [f"{verb} {n} time{'s' * (n > 1)}" for verb, n in counts.items() if n]
    moves = schedule_of(experiment).moves or " and ".join(steps)
    told = f"{moves}, to {last} at the end" if moves else "never dropped"
    if warmup := experiment.warmup:
        return f"the rate rose for {warmup} epoch{'s' * (warmup > 1)}, then {told}"
    return f"the rate {told}"


def rules_in_words(problem: Problem) -> str:
    """The rule behind each kind of run, as HTML."""
    rows = "".join(
        f"<dt><b>{word}</b></dt><dd>{rule}</dd>" for word, rule in rules(problem).items()
    )
    return f"<p>The first rule that holds gives the word:</p><dl>{rows}</dl>"

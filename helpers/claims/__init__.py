"""What is said about learning rates, each sentence with the number that decides whether it is true.

The words: a run *learns* where its test accuracy, over the last 50 epochs, is nearer to the best possible
than to guessing (above 59 %); it *reaches* 80 % in the first epoch whose test accuracy is 80 % or more;
it is *volatile* where it swings by more than 2.3 points, and *calmer* or *sooner* than another by a
quarter at least; "within about 50 epochs" allows a fifth more, 60; a *difference in accuracy* is one
of more than 1.6 points, the standard error of 500 test points.
"""

from helpers.claims.evidence import Evidence, measure
from helpers.claims.rates import RATES
from helpers.claims.schedules import SCHEDULES

CLAIMS = RATES | SCHEDULES
"""Topic: its claims. The notebooks show each topic where the lesson makes the claims."""


def measure_claims(*topics: str, progress: bool = True) -> Evidence:
    """Hold the claims of these topics, or all, against 30 seeds; a table of what came out.

    progress: print how far it is, in tenths.
    """
    unknown = [topic for topic in topics if topic not in CLAIMS]
    if unknown:
        known = ", ".join(f'"{topic}"' for topic in CLAIMS)
        raise ValueError(f"There are no claims on {unknown[0]!r}, but on {known}.")
    wanted = [claim for topic in topics or CLAIMS for claim in CLAIMS[topic]]
    return measure(wanted, progress=progress)

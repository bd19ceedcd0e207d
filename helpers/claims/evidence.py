"""Claims held against many seeds: what is measured, what came out, whether it holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from helpers.experiment import Experiment
from helpers.training import tenths, train_many

import numpy as np

SEEDS = range(30)
YES, MOSTLY = 0.9, 0.6  # shares of the seeds
LEFT = 'style="text-align: left"'
COLUMNS = (
    "claim",
    "source",
    "number, and its bound",
    "median (middle 80 %)",
    "holds in",
    "verdict",
)
TUTORIAL = "Brownlee 2019"  # Understand the Impact of Learning Rate on Neural Network Performance
OURS = "this course"


@dataclass(frozen=True)
class Claim:
    """A sentence, and the number that decides for one seed whether it is true.

    claim        what is said
    measured     what the number is
    experiments  the runs that it takes, each with the seed in question
    number       of their histories, in this order; infinity stands for never
    low, high    the claim holds for a seed where low <= number <= high
    unit         of the number, digits of it to show
    then         the same experiments with the defaults of 2019, where they were others
    source       who says so; OURS where it is a finding of this course
    """

    claim: str
    measured: str
    experiments: tuple[Experiment, ...]
    number: Callable[..., float]
    low: float = -np.inf
    high: float = np.inf
    unit: str = ""
    digits: int = 0
    then: tuple[Experiment, ...] = ()
    source: str = TUTORIAL

    def holds(self, numbers: np.ndarray) -> np.ndarray:
        """For which of the seeds it holds."""
        return (self.low <= numbers) & (numbers <= self.high)

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        low, high = (
            f"{bound:.{self.digits}f}".replace("-", "−") for bound in (self.low, self.high)
        )
        unit = f" {self.unit}".rstrip()
        if np.isinf(self.high):
            return f"at least {low}{unit}"
        return f"at most {high}{unit}" if np.isinf(self.low) else f"{low} to {high}{unit}"


class Finding(NamedTuple):
    """A claim and its number for each seed; `then`: with the defaults of 2019, empty where the same."""

    claim: Claim
    numbers: np.ndarray
    then: np.ndarray

    @property
    def share(self) -> float:
        """Share of the seeds for which the claim holds."""
        return float(self.claim.holds(self.numbers).mean())

    @property
    def verdict(self) -> str:
        """Whether the claim holds: "yes" for more than 9 seeds in 10, "mostly" for 6 in 10, else "no"."""
        if self.share >= MOSTLY:
            return "yes" if self.share > YES else "mostly"
        held_then = self.then.size and self.claim.holds(self.then).mean() >= YES
        return "only with the defaults of 2019" if held_then else "no"

    @property
    def row(self) -> tuple[str, ...]:
        """The finding under each of `COLUMNS`."""
        claim = self.claim
        told, share = spread(self.numbers, claim), in_how_many(claim.holds(self.numbers))
        if self.then.size:
            told = f"today {told}; 2019 {spread(self.then, claim)}"
            share = f"today {share}; 2019 {in_how_many(claim.holds(self.then))}"
        measured = f"{claim.measured}: {claim.bounds}"
        return claim.claim, claim.source, measured, told, share, self.verdict


def spread(numbers: np.ndarray, claim: Claim) -> str:
    """Median and middle 80 % of the numbers, of the seeds themselves and not between two of them."""
    low, middle, high = np.percentile(numbers, (10, 50, 90), method="nearest")

    def shown(number):
        return "never" if np.isinf(number) else f"{number:.{claim.digits}f}".replace("-", "−")

    if np.isinf(numbers).all():
        return "never"
    if len(set(numbers)) == 1:
        return f"{shown(middle)} {claim.unit}".rstrip() + ", all alike"
    return f"{shown(middle)} ({shown(low)} to {shown(high)}) {claim.unit}".rstrip()


def in_how_many(holds: np.ndarray) -> str:
    """Count the seeds for which a claim holds."""
    return f"{holds.sum()} of {holds.size}"


class Evidence(tuple):
    """Findings, shown as a table; as plain text only the claims and whether they hold."""

    def __repr__(self):
        """List the claims and whether they hold."""
        return "\n".join(f"{finding.claim.claim}: {finding.verdict}" for finding in self)

    def _repr_html_(self):
        head = "".join(f'<th scope="col" {LEFT}>{column}</th>' for column in COLUMNS)
        rows = []
        for finding in self:
            claim, source, measured, told, share, verdict = map(escape, finding.row)
            found = f'<td class="found" {LEFT}>{told}</td><td class="found" {LEFT}>{share}</td>'
            said = "".join(f"<td {LEFT}>{text}</td>" for text in (claim, source, measured))
            rows.append(f"<tr>{said}{found}<td {LEFT}><b>{verdict}</b></td></tr>")
        return f"<table><tr>{head}</tr>\n{chr(10).join(rows)}\n</table>"


def measure(
    claims: Iterable[Claim], seeds: Sequence[int] = SEEDS, *, progress: bool = True
) -> Evidence:
    """Train what the claims need, every run once, and hold each claim against it, seed by seed."""
    claims = list(claims)
    experiments = list(
        dict.fromkeys(e for claim in claims for e in (*claim.experiments, *claim.then))
    )
    numbers = {}
    for seed in tenths(seeds, len(seeds)) if progress else seeds:
        histories = train_many([replace(e, seed=seed) for e in experiments])
        runs = dict(zip(experiments, histories, strict=True))
        for claim in claims:
            for key, needed in ((claim, claim.experiments), ((claim, "then"), claim.then)):
                if needed:
                    number = claim.number(*(runs[experiment] for experiment in needed))
                    numbers.setdefault(key, []).append(number)
    return Evidence(
        Finding(claim, np.array(numbers[claim]), np.array(numbers.get((claim, "then"), [])))
        for claim in claims
    )

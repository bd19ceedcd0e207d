"""Every claim that is told, held against seeds that nothing else uses.

What is told is read out of the tables stored in the notebooks, or is what `make claims` prints: verdict, share
of the seeds, median. How far other seeds may be from that follows from the number of seeds (binomial), and from
nothing else.
"""

import re
from functools import lru_cache
from html import unescape
from pathlib import Path

from helpers.claims import CLAIMS, measure_claims
from helpers.claims.evidence import MOSTLY, OURS, YES, Claim, Evidence, Finding, measure
from helpers.claims.kinds import sgd
from helpers.measures import drops, epochs_to_80, first_drop, level, swing

import nbformat
import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
UNSEEN = range(1000, 1100)
RARE = 1e-4  # how rare a difference between two draws of seeds has to be to count as one


def tables():
    """The rows of all tables of claims that are stored in the notebooks, as text."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                html = output.get("data", {}).get("text/html", "")
                if "verdict</th>" in html:
                    for row in re.findall(r"<tr>(<td.*?)</tr>", html, re.DOTALL):
                        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
                        yield tuple(unescape(re.sub(r"<[^>]+>", "", text)) for text in cells)


STORED = list(tables())
CLAIMED = {claim.claim: claim for topic in CLAIMS.values() for claim in topic}


@lru_cache
def told() -> dict[str, tuple[str, ...]]:
    """Claim: the row of its table, stored or made anew."""
    rows = {row[0]: row for row in STORED}
    others = [claim for words, claim in CLAIMED.items() if words not in rows]
    return rows | {finding.row[0]: finding.row for finding in measure(others, progress=False)}


@lru_cache
def unseen() -> dict[str, Finding]:
    return {f.claim.claim: f for f in measure(CLAIMED.values(), UNSEEN, progress=False)}


def test_claims_are_told_once_each_in_words_of_their_own():
    assert len(CLAIMED) == sum(map(len, CLAIMS.values()))
    assert STORED
    assert len({row[0] for row in STORED}) == len(STORED)
    assert {row[0] for row in STORED} <= set(CLAIMED)


def verdicts(found: Finding) -> set[str]:
    """The verdict of these seeds, and those of shares that they cannot be told apart from."""
    share = binomtest(int(found.claim.holds(found.numbers).sum()), found.numbers.size)
    ends = share.proportion_ci(0.95, method="wilson")
    between = {bound for bound in (YES, MOSTLY) if ends.low <= bound <= ends.high}
    words = {found.verdict}
    for bound in between:
        words |= {"yes", "mostly"} if bound == YES else {"mostly", "no"}
    return words


@pytest.mark.parametrize("words", CLAIMED)
def test_the_verdict_told_is_that_of_other_seeds(words):
    row = claim, source, measured, _, _, verdict = told()[words]
    found = unseen()[claim]
    assert measured == f"{found.claim.measured}: {found.claim.bounds}"
    assert source == found.claim.source
    assert verdict in verdicts(found), f"told {row}, found {found.row}"


def test_few_verdicts_hang_in_the_balance():
    """Most claims hold, or fail, so clearly that one word only fits."""
    clear = [len(verdicts(found)) == 1 for found in unseen().values()]
    assert np.mean(clear) > 0.75


@pytest.mark.parametrize("words", CLAIMED)
def test_the_share_and_the_median_told_are_those_of_other_seeds(words):
    """Told of today's defaults, and where they differ of those of 2019."""
    row, found = told()[words], unseen()[words]
    for numbers, sign in ((found.numbers, "today "), (found.then, "2019 ")):
        if not numbers.size:
            continue
        parts = [
            next(
                (part.removeprefix(sign) for part in text.split("; ") if part.startswith(sign)),
                text,
            )
            for text in row[3:5]
        ]
        held, seeds = map(int, re.fullmatch(r"(\d+) of (\d+)", parts[1]).groups())
        holds = int(found.claim.holds(numbers).sum())
        counts = [[held, seeds - held], [holds, numbers.size - holds]]
        assert fisher_exact(counts).pvalue > RARE, f"told {row}, found {found.row}"
        assert_median(parts[0], numbers, found.claim.digits, seeds)


def assert_median(told: str, numbers, digits: int, seeds: int):
    """The median of `seeds` draws lies where the ranks of these numbers let it, rounding allowed."""
    word = re.match(r"never|[−\d.]+", told)[0].replace("−", "-")
    median = np.inf if word == "never" else float(word)
    rounding = 0.5 * 10.0**-digits * (1 + 1e-9)
    spread = 4 * 0.5 * np.sqrt(1 / seeds + 1 / numbers.size)  # four standard deviations of a rank
    low, high = np.percentile(numbers, [50 - 100 * spread, 50 + 100 * spread], method="nearest")
    assert low - rounding <= median <= high + rounding, f"told {told}, found {low} to {high}"


def finding(numbers, then=(), **bounds) -> Finding:
    claim = Claim("It holds", "a number", (sgd(),), swing, unit="points", digits=1, **bounds)
    return Finding(claim, np.array(numbers), np.array(then))


@pytest.mark.parametrize(
    ("holding", "verdict"), [(10, "yes"), (9, "mostly"), (8, "mostly"), (6, "mostly"), (5, "no")]
)
def test_verdict_by_the_share_of_the_seeds(holding, verdict):
    numbers = [1.0] * holding + [0.0] * (10 - holding)
    assert finding(numbers, low=0.5).verdict == verdict
    assert finding(numbers, low=0.5).share == holding / 10


def test_what_held_in_2019_only():
    then = finding([0.0] * 10, [1.0] * 10, low=0.5)
    assert then.verdict == "only with the defaults of 2019"
    assert "today 0.0 points, all alike; 2019 1.0 points, all alike" in then.row
    assert finding([0.0] * 10, [0.0] * 10, low=0.5).verdict == "no"
    assert finding([1.0] * 10, [1.0] * 10, low=0.5).verdict == "yes"


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"low": 0.5}, "at least 0.5 points"),
        ({"high": -1.5}, "at most −1.5 points"),
        ({"low": 1, "high": 2}, "1.0 to 2.0 points"),
    ],
)
def test_bounds_and_spread_in_words(bounds, words):
    row = finding([*range(10), np.inf], **bounds).row
    assert row[2] == f"a number: {words}"
    assert row[3] == "5.0 (1.0 to 9.0) points"
    assert finding([np.inf] * 3, **bounds).row[3] == "never"
    assert finding([2.0] * 3, **bounds).row[3] == "2.0 points, all alike"


def test_the_table_escapes_and_the_text_has_words_only():
    claim = Claim("a < b", "c & d", (sgd(),), swing, low=1, source=OURS)
    table = Evidence([Finding(claim, np.array([2.0]), np.array([]))])
    assert repr(table) == "a < b: yes"
    html = table._repr_html_()
    html = re.sub(' style="[^"]*"', "", html)
    assert "<td>a &lt; b</td><td>this course</td><td>c &amp; d: at least 1</td>" in html
    assert '<td class="found">2, all alike</td><td class="found">1 of 1</td>' in html


def test_each_run_is_of_the_seed_that_is_asked_for(capsys):
    claims = [
        Claim("seed", "", (sgd(epochs=2),), lambda run: run.experiment.seed),
        Claim(
            "two runs", "", (sgd(epochs=2), sgd(0.1, epochs=2)), lambda a, b: swing(a) - swing(b)
        ),
    ]
    first, _ = measure(claims, [4, 2], progress=True)
    assert list(first.numbers) == [4, 2]
    assert capsys.readouterr().out.endswith("100 %\n")


def test_a_topic_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"no claims on 'speed', but on .*momentum"):
        measure_claims("momentum", "speed")


def test_measures(made_up_history):
    accuracy = np.linspace(0.5, 0.9, 100)
    rates = np.repeat([0.1, 0.01, 0.02, 0.001], 25)
    run = made_up_history(val_accuracy=accuracy, accuracy=accuracy / 2, learning_rate=rates)
    assert level(run) == pytest.approx(100 * accuracy[50:].mean())
    assert level(run, "accuracy") == pytest.approx(level(run) / 2)
    assert swing(run) == pytest.approx(0)
    assert epochs_to_80(run) == np.flatnonzero(accuracy >= 0.8)[0] + 1
    assert (drops(run), first_drop(run)) == (2, 26)
    warmed_up = made_up_history(learning_rate=np.repeat([0.01, 0.02, 0.1, 0.01], 25))
    assert (drops(warmed_up), first_drop(warmed_up)) == (1, 76)
    zigzag = made_up_history(val_accuracy=0.7 + 0.05 * (-1.0) ** np.arange(100))
    assert swing(zigzag) == pytest.approx(10, rel=0.01)
    assert epochs_to_80(zigzag) == first_drop(zigzag) == np.inf

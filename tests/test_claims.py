"""Every claim of the lesson, held against seeds that no notebook uses."""

import re

from helpers.claims import CLAIMS, measure_claims
from helpers.claims.evidence import Claim, Evidence, Finding, measure
from helpers.claims.kinds import sgd
from helpers.measures import drops, epochs_to_80, first_drop, level, swing

import numpy as np
import pytest

UNSEEN = range(1000, 1030)

# Claim: the median and the share of the seeds that the notebooks tell, and how far other
# seeds may be from the median. The shares may differ by a quarter: 30 seeds are 30 seeds.
TOLD = {
    "A small rate may look stuck: 0.001 does not reach 80 % in 200 epochs": (352.0, 56.0, 1.00),
    "… but it is only slow: in 1,000 epochs it does": (352.0, 56.0, 1.00),
    "A larger rate needs fewer epochs: 0.1 against 0.01": (6.5, 2.1, 1.00),
    "Too large a rate ends poor, or never settles: 1.0": (56.4, 4.7, 1.00),
    "With patience 100, the rate drops within 200 epochs": (0.0, 0.01, 0.00),
    "No run stays above the best possible accuracy": (-2.0, 0.15, 1.00),
    "The network beats a model with straight boundaries": (-0.804, 0.15, 0.00),
    "1.0 oscillates": (7.61, 1.9, 0.97),
    "0.1 learns": (81.7, 0.21, 1.00),
    "0.01 learns": (81.9, 0.79, 1.00),
    "0.001 learns": (73.5, 1.2, 1.00),
    "Slower as the rate falls: 0.1 is sooner than 0.01": (6.5, 2.1, 1.00),
    "… and 0.01 is sooner than 0.001": (np.inf, 0.01, 1.00),
    "1e-6 learns nothing": (0.124, 1.5, 0.77),
    "1e-7 learns nothing": (0.0, 0.16, 1.00),
    "About 0.1 is a good choice: none of the eight is sooner": (6.17, 2.5, 1.00),
    "A smaller rate is calmer: 0.01 against 0.1": (0.487, 0.19, 0.00),
    "Momentum speeds training up: 0.9 against none": (4.38, 3.5, 1.00),
    "Momentum 0.9 reaches 80 % within about 50 epochs": (8.0, 2.5, 1.00),
    "Momentum 0.99 reaches 80 % within about 50 epochs": (7.0, 5.0, 1.00),
    "Without momentum it takes all 200 epochs": (38.0, 14.0, 0.00),
    "Momentum makes a run calmer: 0.9 against none": (4.02, 2.6, 1.00),
    "The more the calmer: 0.99 against 0.9": (0.539, 0.24, 0.07),
    "Momentum is still sooner: 0.9 at 0.01 against none at 0.1": (0.778, 0.28, 0.07),
    "Momentum is still calmer: 0.9 at 0.01 against none at 0.1": (1.92, 0.6, 0.90),
    "Decay 0.1 is too fast and ends poor": (68.3, 1.7, 1.00),
    "Decay 0.01 is too fast and ends poor": (74.3, 1.1, 1.00),
    "A smaller decay does better: 0.01 against 0.1": (5.82, 1.5, 1.00),
    "… 0.001 against 0.01": (7.91, 0.99, 1.00),
    "… 0.0001 against 0.001": (-0.08, 0.59, 0.00),
    "Decay 0.0001 ends where no decay ends": (0.308, 0.22, 1.00),
    "Patience 2 drops the rate to almost nothing within about 25 epochs": (1.0, 1.2, 0.73),
    "… and stops near 65 % training accuracy": (67.0, 1.5, 0.97),
    "Patience 5 stops under 75 % training accuracy": (72.0, 3.3, 0.77),
    "Patience 10 converges before epoch 150": (0.28, 1.1, 0.53),
    "Patience 15 drops the rate about once": (0.0, 1.2, 0.40),
    "… about once where it watches the training loss": (1.0, 0.01, 0.80),
    "Patience 15 stays volatile": (2.63, 2.8, 0.63),
    "10 does better than 5": (6.52, 2.8, 1.00),
    "15 does better than 5": (7.11, 2.4, 0.97),
    "With patience 10, which loss is watched changes the answer": (32.0, 81.0, 0.77),
    "SGD at 0.01 takes most of the run": (38.0, 14.0, 0.00),
    "SGD at 0.01 is volatile": (3.99, 2.1, 0.90),
    "RMSprop reaches 80 % within about 50 epochs": (22.0, 3.8, 1.00),
    "Adam reaches 80 % within about 50 epochs": (34.0, 7.5, 1.00),
    "RMSprop is far calmer than SGD, three times": (6.09, 3.6, 0.97),
    "Adam is far calmer than SGD, three times": (8.73, 4.9, 1.00),
    "Adagrad reaches 80 % within about 50 epochs": (np.inf, 0.01, 0.00),
    "RMSprop is sooner than SGD": (1.73, 0.62, 0.87),
    "RMSprop is sooner than SGD on scaled inputs": (1.0, 0.5, 0.20),
    "SGD is sooner than RMSprop, each at the rate chosen for it: 0.1 and 0.001": (3.57, 1.5, 1.00),
    "SGD is sooner than Adagrad, each at the rate chosen for it: 0.1 for both": (1.0, 0.31, 0.17),
}


@pytest.fixture(scope="module")
def unseen() -> dict[str, Finding]:
    claims = [claim for topic in CLAIMS.values() for claim in topic]
    return {f.claim.claim: f for f in measure(claims, UNSEEN, progress=False)}


def test_every_claim_is_told_once(unseen):
    assert list(unseen) == list(TOLD)
    assert sum(map(len, CLAIMS.values())) == len(TOLD)


@pytest.mark.parametrize("claim", TOLD)
def test_a_claim_holds_for_other_seeds_as_it_is_told(claim, unseen):
    median, tolerance, share = TOLD[claim]
    finding = unseen[claim]
    measured = np.percentile(finding.numbers, 50, method="nearest")
    assert measured == median or abs(measured - median) <= tolerance
    assert finding.share == pytest.approx(share, abs=0.25)


def finding(numbers, then=(), **bounds) -> Finding:
    claim = Claim("It holds", "a number", (sgd(),), swing, unit="points", digits=1, **bounds)
    return Finding(claim, np.array(numbers), np.array(then))


@pytest.mark.parametrize(
    ("holding", "verdict"), [(10, "yes"), (9, "yes"), (8, "mostly"), (6, "mostly"), (5, "no")]
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
    assert row[1] == f"a number: {words}"
    assert row[2] == "5.0 (1.0 to 9.0) points"
    assert finding([np.inf] * 3, **bounds).row[2] == "never"
    assert finding([2.0] * 3, **bounds).row[2] == "2.0 points, all alike"


def test_the_table_escapes_and_the_text_has_words_only():
    claim = Claim("a < b", "c & d", (sgd(),), swing, low=1)
    table = Evidence([Finding(claim, np.array([2.0]), np.array([]))])
    assert repr(table) == "a < b: yes"
    html = table._repr_html_()
    html = re.sub(' style="[^"]*"', "", html)
    assert "<td>a &lt; b</td><td>c &amp; d: at least 1</td>" in html
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
    zigzag = made_up_history(val_accuracy=0.7 + 0.05 * (-1.0) ** np.arange(100))
    assert swing(zigzag) == pytest.approx(10, rel=0.01)
    assert epochs_to_80(zigzag) == first_drop(zigzag) == np.inf

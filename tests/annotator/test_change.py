"""Whether a rate changed: worked examples, and how often chance alone is called a change."""

from math import comb

import pytest

from annotator.stats import change
from annotator.stats.intervals import Estimate, newcombe, wilson


def test_newcombes_example():
    """56 of 70 against 48 of 80: table II (a) of Newcombe 1998, method 10."""
    found = change.difference(wilson(56, 70), wilson(48, 80))

    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert change.word(found, less_is_better=False) == "better"
    assert change.word(found, less_is_better=True) == "worse"


def test_it_is_newcombes_interval_for_plain_samples():
    for x1, n1, x2, n2 in ((0, 10, 0, 10), (3, 40, 9, 41), (5, 5, 0, 7)):
        plain = newcombe(x1, n1, x2, n2)
        found = change.difference(wilson(x1, n1), wilson(x2, n2))
        assert (found.low, found.high) == (pytest.approx(plain.low), pytest.approx(plain.high))


def test_a_period_that_was_looked_at_whole_brings_no_doubt_of_its_own():
    whole = Estimate(0.1, 0.1, 0.1, 50)
    before = Estimate(0.3, 0.2, 0.45, 60)

    found = change.difference(whole, before)

    assert (found.low, found.high) == (pytest.approx(-0.35), pytest.approx(-0.1))
    assert change.word(found, less_is_better=True) == "better"


@pytest.mark.parametrize("unknown", [Estimate(), Estimate(0.4, None, None, 3)])
def test_what_is_not_known_did_not_change(unknown):
    for one in (
        change.difference(unknown, wilson(1, 10)),
        change.difference(wilson(1, 10), unknown),
    ):
        assert one.value is None
        assert change.word(one, less_is_better=True) == ""


def test_chance_alone_is_seldom_called_a_change():
    """Exactly, over all outcomes of two samples of 60 with the same rate of 20 %."""
    n, p = 60, 0.2
    chance = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    rates = [wilson(k, n) for k in range(n + 1)]
    called = sum(
        chance[a] * chance[b]
        for a in range(n + 1)
        for b in range(n + 1)
        if change.word(change.difference(rates[a], rates[b]), less_is_better=True) != "same"
    )

    assert 0.02 < called < 0.06


def test_of_many_comparisons_each_needs_more():
    """15 of 100 against 5 of 100 is a change when it is the only one, and none as one of ten."""

    def word(comparisons: int) -> str:
        found = change.difference(
            change.of_several(15, 100, comparisons), change.of_several(5, 100, comparisons)
        )
        return change.word(found, less_is_better=True)

    assert [word(1), word(10)] == ["worse", "same"]
    assert change.of_several(15, 100, 1).low == pytest.approx(wilson(15, 100).low)
    assert change.of_several(0, 0, 3).value is None

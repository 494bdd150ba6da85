"""Shares of topics: how much they vary by themselves, and what counts as growth."""

import random

import pytest

from annotator.stats.intervals import wilson
from drift.topics.shares import Day, change, share, wobble


def days(d: int, n: int, shares, *, varying: float = 0.0, seed: int = 1):
    """`varying`: the standard deviation of a share between days, relative to itself."""
    rng = random.Random(seed)
    found = []
    for _ in range(d):
        weights = [p * max(0.0, rng.gauss(1, varying)) for p in shares]
        drawn = rng.choices(range(len(shares)), weights, k=n)
        found.append(Day(n, {k: drawn.count(k) for k in range(len(shares))}))
    return found


SHARES = [0.05] * 20


def test_wobble_is_found_where_there_is_some_and_not_where_there_is_none():
    assert wobble(days(14, 1000, SHARES)) < 0.0003
    # A standard deviation of 40 % of 5 %: rho = (0.4 * 0.05)² / (0.05 * 0.95) = 0.0084
    assert wobble(days(28, 1000, SHARES, varying=0.4)) == pytest.approx(0.0084, rel=0.35)


def test_by_hand():
    """x = 0.4, 0.6; p = 0.5: num = 2 * 0.02 - 0.25 * 0.2 < 0. With x = 0.2, 0.8: 2 * 0.18 - 0.05 = 0.31, of 0.5."""
    assert wobble([Day(10, {"a": 4}), Day(10, {"a": 6})]) == 0
    assert wobble([Day(10, {"a": 2}), Day(10, {"a": 8})]) == pytest.approx(0.62)


def test_without_wobble_the_interval_is_wilsons():
    found, plain = share("a", [Day(100, {"a": 7}), Day(100, {"a": 3})], 0.0), wilson(10, 200)
    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))
    wide = share("a", [Day(100, {"a": 7}), Day(100, {"a": 3})], 0.01)
    assert wide.n_eff == pytest.approx(100)
    assert wide.low < found.low < found.high < wide.high


def test_what_nobody_counted_has_no_share():
    assert share("a", [Day(0, {})], 0.0).value is None
    assert change("a", [], [Day(10, {"a": 1})], 0.0).value is None


@pytest.mark.parametrize("varying", [0.0, 0.3])
def test_next_to_nothing_grows_by_itself(varying):
    """Twenty topics looked at together, in forty months without drift: one month in twenty may name one."""
    months = named = 0
    for seed in range(40):
        month = days(28, 500, SHARES, varying=varying, seed=seed)
        before, now = month[:21], month[21:]
        rho = wobble(before)
        found = [change(k, now, before, rho, together=20) for k in range(20)]
        months += 1
        named += any(one.low > 0 or one.high < 0 for one in found)
    assert named / months <= 0.15


def test_what_doubles_is_seen():
    before = days(21, 500, SHARES, varying=0.3)
    now = days(7, 500, [0.1, *[0.9 / 19] * 19], varying=0.3, seed=2)
    rho = wobble(before)
    assert change(0, now, before, rho, together=20).low > 0
    assert change(1, now, before, rho, together=20).low < 0 < change(1, now, before, rho, together=20).high

"""Whether a reference covers an input, on vectors made by hand: kinds are directions, inputs lie around them."""

import numpy as np
import pytest

from drift import coverage
from drift.coverage import NO_GROUP, TooFew

D = 24


def kind(number: int, n: int, *, seed: int, spread: float = 0.12) -> np.ndarray:
    """(n, D) inputs about one thing: around the axis of that number."""
    chance = np.random.default_rng([number, seed])
    rows = np.eye(D)[number] + chance.normal(0, spread, (n, D))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def several(numbers, n: int, *, seed: int, **more) -> np.ndarray:
    return np.concatenate([kind(number, n, seed=seed, **more) for number in numbers])


def test_a_kind_that_the_reference_lacks_is_uncovered_and_the_others_are_covered():
    day, before = several(range(8), 25, seed=1), several(range(8), 40, seed=2)
    found = coverage.measured(day, before, several(range(6), 10, seed=3))
    assert found.covered[:150].mean() > 0.9
    assert not found.covered[150:].any()
    assert found.asked.mean() > 0.8


def test_a_wide_kind_and_a_narrow_one_are_measured_by_their_own_width():
    """One cosine for both would call the wide one uncovered, or the neighbour of the narrow one covered."""
    narrow, wide = kind(0, 60, seed=1, spread=0.03), kind(1, 60, seed=1, spread=0.25)
    beside = np.eye(D)[0] + 0.35 * np.eye(D)[2]
    beside = (beside / np.linalg.norm(beside) + np.random.default_rng(5).normal(0, 0.03, (60, D))).astype(
        np.float32
    )
    beside /= np.linalg.norm(beside, axis=1, keepdims=True)
    day = np.concatenate([narrow, wide, beside])
    reference = np.concatenate([kind(0, 15, seed=2, spread=0.03), kind(1, 15, seed=2, spread=0.25)])
    found = coverage.measured(day, np.zeros((0, D), dtype=np.float32), reference)
    assert found.covered[:60].mean() > 0.85
    assert found.covered[60:120].mean() > 0.8
    assert found.covered[120:].mean() < 0.1
    closest = (beside @ reference.T).max(axis=1).mean()
    assert closest > (wide @ reference.T).max(axis=1).mean()  # so that no fixed cosine could tell


def test_what_nobody_asks_is_said_and_does_not_widen_what_counts_as_near():
    day, before = several(range(6), 30, seed=1), several(range(6), 30, seed=2)
    plain = coverage.measured(day, before, several(range(4), 10, seed=3))
    dusty = np.concatenate([several(range(4), 10, seed=3), several(range(10, 14), 10, seed=3)])
    found = coverage.measured(day, before, dusty)
    assert found.asked[:40].mean() > 0.8
    assert not found.asked[40:].any()
    assert found.floor == pytest.approx(plain.floor)


@pytest.mark.parametrize(
    ("day", "reference", "code"),
    [(60, 19, "reference"), (60, 20, "production"), (0, 20, "production")],
)
def test_too_little_is_refused_with_the_number_that_it_takes(day, reference, code):
    with pytest.raises(TooFew) as refused:
        coverage.measured(kind(0, day, seed=1), np.zeros((0, D), np.float32), kind(0, reference, seed=2))
    assert refused.value.code == code
    assert refused.value.n < refused.value.least


def test_a_reference_about_something_else_altogether_is_refused():
    with pytest.raises(TooFew, match="unasked"):
        coverage.measured(
            kind(0, 150, seed=1, spread=0.01),
            np.zeros((0, D), np.float32),
            kind(5, 30, seed=2, spread=0.01),
        )


def test_the_share_is_of_the_traffic_that_rows_stand_for():
    hits = np.array([True, True, False, False])
    found = coverage.share(hits, np.array([1, 1, 1, 1]))
    assert found.value == 0.5
    assert (round(found.low, 3), round(found.high, 3)) == (0.15, 0.85)  # Wilson, 2 of 4
    heavy = coverage.share(hits, np.array([97, 1, 1, 1]))
    assert heavy.value == 0.98
    assert heavy.n_eff == pytest.approx(100**2 / (97**2 + 3))
    assert heavy.low < 0.25  # one input that came 97 times tells little


def test_groups_are_the_kinds_and_what_is_alone_is_in_none():
    odd = np.eye(D)[[20, 21, 22]].astype(np.float32)
    day = np.concatenate([kind(0, 30, seed=1), kind(1, 12, seed=1), odd])
    found = coverage.grouped(day, cut=0.6)
    assert set(found[:30]) == {0}
    assert set(found[30:42]) == {1}
    assert set(found[42:]) == {NO_GROUP}


def test_shuffled_inputs_are_covered_alike():
    """Nothing depends on the order in which inputs came."""
    day, before = several(range(8), 20, seed=1), several(range(8), 20, seed=2)
    reference = several(range(6), 8, seed=3)
    order = np.random.default_rng(0).permutation(len(day))
    plain, shuffled = (coverage.measured(rows, before, reference) for rows in (day, day[order]))
    assert plain.floor == pytest.approx(shuffled.floor, abs=1e-5)
    assert np.array_equal(plain.covered[order], shuffled.covered)

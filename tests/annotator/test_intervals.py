"""Rates and their intervals, against worked numbers and against known populations."""

import random
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.stats.hajek import hajek
from annotator.stats.intervals import (
    Measured,
    Stratum,
    Undefined,
    kish,
    newcombe,
    stratified,
    stratified_mean,
    wilson,
)

DOWN, REST = Stratum("thumbs down", 200, 50, 30), Stratum("the rest", 9800, 100, 8)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1),
    ],
)
def test_wilson_is_the_published_one(x, n, low, high):
    found = wilson(x, n)

    assert (found.value, found.n) == (x / n, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_nothing_of_nothing_is_not_defined():
    assert wilson(0, 0).value is None
    assert wilson(0, 0).reason == Undefined.NO_ANSWERS


@given(st.integers(1, 400), st.data())
def test_wilson_is_a_mirror_and_stays_inside(n, data):
    x = data.draw(st.integers(0, n))
    one, other = wilson(x, n), wilson(n - x, n)

    assert 0 <= one.low <= one.value <= one.high <= 1
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((56, 70, 48, 80), (0.2, 0.052431, 0.333873)), ((9, 10, 3, 10), (0.6, 0.170523, 0.809018))],
)
def test_the_difference_of_two_is_newcombes(counts, expected):
    found = newcombe(*counts)

    assert (found.value, found.low, found.high) == pytest.approx(expected, abs=5e-7)
    assert newcombe(1, 0, 1, 2).reason == Undefined.NO_ANSWERS


def test_lohrs_farms():
    farms = [
        Measured(220, 21, 97629.8, 7647472708),
        Measured(1054, 103, 300504.2, 29618183543),
        Measured(1382, 135, 211315.0, 53587487856),
        Measured(422, 41, 662295.5, 396185950266),
    ]

    mean, se = stratified_mean(farms)

    assert (mean * 3078, se * 3078) == pytest.approx((909736013.8, 50417248.25), rel=1e-9)
    assert (mean, se) == pytest.approx((295560.758, 16379.873), rel=1e-7)


def test_a_check_that_looked_harder_at_thumbs_down():
    found = stratified([DOWN, REST])

    assert found.value == pytest.approx(0.0904)
    assert found.se == pytest.approx(0.0266116, rel=1e-5)
    assert found.n_eff == pytest.approx(116.1118, rel=1e-6)
    assert (found.low, found.high) == pytest.approx((0.050551, 0.156483), abs=5e-7)
    assert found.n == 150


def test_the_same_check_without_a_bad_one_has_an_interval_all_the_same():
    found = stratified([Stratum("thumbs down", 200, 50, 0), Stratum("the rest", 9800, 100, 0)])

    assert (found.value, found.low) == (0, 0)
    assert found.n_eff == pytest.approx(104.0366, rel=1e-6)
    assert found.high == pytest.approx(0.035609, abs=5e-7)


def test_a_stratum_that_nobody_looked_at_is_named():
    found = stratified([Stratum("chat", 100, 5, 1), Stratum("email", 30, 0, 0), Stratum("old", 0, 0, 0)])

    assert found.value is None
    assert found.reason == Undefined.STRATUM_WITHOUT_ANSWERS
    assert found.missing == ("email",)
    assert found.n == 5
    assert stratified([Stratum("chat", 100, 0, 0)]).reason == Undefined.NO_ANSWERS
    assert stratified([]).reason == Undefined.NO_ANSWERS


def test_one_answer_alone_takes_its_spread_from_a_neighbour():
    found = stratified([Stratum("chat", 1000, 10, 2), Stratum("email", 50, 1, 1)])

    assert found.value == pytest.approx((1000 * 0.2 + 50 * 1) / 1050)
    assert set(found.merged) == {"chat", "email"}
    assert found.low < found.value < found.high
    assert stratified([Stratum("chat", 1000, 10, 2), Stratum("email", 1, 1, 1)]).merged == ()


def test_who_asked_everybody_has_no_doubt():
    found = stratified([Stratum("chat", 7, 7, 2), Stratum("email", 3, 3, 0)])

    assert (found.value, found.low, found.high, found.n_eff) == (0.2, 0.2, 0.2, inf)


def test_strata_of_a_few_equal_answers_do_not_feign_certainty():
    found = stratified([Stratum("chat", 900, 9, 0), Stratum("email", 100, 2, 2)])

    assert found.value == pytest.approx(0.1)
    assert found.low < 0.05
    assert found.high > 0.3


def test_hajek_of_five_very_unequal_draws():
    chances, bad = [0.5, 0.5, 0.1, 0.02, 0.02], [1, 0, 1, 1, 0]

    found = hajek(zip(chances, bad, strict=True))

    assert found.value == pytest.approx(0.543860, abs=5e-7)
    assert found.se == pytest.approx(0.310650, abs=5e-7)
    assert found.kish == pytest.approx(2.544244, abs=5e-7)
    assert found.shaky
    assert sum(1 / chance for chance in chances) == pytest.approx(114)


def test_hajek_with_the_weights_of_strata_is_the_stratified_rate():
    answers = [(50 / 200, n < 30) for n in range(50)] + [(100 / 9800, n < 8) for n in range(100)]

    assert hajek(answers).value == pytest.approx(0.0904)


def test_an_answer_of_unknown_probability_stays_out_and_is_counted():
    found = hajek([(0.5, True), (0.5, False), (None, True), (0, True)])

    assert (found.value, found.n, found.left_out) == (0.5, 2, 2)
    assert hajek([(None, True)]).reason == Undefined.NO_ANSWERS
    assert hajek([(None, True)]).left_out == 1


@given(st.lists(st.booleans(), min_size=2, max_size=60), st.floats(0.01, 0.99))
def test_equal_shares_give_the_plain_mean(answers, chance):
    n, bad = len(answers), sum(answers)
    cut = n // 2
    halves = [
        Stratum("a", cut * 10, cut, sum(answers[:cut])),
        Stratum("b", (n - cut) * 10, n - cut, sum(answers[cut:])),
    ]

    assert hajek([(chance, one) for one in answers]).value == pytest.approx(bad / n)
    assert stratified(halves).value == pytest.approx(bad / n)


def test_kish_counts_equal_weights_fully():
    assert kish([3.0] * 7) == pytest.approx(7)
    assert kish([2, 2, 10, 50, 50]) == pytest.approx(2.544244, abs=5e-7)


@pytest.mark.parametrize(
    ("sizes", "bad", "sample"),
    [
        ((200, 9800), (120, 784), (50, 100)),
        ((2000, 9800), (1200, 784), (50, 100)),  # strata that tell more than a plain sample
        ((140, 270, 110, 60), (20, 40, 10, 9), (5, 9, 4, 2)),
    ],
)
def test_the_stratified_interval_holds_the_truth(sizes, bad, sample):
    chance, held, draws = random.Random(11), 0, 2000
    truth = sum(bad) / sum(sizes)
    for _ in range(draws):
        strata = [
            Stratum(str(n), size, many, sum(one < hits for one in chance.sample(range(size), many)))
            for n, (size, hits, many) in enumerate(zip(sizes, bad, sample, strict=True))
        ]
        found = stratified(strata)
        held += found.low <= truth <= found.high

    assert 0.93 <= held / draws <= 0.97


def test_the_hajek_interval_holds_the_truth_of_skewed_draws():
    chance, held, draws = random.Random(12), 0, 2000
    # Bad ones were drawn three times as often as good ones.
    people = [(0.3, True)] * 60 + [(0.3, False)] * 240 + [(0.1, False)] * 900 + [(0.1, True)] * 60
    truth = sum(bad for _, bad in people) / len(people)
    for _ in range(draws):
        found = hajek((p, bad) for p, bad in people if chance.random() < p)
        held += found.low <= truth <= found.high

    assert 0.93 <= held / draws <= 0.97


def test_what_was_seen_bounds_what_is_possible():
    """3 of 24 are bad for certain, and 17 are good."""
    found = stratified([Stratum("chat", 24, 20, 3)])

    assert found.low is not None
    assert found.high is not None
    assert 3 / 24 <= found.low < found.value < found.high <= 7 / 24

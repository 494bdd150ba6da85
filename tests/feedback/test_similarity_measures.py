"""What confidences are worth, how fast suggestions get better, and what a name says."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.similarity.calibration import adaptive_ece, ece, even_bins, expected_error, reliability
from feedback.similarity.curve import learning_curve
from feedback.similarity.names import text_of

QUICK = settings(max_examples=60)
SAID = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def columns(pairs):
    return [one for one, _hit in pairs], [hit for _one, hit in pairs]


def test_error_by_hand():
    """Two bins: 0.9 said and 3 of 4 right; 0.3 said and 1 of 2 right."""
    said, right = [0.9] * 4 + [0.3] * 2, [True, True, True, False, True, False]
    low, high = reliability(said, right, bins=2)

    assert (low.low, low.high, low.right.n, low.right.value) == (0.0, 0.5, 2, 0.5)
    assert (high.low, high.high, high.right.n, high.right.value) == (0.5, 1.0, 4, 0.75)
    assert (low.gap, high.gap) == (pytest.approx(-0.2), pytest.approx(0.15))
    assert ece(said, right, bins=2) == pytest.approx((4 * 0.15 + 2 * 0.2) / 6)
    assert adaptive_ece(said, right, bins=1) == pytest.approx(abs(0.7 - 4 / 6))


def test_a_confidence_on_an_edge_is_in_the_lower_bin():
    """As Guo et al. have it; 0 is in the lowest all the same."""
    assert [one.high for one in reliability([0.0, 0.2, 0.4], [True] * 3, bins=5)] == pytest.approx([0.2, 0.4])


def test_nothing_suggested_has_no_error_and_nonsense_none_either():
    assert ece([], []) is None
    assert adaptive_ece([], []) is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        ece([1.2], [True])
    with pytest.raises(ValueError, match="shorter"):
        ece([0.5, 0.5], [True])


def test_who_says_what_is_true_has_little_error_and_who_boasts_has_much():
    chance = random.Random(3)
    truth = [chance.random() for _ in range(20_000)]
    right = [chance.random() < one for one in truth]

    assert ece(truth, right) < 0.02
    assert adaptive_ece(truth, right) < 0.02
    assert ece([one**0.25 for one in truth], right) > 0.2


@QUICK
@given(SAID)
def test_bins_hold_every_suggestion_once(pairs):
    for bins in (reliability(*columns(pairs)), even_bins(*columns(pairs))):
        assert sum(one.right.n for one in bins) == len(pairs)
        assert all(one.low - 1e-12 <= one.confidence <= one.high + 1e-12 for one in bins)
        assert expected_error(bins) is None or 0 <= expected_error(bins) <= 1
    sizes = [one.right.n for one in even_bins(*columns(pairs))]
    assert max(sizes, default=0) - min(sizes, default=0) <= 1


@QUICK
@given(SAID, st.randoms())
def test_the_order_of_suggestions_changes_no_error(pairs, chance):
    mixed = chance.sample(pairs, len(pairs))

    assert ece(*columns(pairs)) == pytest.approx(ece(*columns(mixed)))
    assert adaptive_ece(*columns(pairs)) == pytest.approx(adaptive_ece(*columns(mixed)))


def test_a_curve_of_few_and_of_many():
    assert learning_curve([]) == []
    (only,) = learning_curve([True, False, True])
    assert (only.start, only.end, only.middle, only.right.value) == (0, 3, 1.0, pytest.approx(2 / 3))

    points = learning_curve([n >= 500 for n in range(1000)])
    assert (points[0].right.value, points[-1].right.value) == (0.0, 1.0)
    assert points[0].right.low == 0.0 < points[0].right.high


@QUICK
@given(st.lists(st.booleans(), max_size=2000))
def test_every_suggestion_is_in_one_point_of_the_curve(right):
    points = learning_curve(right)

    assert [point.start for point in points] == ([0, *(point.end for point in points)][:-1] if points else [])
    assert sum(point.right.n for point in points) == len(right)
    assert all(point.end - point.start >= 50 for point in points[1:])
    assert sum(round(point.right.value * point.right.n) for point in points) == sum(right)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("card_arrival", "card arrival"),
        ("Home > Kitchen > Knives", "Knives, Kitchen, Home"),
        ("Toys > Toys", "Toys"),
        ("cardArrival", "card Arrival"),
        ("HTTPServer", "HTTP Server"),
        ("iPhone", "iPhone"),
        ("OAuth", "OAuth"),
        ("iPhone cases", "iPhone cases"),
        ("Audio & Video/TV", "Audio Video TV"),
        ("what-is-your-name", "what is your name"),
        ("주방_칼", "주방 칼"),
        ("???", "???"),
        ("", ""),
    ],
)
def test_the_text_of_a_value(value, text):
    assert text_of(value) == text


@QUICK
@given(st.text(min_size=1))
def test_every_value_has_a_text(value):
    assert text_of(value)

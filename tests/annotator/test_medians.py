"""Medians, their intervals and differences."""

import math
import random

import pytest

from annotator.stats import medians


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (9, 2), (20, 6), (40, 14), (5000, 2431)])
def test_the_ranks_are_those_of_the_sign_test(n, rank):
    """Conover, table A3: 20 values have their interval from the 6th to the 15th."""
    found = medians.with_interval([float(k) for k in range(1, n + 1)])

    assert (found.value, found.low, found.high) == ((n + 1) / 2, rank, n + 1 - rank)


def test_few_values_have_no_interval_and_no_difference():
    few, many = medians.with_interval([1, 2, 3, 4, 5]), medians.with_interval([1.0] * 9)

    assert (few.value, few.low, few.high) == (3, None, None)
    assert medians.difference(few, many).value is None
    assert medians.with_interval([]).value is None


def test_the_interval_of_a_difference_holds_it_as_often_as_it_says():
    chance, true, held = random.Random(1), math.exp(2.3) - math.exp(2), 0
    for _ in range(1000):
        one = medians.with_interval([chance.lognormvariate(2.3, 1) for _ in range(40)])
        other = medians.with_interval([chance.lognormvariate(2, 1) for _ in range(200)])
        found = medians.difference(one, other)
        held += found.low <= true <= found.high

    assert 940 <= held <= 985

"""Medians with their intervals, and the difference of two: nothing is assumed of the distribution.

The interval of a median is between two order statistics (Conover, *Practical Nonparametric
Statistics*, section 3.2), that of a difference from both (MOVER: Zou and Donner 2008, Statistics in
Medicine 27:1693), as Newcombe's is for rates. All intervals are of 95 %, in the unit of the values.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import median

from annotator.stats.intervals import Estimate, Undefined


def with_interval(values: Sequence[float]) -> Estimate:
    """The median. Fewer than six values have no interval."""
    if not values:
        return Estimate(reason=Undefined.NO_ANSWERS)
    ordered, rank = sorted(values), _rank(len(values))
    low, high = (ordered[rank - 1], ordered[-rank]) if rank else (None, None)
    return Estimate(median(ordered), low, high, len(ordered))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """The first minus the second; not defined where either has no interval."""
    n = one.n + other.n
    if one.value is None or other.value is None or one.low is None or other.low is None:
        return Estimate(n=n, reason=Undefined.NO_ANSWERS)
    between = one.value - other.value
    below = sqrt((one.value - one.low) ** 2 + ((other.high or 0.0) - other.value) ** 2)
    above = sqrt(((one.high or 0.0) - one.value) ** 2 + (other.value - other.low) ** 2)
    return Estimate(between, between - below, between + above, n)


def _rank(n: int) -> int:
    """The largest r with P(Binomial(n, 1/2) < r) of at most 0.025; 0: there is none."""
    rank, ways, below, most = 0, 1, 1, 2**n // 40
    while below <= most:
        rank += 1
        ways = ways * (n - rank + 1) // rank
        below += ways
    return rank

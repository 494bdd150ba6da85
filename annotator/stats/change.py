"""Whether a rate changed from one period to the next, and how sure that is.

The interval of a difference is made from the intervals of the two rates (MOVER: Zou and Donner 2008,
Statistics in Medicine 27:1693; with Wilson's intervals it is Newcombe's of 1998):

    d = p1 - p2,  low = d - sqrt((p1 - l1)² + (u2 - p2)²),  high = d + sqrt((u1 - p1)² + (p2 - l2)²)

It holds for any two independent rates with intervals, those of unequal samples too. A change counts as
one when the interval leaves 0 out. Of several differences that are looked at together, each gets the
interval of 1 - 0.05 / how many (Bonferroni), so that all of them hold with 95 %.
"""

from math import sqrt
from statistics import NormalDist
from typing import Literal

from annotator.stats.intervals import Estimate, Undefined, bounds, wilson

Word = Literal["better", "worse", "same", ""]


def difference(now: Estimate, before: Estimate) -> Estimate:
    """`now` minus `before`, -1 to 1; not defined where either is not known."""
    n = now.n + before.n
    if (
        now.value is None
        or now.low is None
        or now.high is None
        or before.value is None
        or before.low is None
        or before.high is None
    ):
        return Estimate(n=n, reason=Undefined.NO_ANSWERS)
    between = now.value - before.value
    below = sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    above = sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    return Estimate(between, between - below, between + above, n)


def word(change: Estimate, *, less_is_better: bool) -> Word:
    """`better` or `worse` where the interval of the change says so, `same` where it holds 0; empty where
    nothing is known."""
    if change.low is None or change.high is None:
        return ""
    if change.low <= 0 <= change.high:
        return "same"
    return "better" if (change.high < 0) == less_is_better else "worse"


def of_several(x: int, n: int, comparisons: int) -> Estimate:
    """`x` of `n` with the interval that a rate needs which is in one of so many differences."""
    found = wilson(x, n)
    if found.value is None:
        return found
    low, high = bounds(found.value, n, NormalDist().inv_cdf(1 - 0.025 / max(1, comparisons)))
    return Estimate(found.value, low, high, n)

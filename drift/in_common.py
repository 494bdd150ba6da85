"""What rows of a group have in common: values that are more frequent among them than in the baseline. Pure.

Fisher's exact test, one-sided, corrected by Holm for the number of values that were tried. Which are tried is
decided by both sides together, so that the choice says nothing of how they differ.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma

LEVEL = 0.05
LEAST_SHARE = 0.3  # of the group: what fewer have is nothing in common
LEAST_ROWS = 3
MOST = 6  # told


@dataclass(frozen=True)
class Common:
    """`of` the group's `n` rows and of the baseline's `then_n`. `p` is corrected."""

    column: str
    value: Hashable
    rows: int
    n: int
    then_rows: int
    then_n: int
    p: float

    @property
    def share(self) -> float:
        return self.rows / self.n

    @property
    def then_share(self) -> float:
        return self.then_rows / self.then_n


Row = Mapping[str, Hashable]  # column to value; an empty one says nothing


def in_common(group: Sequence[Row], baseline: Sequence[Row]) -> list[Common]:
    """What differs, the surest first; nothing where either side is empty."""
    if not group or not baseline:
        return []
    here, there = _counts(group), _counts(baseline)
    least = max(LEAST_ROWS, LEAST_SHARE * len(group))
    tried = [
        (_more(here[key], len(group), there[key], len(baseline)), key)
        for key in here | there
        if here[key] + there[key] >= least
    ]
    found, worst = [], 0.0
    for place, (p, (column, value)) in enumerate(sorted(tried, key=lambda one: (one[0], str(one[1])))):
        worst = max(worst, min(1.0, p * (len(tried) - place)))
        if worst > LEVEL:
            break
        key = (column, value)
        if here[key] >= least:
            found.append(Common(column, value, here[key], len(group), there[key], len(baseline), worst))
    return found[:MOST]


def _counts(rows: Sequence[Row]) -> Counter[tuple[str, Hashable]]:
    return Counter(
        (column, value) for row in rows for column, value in row.items() if value not in ("", None)
    )


def _more(k: int, n: int, then_k: int, then_n: int) -> float:
    """The chance of `k` or more of `n`, were the rows dealt at random among group and baseline."""
    marked, total = k + then_k, n + then_n
    whole = _choose(total, n)
    chances = (
        exp(_choose(marked, x) + _choose(total - marked, n - x) - whole)
        for x in range(k, min(marked, n) + 1)
        if n - x <= total - marked
    )
    return min(1.0, sum(chances))


def _choose(n: int, k: int) -> float:
    """The logarithm of n over k."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

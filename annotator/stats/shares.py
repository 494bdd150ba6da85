"""The mean of a share that is measured on each item, such as how many of the others agree."""

from collections.abc import Mapping
from math import sqrt

from annotator.stats.intervals import Estimate, Undefined, bounds


def mean_share(counts: Mapping[tuple[int, int], int]) -> Estimate:
    """`counts[hits, of]`: how many items have this share. Items weigh the same, whatever `of` is.

    The interval is Wilson's on the number of plain answers that would have the same standard
    error: with one answer an item it is Wilson's own. Shares that are all alike know no spread;
    then each item counts as one answer.
    """
    shares = {key: times for key, times in counts.items() if key[1] and times}
    n = sum(shares.values())
    if not n:
        return Estimate(reason=Undefined.NO_ANSWERS)
    mean = sum(times * hits / of for (hits, of), times in shares.items()) / n
    squares = sum(times * (hits / of - mean) ** 2 for (hits, of), times in shares.items())
    se = sqrt(squares) / n
    most = sum(times * of for (_, of), times in shares.items())
    n_eff = min(most, mean * (1 - mean) / se**2) if se > 1e-12 else n
    low, high = bounds(mean, n_eff)
    return Estimate(mean, low, high, n, se=se, n_eff=n_eff)

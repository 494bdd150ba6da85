"""How large a share a topic has, and whether it grows, with intervals that know that shares vary from day to day.

Taken as independent draws, inputs would make every second topic grow or shrink: shares vary with no drift at all.
How much is told by the days before, over all topics together, by moments (`wobble`). A share over D days of
N inputs is then as certain as one of `1 / (1/N + rho/D)` independent inputs, and its interval is Wilson's on that
number (as in `annotator.stats.intervals`). A change counts where the interval of the difference leaves 0 out, with a
certainty that holds for all topics that are looked at together (Bonferroni).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Generic, TypeVar

from annotator.stats.change import difference
from annotator.stats.intervals import Estimate, Undefined, Z, bounds

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Day(Generic[Key]):
    """`n` inputs, of which `counts` are in each topic; the others are in none."""

    n: int
    counts: Mapping[Key, int]


def wobble(days: Sequence[Day[Key]]) -> float:
    """rho: the variance of a topic's share p between days, beyond that of draws, is rho p (1 - p).

    `num / den` over all topics, `num = D/(D-1) sum_d (x_d - p)^2 - p(1-p) sum_d 1/n_d`, `den = D p(1-p)`,
    p the mean of the D days' shares x_d. 0 where fewer than two days have inputs.
    """
    days = [day for day in days if day.n]
    d = len(days)
    if d < 2:
        return 0.0
    draws = sum(1 / day.n for day in days)
    num = den = 0.0
    for key in {key for day in days for key in day.counts}:
        shares = [day.counts.get(key, 0) / day.n for day in days]
        p = sum(shares) / d
        num += d / (d - 1) * sum((x - p) ** 2 for x in shares) - p * (1 - p) * draws
        den += d * p * (1 - p)
    return max(0.0, num / den) if den else 0.0


def share(key: Key, days: Sequence[Day[Key]], rho: float, *, z: float = Z) -> Estimate:
    """Of all inputs of these days together."""
    days = [day for day in days if day.n]
    n = sum(day.n for day in days)
    if not n:
        return Estimate(reason=Undefined.NO_ANSWERS)
    p = sum(day.counts.get(key, 0) for day in days) / n
    worth = 1 / (1 / n + rho / len(days))
    low, high = bounds(p, worth, z)
    return Estimate(p, low, high, n, n_eff=worth)


def change(
    key: Key, now: Sequence[Day[Key]], before: Sequence[Day[Key]], rho: float, *, together: int = 1
) -> Estimate:
    """The share now minus the one before, with an interval that holds for `together` topics at once."""
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, together))
    return difference(share(key, now, rho, z=z), share(key, before, rho, z=z))

"""What of a day's inputs an eval set covers. Pure: numpy, and scipy for the grouping.

No cosine means "alike" everywhere: inputs about one thing are near each other in a bank's log and far apart in a
shop's. So the yardstick is the log itself. An input's *remoteness* is the logarithm of

    (distance to the nearest input of the reference) / (distance to its NEAREST-th nearest input of production)

averaged over the input and those nearest ones, for what is covered is a kind of input and not a wording. The ball of
the k-th nearest neighbour is that of Naeem et al. 2020 ("Reliable fidelity and diversity metrics for generative
models", section 3.2), who count real samples with a generated one in their ball; a fixed ball would call half of
what a small reference covers uncovered, so here the floor is measured:

The reference covers its own kinds. Of the NEAREST production inputs around each reference input, 95 of 100 are less
remote than the *floor*; an input that is more remote is uncovered. Reference inputs that nobody asks for (their
nearest production input is further than production inputs are from each other) take no part in that.

By this 3 to 9 in 100 inputs that are covered are called uncovered, 10 to 14 where the reference has one input of each
kind (all-MiniLM-L6-v2 on CLINC150 and banking77: `bench/bench_coverage.py`). No constant is of an encoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.stats.intervals import Estimate, Undefined, bounds

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

NEAREST = 10
SURE = 0.95
LEAST_REFERENCE, LEAST_PRODUCTION = 20, 100
MOST_PRODUCTION = 6_000  # rows, of the day and the days before together
BLOCK = 512
TINY = 1e-3  # a distance: below it two texts are the same
WIDER = 1.4  # than the median distance to the NEAREST-th: how far apart inputs of a group are on average
LEAST_GROUP = 5
NO_GROUP = -1


class TooFew(ValueError):
    """The text is a code: `reference`, `production` or `unasked`, with `n` and how many it takes."""

    def __init__(self, code: str, n: int, least: int) -> None:
        super().__init__(code)
        self.code, self.n, self.least = code, n, least


@dataclass(frozen=True)
class Covered:
    """`covered`, `remoteness`: (n,) of the day's inputs. `asked`: (R,) whether anybody asks for what a reference
    input asks. `cut`: the mean distance within which inputs are one group."""

    covered: Booleans
    remoteness: Floats
    floor: float
    asked: Booleans
    cut: float


def measured(day: Floats, before: Floats, reference: Floats) -> Covered:
    """Of unit vectors (n, d), (b, d) and (R, d) of one space. The days before only serve as neighbours. TooFew when
    nothing can be said."""
    window = np.concatenate([day, before])[:MOST_PRODUCTION]
    if len(reference) < LEAST_REFERENCE:
        raise TooFew("reference", len(reference), LEAST_REFERENCE)
    if len(window) < LEAST_PRODUCTION or not len(day):
        raise TooFew("production", len(window), LEAST_PRODUCTION)
    near, reach, apart = _neighbours(window, reference)
    single = np.log(np.maximum(apart, TINY) / np.maximum(reach, TINY))
    remoteness = (single + single[near].sum(axis=1)) / (1 + near.shape[1])
    around, distance = _around(reference, window)
    asked = distance <= reach[around[:, 0]]
    if not asked.any():
        raise TooFew("unasked", 0, 1)
    floor = float(np.quantile(remoteness[around[asked]], SURE))
    mine = remoteness[: len(day)].astype(np.float32)
    return Covered(mine <= np.float32(floor), mine, floor, asked, float(WIDER * np.median(reach)))


def _neighbours(window: Floats, reference: Floats) -> tuple[Numbers, Floats, Floats]:
    """Of each row: its nearest other rows (N, k), the distance to the last of them, and to the reference."""
    n = len(window)
    near = np.empty((n, NEAREST), dtype=np.int64)
    reach = np.empty(n, dtype=np.float32)
    apart = np.empty(n, dtype=np.float32)
    for start in range(0, n, BLOCK):
        rows = window[start : start + BLOCK]
        at = np.arange(len(rows))
        like = rows @ window.T
        like[at, start + at] = -2.0
        best = np.argpartition(-like, NEAREST - 1, axis=1)[:, :NEAREST]
        near[start : start + BLOCK] = best
        reach[start : start + BLOCK] = 1 - np.take_along_axis(like, best, axis=1).min(axis=1)
        apart[start : start + BLOCK] = 1 - (rows @ reference.T).max(axis=1)
    return near, reach, apart


def _around(reference: Floats, window: Floats) -> tuple[Numbers, Floats]:
    """Of each reference input: its nearest rows (R, k), the nearest first, and the distance to that."""
    around = np.empty((len(reference), NEAREST), dtype=np.int64)
    distance = np.empty(len(reference), dtype=np.float32)
    for start in range(0, len(reference), BLOCK):
        like = reference[start : start + BLOCK] @ window.T
        best = np.argpartition(-like, NEAREST - 1, axis=1)[:, :NEAREST]
        values = np.take_along_axis(like, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        around[start : start + BLOCK] = np.take_along_axis(best, order, axis=1)
        distance[start : start + BLOCK] = 1 - values.max(axis=1)
    return around, distance


def share(hits: Booleans, weights: Numbers) -> Estimate:
    """Of the traffic that rows stand for, the part that hits. Wilson's interval on Kish's effective number."""
    total = int(weights.sum())
    if not total:
        return Estimate(reason=Undefined.NO_ANSWERS)
    value = float(weights[hits].sum() / total)
    effective = float(total) ** 2 / float((weights.astype(np.float64) ** 2).sum())
    low, high = bounds(value, effective)
    return Estimate(value, low, high, n=len(weights), n_eff=effective)


def grouped(day: Floats, cut: float) -> Numbers:
    """(n,) the number of each input's group, the largest first, or NO_GROUP: average linkage (UPGMA) on 1 - cosine,
    cut where inputs are `cut` apart on average."""
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - of workers only

    n = len(day)
    found = np.full(n, NO_GROUP, dtype=np.int64)
    if n < LEAST_GROUP:
        return found
    apart = np.empty(n * (n - 1) // 2, dtype=np.float64)
    at = 0
    for row in range(n - 1):
        apart[at : at + n - 1 - row] = 1.0 - day[row + 1 :] @ day[row]
        at += n - 1 - row
    np.maximum(apart, 0.0, out=apart)
    labels = fcluster(linkage(apart, "average"), cut, "distance")
    names, sizes = np.unique(labels, return_counts=True)
    large = names[sizes >= LEAST_GROUP]
    for rank, name in enumerate(sorted(large, key=lambda one: (-sizes[names == one][0], one))):
        found[labels == name] = rank
    return found


def nearest_to_centre(day: Floats, which: Sequence[int]) -> list[int]:
    """`which`, those nearest to their centroid first."""
    rows = day[list(which)]
    centre = rows.mean(axis=0)
    order = np.argsort(-(rows @ centre), kind="stable")
    return [which[int(one)] for one in order]

"""One p-value for a day: the largest of what all windows say, against the same under shuffled days.

The null of the permutations is that the day's rows are drawn as the baseline's were; what topic shares
vary from day to day anyway is taken from the observed values alone (see `wobble`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from drift.scan import measure, wobble
from drift.scan.groups import Group, found_groups
from drift.scan.known import Known, set_aside, still
from drift.scan.refused import FEWEST_BASELINE, FEWEST_DAYS, Refused, refused
from drift.scan.scores import score
from drift.scan.tree import Floats, Numbers, cosines, grow

PERMUTATIONS = 1999  # so that half a day's level (`budget`) is five of them


@dataclass(frozen=True)
class Judgement:
    """`p`: at least 1 / (permutations + 1). `rho`: how much shares vary from day to day. `groups`: surest first,
    none when `p` is above the level. `stat`: how far the largest value is from what shuffled days give, in
    standard deviations of its class; it orders days, it is no p. `aside`, `baseline_aside`: rows of known groups,
    which were not tested; `rows`, `baseline_rows`: those that were."""

    p: float
    stat: float
    rho: float
    rows: int
    baseline_rows: int
    permutations: int
    groups: list[Group] = field(default_factory=list)
    aside: int = 0
    baseline_aside: int = 0


def judge(
    baseline: Floats,
    days: Numbers,
    day: Floats,
    *,
    seed: int,
    level: float,
    permutations: int = PERMUTATIONS,
    known: Sequence[Known] = (),
    fewest_days: int = FEWEST_DAYS,
    fewest_baseline: int = FEWEST_BASELINE,
    beside: tuple[Floats, Numbers] | None = None,
) -> Judgement | Refused:
    """`baseline` (B, d) and `day` (n, d): unit vectors of one encoder, float32, a row once whatever it weighs.
    `days` (B,): the day number of each baseline row. `level`: at which groups are shown.

    `beside`: rows (M, d) of other days, and the day of each, where the baseline has no days: how much topics vary is
    told from them, and what they ask is known to be asked. The baseline counts as one day then.

    Rows in the same order and the same `seed` give the same answer. Raises ValueError for too many rows.
    """
    known = still(day, known)
    here, there = ~set_aside(day, known), ~set_aside(baseline, known)
    mine, before = np.flatnonzero(here), np.flatnonzero(there)
    numbers = days[before]
    if no := refused(len(mine), len(before), len(np.unique(numbers)), fewest_days, fewest_baseline):
        return no
    rows = np.vstack([baseline[before], day[mine]])
    is_day = np.arange(len(rows)) >= len(before)
    likeness = cosines(rows)
    tree = grow(likeness)
    isolated = measure.isolation_order(likeness)
    del likeness

    if beside is None:
        also, rho = None, wobble.overdispersion(tree, np.concatenate([numbers, np.full(len(mine), -1)]))
    else:
        also, rho = _told_by_others(rows, *beside, known)
    by = wobble.deflation(wobble.cautious(rho), len(np.unique(numbers)), len(mine), len(before))
    windows = np.flatnonzero((tree.sizes >= measure.CLASSES[0]) & (tree.sizes <= measure.MOST * len(rows)))
    scores = score(tree, windows, isolated, is_day, by=by, seed=seed, permutations=permutations, also=also)
    groups = found_groups(tree, windows, isolated, rows, is_day, scores, scores.threshold(level))
    return Judgement(
        p=scores.p(scores.largest[0]),
        stat=float(scores.largest[0]),
        rho=rho,
        rows=len(mine),
        baseline_rows=len(before),
        permutations=permutations,
        groups=[_as_given(group, mine, before) for group in groups],
        aside=len(day) - len(mine),
        baseline_aside=len(baseline) - len(before),
    )


def _told_by_others(
    rows: Floats, others: Floats, days: Numbers, known: Sequence[Known]
) -> tuple[Numbers, float]:
    """How many of `others` are most like each of `rows`, and how much topics vary among them."""
    left = ~set_aside(others, known)
    nearest = cosines(others[left], rows).argmax(axis=1)
    return np.bincount(nearest, minlength=len(rows)), wobble.told_from(others[left], days[left])


def seed_of(project: int, day: str, sample: int) -> int:
    """The same for the same day of the same project, drawn with the same seed."""
    digest = blake2b(f"{project}\x1f{day}\x1f{sample}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _as_given(group: Group, mine: NDArray[np.int64], before: NDArray[np.int64]) -> Group:
    """With the row numbers that the caller has."""
    return Group(
        group.kind, mine[group.day], before[group.baseline], group.p, group.value, group.centroid, group.reach
    )

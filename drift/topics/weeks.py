"""A week's shares of topics beside those of the weeks before: which topics are larger or smaller than they were?

One day shows a new topic; that a known one doubles or goes, in traffic that varies from day to day, takes a week. The
unit is the day. Under the null a week's days are like the days before them, weekday by weekday, so that "this week"
may stand on any day of the same weekday: shuffled so, the days give the null, whatever shares vary by, and whatever the
rhythm of the week is (stratified permutation; Good 2005). What people ask about one thing may be several topics of a fit, so
neighbouring ones are tested together, too. The largest value over all of these is held against the largest of
the shuffled ones, and topics that are found are taken out one by one (step-down maxT, Westfall & Young 1993), out of the
shares of the others, too: what grows makes all others smaller.

That holds where all days are counted by topics that were fitted to all of them alike, blind to the day. It does not hold
against shares that wander from week to week by themselves: that is told as a change, and it is one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import prod

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 1999
FEWEST_DAYS = 5  # of the week, each with one before it of the same weekday
FEWEST_ORDERS = 400  # in which the days can be shuffled: with fewer no p is small enough
LITTLE = 0.1  # of an ordinary day's inputs: what has no more is no day, its shares are of few
FEWEST_ROWS = 20  # of a topic in all days: of fewer nothing can be said
MOST_FOUND = 20
MOST_TOGETHER = 12  # topics, that have at most
MOST_SHARE = 0.4  # of all inputs
OWN = 0.5  # the weight of a topic's own variance
NEW = 0.1  # of the share now; at most so much before is none

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """A day's different inputs by topic. What is in no topic is not counted."""

    day: date
    counts: Mapping[int, int]


class Why(StrEnum):
    """Why a week was not judged."""

    FEW_DAYS = "few_days"
    FEW_WEEKS = "few_weeks"
    NO_TOPICS = "no_topics"


@dataclass(frozen=True)
class Shift:
    """One topic, or some that are neighbours, whose share changed; the one that moved most first. `rows` of `n` inputs of
    the week that are in a topic, `then_rows` of `then_n` of the days before. `p`: adjusted for all that is tested."""

    topics: tuple[int, ...]
    p: float
    kind: str  # "new", "grown" or "shrunk"
    rows: int
    n: int
    then_rows: int
    then_n: int


@dataclass(frozen=True)
class Judged:
    """`p`: one for all topics, at least 1 / (PERMUTATIONS + 1). `shifts`: at the level, the surest first."""

    p: float
    shifts: list[Shift]


@dataclass(frozen=True)
class Sorted:
    """Days as arrays: `counts` (D, K), `now` (D,) whether of the week, `stratum` (D,) its weekday's number. `parts` (K, J):
    1 where a topic is part of what is tested together."""

    topics: list[int]
    counts: Floats
    parts: Floats
    now: NDArray[np.bool_]
    stratum: NDArray[np.int64]


def judge(
    now: Sequence[Counted],
    before: Sequence[Counted],
    *,
    seed: int,
    level: float,
    together: Sequence[Collection[int]] = (),
    expected: Collection[int] = (),
) -> Judged | Why:
    """`together`: topics that are neighbours, each such set tested as one beside its topics. `expected`: topics that are
    not tested, and not counted in the others' shares. Days with next to no inputs are left out. The same seed
    gives the same answer."""
    data = _sorted(now, before, together, set(expected))
    if isinstance(data, Why):
        return data
    labels = _labels(data, np.random.default_rng(seed))
    alive = np.ones(len(data.topics), dtype=bool)
    p, found = None, list[Shift]()
    while alive.any() and len(found) < MOST_FOUND:
        values = _values(data, alive, labels)
        top = int(np.argmax(np.abs(values[0])))
        largest = np.abs(values).max(axis=1)
        one = float((1 + (largest[1:] >= largest[0] - 1e-9).sum()) / len(values))
        p = one if p is None else p
        if one > level:
            break
        found.append(_shift(data, alive, top, max([one, *(shift.p for shift in found)])))
        alive &= data.parts[:, top] == 0
    return Judged(1.0 if p is None else p, found)


def _sorted(
    now: Sequence[Counted],
    before: Sequence[Counted],
    together: Sequence[Collection[int]],
    expected: set[int],
) -> Sorted | Why:
    """Days of weekdays that both sides have."""
    rows = {
        one.day: sum(n for topic, n in one.counts.items() if topic not in expected) for one in [*now, *before]
    }
    fewest = LITTLE * float(np.median([n for n in rows.values() if n] or [0]))
    week, past = ([one for one in side if rows[one.day] > fewest] for side in (now, before))
    both = {one.day.weekday() for one in week} & {one.day.weekday() for one in past}
    week, past = ([one for one in side if one.day.weekday() in both] for side in (week, past))
    if len(week) < FEWEST_DAYS:
        return Why.FEW_DAYS
    weekdays = np.array([one.day.weekday() for one in [*past, *week]])
    if prod(int((weekdays == one).sum()) for one in both) < FEWEST_ORDERS:
        return Why.FEW_WEEKS
    topics = sorted({topic for one in [*past, *week] for topic in one.counts} - expected)
    counts = np.array([[one.counts.get(topic, 0) for topic in topics] for one in [*past, *week]], dtype=float)
    if not topics or not (counts.sum(axis=0) >= FEWEST_ROWS).any():
        return Why.NO_TOPICS
    of_week = np.arange(len(counts)) >= len(past)
    sets = dict.fromkeys(frozenset(one) & frozenset(topics) for one in together)
    parts = np.array([[topic in one for one in sets if len(one) > 1] for topic in topics], dtype=float)
    parts = parts.reshape(len(topics), -1)
    large = counts.sum(axis=0) @ parts > MOST_SHARE * counts.sum()  # its share is what the others leave
    tested = np.hstack([np.eye(len(topics)), parts[:, ~large]])
    return Sorted(topics, counts, tested, of_week, np.unique(weekdays, return_inverse=True)[1])


def _labels(data: Sorted, chance: np.random.Generator) -> Floats:
    """(P + 1, D): 1 on the days that are called the week's, first as they are, then shuffled among the same weekday."""
    found = np.tile(data.now.astype(float), (PERMUTATIONS + 1, 1))
    for one in range(data.stratum.max() + 1):
        here = np.flatnonzero(data.stratum == one)
        found[1:, here] = chance.permuted(found[1:, here], axis=1)
    return found


def _values(data: Sorted, alive: NDArray[np.bool_], labels: Floats) -> Floats:
    """(P + 1, J): Student's t of the share of what is tested, this week's days beside the others of the same weekdays.

    Shares are of what is in the topics that are `alive`. Twenty days tell a variance badly: each one's own and what
    draws and all topics' wobble make of one of its size count alike (moderated t; Smyth 2004, with both weights fixed).
    """
    n = np.maximum((data.counts * alive).sum(axis=1, keepdims=True), 1)
    counts = data.counts @ data.parts
    tested = (counts.sum(axis=0) >= FEWEST_ROWS) & ~data.parts[~alive].any(axis=0)
    apart, draws = counts / n, np.zeros(counts.shape[1])
    p = counts.sum(axis=0) / n.sum()
    free = 0.0  # of the label within its weekday; also how many days a variance is told by
    for one in range(data.stratum.max() + 1):
        here = data.stratum == one
        apart[here] -= apart[here].mean(axis=0)
        draws += p * (1 - p) * (1 / n[here]).sum() * (1 - 1 / here.sum())
        free += here.sum() - 1
    squares = (apart**2).sum(axis=0)
    rho = max(0.0, (squares - draws)[tested].sum()) / max((p * (1 - p))[tested].sum() * free, 1e-12)
    usual = np.where(tested, draws + rho * p * (1 - p) * free, 1) / free
    between = labels @ apart
    spread = _spread(data)
    variance = (OWN * (squares - between**2 / spread) / (free - 1) + (1 - OWN) * usual) * spread
    return np.where(tested, between / np.sqrt(np.maximum(variance, 1e-12)), 0.0)


def _spread(data: Sorted) -> float:
    """The sum of squares of a label, within its weekday: one day of each weekday is the week's."""
    sizes = np.bincount(data.stratum)
    return float((1 - 1 / sizes).sum())


def _shift(data: Sorted, alive: NDArray[np.bool_], at: int, p: float) -> Shift:
    now, counts = data.now, data.counts * alive
    n, then_n = int(counts[now].sum()), int(counts[~now].sum())
    mine = np.flatnonzero(data.parts[:, at])
    each, each_then = counts[now][:, mine].sum(axis=0), counts[~now][:, mine].sum(axis=0)
    share, then = each.sum() / max(n, 1), each_then.sum() / max(then_n, 1)
    moved = np.abs(each / max(n, 1) - each_then / max(then_n, 1))
    return Shift(
        topics=tuple(data.topics[mine[k]] for k in np.argsort(-moved, kind="stable")),
        p=p,
        kind="shrunk" if share < then else "new" if then <= NEW * share else "grown",
        rows=int(each.sum()),
        n=n,
        then_rows=int(each_then.sum()),
        then_n=then_n,
    )


def neighbours(topics: Sequence[int], centroids: NDArray[np.float32]) -> list[frozenset[int]]:
    """Sets of 2 to MOST_TOGETHER topics that are nearest to each other: the nodes of a tree of their middles (k, d), unit
    vectors (average linkage on cosine distance)."""
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 - heavy

    if len(topics) < 2:
        return []
    nodes = [frozenset([one]) for one in topics]
    for left, right, *_rest in linkage(centroids.astype(np.float64), "average", metric="cosine"):
        nodes.append(nodes[int(left)] | nodes[int(right)])
    return [one for one in nodes[len(topics) :] if len(one) <= MOST_TOGETHER]

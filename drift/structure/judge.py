"""A day against the days before, feature by feature, and one p-value for all of them together. Pure.

A change that is certain and too small to matter counts as none: its p-value is 1. That makes no false alarm
more likely, for a p-value only grows by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from math import ceil, log, sqrt

from drift.structure import chance, compare
from drift.structure.compare import Expected, Level
from drift.structure.feature import OTHER, YES, Feature, Scale, Shape
from drift.structure.tally import Counts, Sums, Tally, bar_at, bar_from

DAYS = 7  # before a day is judged
ROWS = 100  # of a feature on the day, and
BASE_ROWS = 30  # on a day before, to count
MISSING = 0.1  # of what an hour of the day has by rights: with fewer the hour is missing,
MISSED = 0.1  # and hours that have so much of a day's rows make it a part of a day
EXPECTED = 5  # rows: of hours with fewer by rights nothing is missed
TAIL = 0.05  # of the days before: how much lies beyond a tail's edge
TAIL_FROM = log(1.25)  # beyond the middle on the scale: what is nearer is no tail
TAIL_LEAST = 0.05  # how much more or less than that matters


class Why(StrEnum):
    """A feature, or a day, is not judged because …"""

    FEW_ROWS = "few_rows"
    FEW_DAYS = "few_days"


class View(StrEnum):
    """What of an amount changed. Of a category the view is its name, of a share “yes”."""

    MIDDLE = "middle"
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True)
class Day:
    """A day that was read. `ahead`: hours by which the place's clocks were ahead of UTC. `weekday`: Monday is 0."""

    day: date
    tally: Tally
    ahead: int = 0

    @property
    def weekday(self) -> int:
        return self.day.weekday()


@dataclass(frozen=True)
class Seen:
    """One view of a feature. `then` and `now` are on the feature's own scale (`Feature.from_scale` makes them
    values), or shares; `unit` is the variance of one row. `edge`: where a tail begins, on the scale."""

    view: str
    then: float
    then_low: float
    then_high: float
    now: float
    now_low: float
    now_high: float
    p: float
    matters: bool
    share: bool
    unit: float
    n: int
    edge: float = 0.0


@dataclass(frozen=True)
class Finding:
    """A feature on the day. `p` is of the feature, `adjusted` for all features (Holm); both 1 where nothing
    that matters changed. `seen`: what changed most, or would be told if it had. `small`: something changed
    for certain, but too little."""

    key: str
    p: float = 1.0
    adjusted: float = 1.0
    seen: Seen | None = None
    fallen: Seen | None = None  # of a category that rose: the one that gave way
    small: bool = False
    why: Why | None = None


@dataclass(frozen=True)
class Judgement:
    """`p`: one for the day. `tested`: how many features it rests on. `hours`: the hours of the day (UTC)
    compared, where the day is a part of one; `weekly`: 7 where a weekday is compared with its like, 2 for
    weekends and working days, 1 where there are too few days for either."""

    p: float = 1.0
    tested: int = 0
    findings: tuple[Finding, ...] = ()
    why: Why | None = None
    hours: frozenset[int] | None = None
    missed: float = 0.0
    weekly: int = 1
    days: int = 0
    by_key: Mapping[str, Finding] = field(default_factory=dict)

    def changed(self, level: float) -> list[Finding]:
        """What is to be told at this level, the surest first."""
        found = [one for one in self.findings if one.adjusted <= level]
        return sorted(found, key=lambda one: (one.adjusted, one.p, one.key))


def judge(
    today: Day, before: Sequence[Day], features: Mapping[str, Feature], *, level: float = 0.01
) -> Judgement:
    """`before`: the days without an alarm, in any order. `level`: at which a change counts as certain, for
    `Finding.small`; the p-values do not depend on it."""
    usable = [one for one in before if one.tally.rows >= BASE_ROWS]
    if why := _too_few(today, usable):
        return Judgement(why=why, days=len(usable))
    hours, missed = covered(today, usable)
    if hours is not None:
        today = replace(today, tally=today.tally.within(hours))
        usable = [
            replace(one, tally=one.tally.within(as_on(hours, today.ahead, one.ahead))) for one in usable
        ]
        usable = [one for one in usable if one.tally.rows >= BASE_ROWS]
        if why := _too_few(today, usable):  # in these hours
            return Judgement(why=why, hours=hours, missed=missed, days=len(usable))
    kinds, kind = compare.kinds([one.weekday for one in usable], today.weekday)
    found = [_feature(feature, today, usable, kinds, kind, level) for feature in features.values()]
    tested = [at for at, one in enumerate(found) if one.why is None]
    for at, adjusted in zip(tested, chance.holm([found[at].p for at in tested]), strict=True):
        found[at] = replace(found[at], adjusted=adjusted)
    return Judgement(
        chance.smallest_of([found[at].p for at in tested]), len(tested), tuple(found), None, hours, missed,
        {True: 7}.get(len(set(kinds)) == 7, len(set(kinds))), len(usable), {one.key: one for one in found},
    )  # fmt: skip


def _too_few(today: Day, usable: Sequence[Day]) -> Why | None:
    """Without this a test in which nothing was tested would be one that found nothing."""
    if today.tally.rows < ROWS:
        return Why.FEW_ROWS
    return Why.FEW_DAYS if len(usable) < DAYS else None


def as_on(hours: frozenset[int], ahead: int, other: int) -> frozenset[int]:
    """Hours (UTC) of a day whose clocks were `ahead`, on one whose clocks were `other`: people keep to the clock."""
    return frozenset((hour + ahead - other) % 24 for hour in hours)


def covered(day: Day, before: Sequence[Day]) -> tuple[frozenset[int] | None, float]:
    """The hours (UTC) of the day that the day has, and the share of a day's rows that it therefore lacks; None
    where it is a whole day. A day cut in half is compared with the same halves."""
    usual, there, today = [0.0] * 24, [0] * 24, day.tally
    for one in before:
        for hour, rows in one.tally.hours.items():
            usual[(int(hour) + one.ahead - day.ahead) % 24] += rows / one.tally.rows / len(before)
    for hour, rows in today.hours.items():
        there[int(hour) % 24] += rows
    per_share = max(
        (there[at] / usual[at] for at in range(24) if usual[at] * today.rows >= EXPECTED), default=0
    )
    # What a whole day would hold, by its fuller hours: the median hour would be none of an outage of half a day.
    full = sorted(
        there[at] / usual[at] for at in range(24) if usual[at] * today.rows >= EXPECTED and there[at]
    )
    whole = full[len(full) // 2] if full else per_share
    gone = [
        at for at in range(24) if usual[at] * whole >= EXPECTED and there[at] < MISSING * usual[at] * whole
    ]
    missed = sum(usual[at] for at in gone)
    return (frozenset(range(24)) - frozenset(gone), missed) if missed >= MISSED else (None, 0.0)


def _feature(
    feature: Feature, today: Day, before: Sequence[Day], kinds: Sequence[int], kind: int, level: float
) -> Finding:
    now = today.tally.of.get(feature.key)
    if now is None or now.n < ROWS:
        return Finding(feature.key, why=Why.FEW_ROWS)
    then = [
        (of_kind, found)
        for of_kind, day in zip(kinds, before, strict=True)
        if (found := day.tally.of.get(feature.key)) is not None and found.n >= BASE_ROWS
    ]
    if len(then) < DAYS:
        return Finding(feature.key, why=Why.FEW_DAYS)
    if isinstance(now, Sums):
        sums = [(of_kind, one) for of_kind, one in then if isinstance(one, Sums)]
        seen, tried = list(_amounts(feature, now, sums, kind)), 0
        tried = len(seen)
    else:
        counts = [(of_kind, one) for of_kind, one in then if isinstance(one, Counts)]
        seen = list(_shares(feature, now, counts, kind))
        tried = _alternatives(feature, now, counts)
    return _most(feature, seen, tried, level)


def _most(feature: Feature, seen: Sequence[Seen], tried: int, level: float) -> Finding:
    """The finding of a feature of which `tried` things might have changed."""
    if not seen:
        return Finding(feature.key)
    ranked = sorted(seen, key=lambda one: (not one.matters, one.p, -abs(one.now - one.then)))
    first = ranked[0]
    p = min(1.0, tried * first.p) if first.matters else 1.0
    small = p > level and any(min(1.0, tried * one.p) <= level for one in seen if not one.matters)
    fallen = None
    if feature.shape == Shape.AMOUNT:
        # Where the middle moved for certain, that is what a person would say, also if a tail shows it better.
        first = next(
            (one for one in ranked if one.view == View.MIDDLE and one.matters and tried * one.p <= level),
            first,
        )
    if feature.shape == Shape.CATEGORY and first.matters:
        # What came says more than what went, where both are beyond doubt.
        rose = [one for one in ranked if one.matters and one.now > one.then and tried * one.p <= level]
        if rose and first.now < first.then:
            first = rose[0]
        fell = [one for one in ranked if one.now < one.then and one.view != first.view]
        fallen = (
            max(fell, key=lambda one: one.then - one.now, default=None) if first.now > first.then else None
        )
    return Finding(feature.key, p, 1.0, first, fallen, small)


def _alternatives(feature: Feature, now: Counts, before: Sequence[tuple[int, Counts]]) -> int:
    """Of how many categories one could have changed. Of those without an end, as many as there are rows."""
    if feature.shape == Shape.SHARE:
        return 1
    return (
        now.n
        if feature.endless
        else len({*now.counts, *(one for _kind, day in before for one in day.counts)})
    )


def _shares(feature: Feature, now: Counts, before: Sequence[tuple[int, Counts]], kind: int) -> Iterator[Seen]:
    rows = sum(one.n for _kind, one in before)
    pooled: dict[str, int] = {}
    for _of_kind, one in before:
        for value, count in one.counts.items():
            pooled[value] = pooled.get(value, 0) + count
    if feature.shape == Shape.SHARE:
        names = [YES]
    else:
        names = sorted(
            value
            for value in {*pooled, *now.counts} - {OTHER}
            if max(pooled.get(value, 0) / rows, now.counts.get(value, 0) / now.n) >= feature.least
        )
    for name in names:
        days = [Level(k, one.n, one.counts.get(name, 0) / one.n) for k, one in before]
        yield share_seen(name, days, Level(kind, now.n, now.counts.get(name, 0) / now.n), feature.least)


def share_seen(name: str, days: Sequence[Level], now: Level, least: float, edge: float = 0.0) -> Seen:
    rows = sum(day.n for day in days)
    pooled = (sum(day.value * day.n for day in days) + 0.5) / (rows + 1)
    unit = pooled * (1 - pooled)
    then = compare.expected(days, now.kind, unit)
    low, high = then.normal_range(now.n)
    now_low, now_high = _wilson(now.value, now.n)
    return Seen(
        name, then.value, max(low, 0.0), min(high, 1.0), now.value, now_low, now_high, then.p(now, share=True),
        abs(now.value - then.value) >= least, True, unit, now.n, edge,
    )  # fmt: skip


def _wilson(p: float, n: int) -> tuple[float, float]:
    z = 1.96
    centre, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half / (1 + z * z / n)), min(1.0, centre + half / (1 + z * z / n))


def _amounts(feature: Feature, now: Sums, before: Sequence[tuple[int, Sums]], kind: int) -> Iterator[Seen]:
    yield _middle(feature, now, before, kind)
    if feature.scale == Scale.LOG and now.histogram and all(one.histogram for _kind, one in before):
        for view, edge in _edges([one for _kind, one in before]):
            days = [Level(k, one.n, _beyond(one, view, edge)) for k, one in before]
            level = Level(kind, now.n, _beyond(now, view, edge))
            yield share_seen(view, days, level, TAIL_LEAST, bar_from(edge, feature.scale))


def _middle(feature: Feature, now: Sums, before: Sequence[tuple[int, Sums]], kind: int) -> Seen:
    days = [Level(k, one.n, one.total / one.n) for k, one in before]
    rows = sum(one.n for _kind, one in before)
    within = sum(one.squares - one.total**2 / one.n for _kind, one in before)
    mine = max(now.squares - now.total**2 / now.n, 0.0) / max(now.n - 1, 1)
    unit = max(within / max(rows - len(before), 1), 0.0)
    then = compare.expected(days, kind, unit)
    value = now.total / now.n
    # A day whose rows spread more than they did is less sure of its average.
    wide = Expected(then.value, then.variance, then.spread, max(unit, mine), then.rows, then.df)
    low, high = then.normal_range(now.n)
    reach = 1.96 * sqrt(mine / now.n)
    return Seen(
        View.MIDDLE, then.value, low, high, value, value - reach, value + reach,
        wide.p(Level(kind, now.n, value), share=False), _matters(feature, then.value, value), False,
        max(unit, mine), now.n,
    )  # fmt: skip


def _matters(feature: Feature, then: float, now: float) -> bool:
    was, is_now = feature.from_scale(then), feature.from_scale(now)
    low, high = sorted((max(was, 0.0), max(is_now, 0.0)))
    return high - low >= feature.least_step and high > 0 and high >= feature.least * low


def _edges(before: Sequence[Sums]) -> Iterator[tuple[View, int]]:
    """The bars from which on upwards, and below which, about a twentieth of the days before lies."""
    pooled: dict[int, int] = {}
    for one in before:
        for name, count in one.histogram.items():
            pooled[int(name)] = pooled.get(int(name), 0) + count
    rows, below = sum(pooled.values()), 0
    middle = sum(one.total for one in before) / sum(one.n for one in before)
    far, near = ceil(bar_at(middle + TAIL_FROM)), int(bar_at(max(middle - TAIL_FROM, 0.0)))
    low = high = min(pooled)
    for bar in sorted(pooled):
        if below <= TAIL * rows:
            low = bar
        below += pooled[bar]
        if below <= (1 - TAIL) * rows:
            high = bar
    yield View.HIGH, max(high + 1, far)
    yield View.LOW, min(low, near)


def _beyond(one: Sums, view: View, edge: int) -> float:
    if view == View.HIGH:
        return sum(count for bar, count in one.histogram.items() if int(bar) >= edge) / one.n
    return sum(count for bar, count in one.histogram.items() if int(bar) < edge) / one.n

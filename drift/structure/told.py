"""All that is said of a feature on a day: values, intervals, a chart, examples, since when and with what. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from drift.structure import hours
from drift.structure.along import Along, Values, along
from drift.structure.feature import NO, YES, Feature, Shape
from drift.structure.judge import Day, Finding, Seen, View
from drift.structure.rows import DIMENSIONS
from drift.structure.since import since
from drift.structure.tally import IDS, Counts, Sums, Tally, bar_from

BARS = 14  # of a chart
OFTEN = 0.1  # of an hour's rows: from then on a value counts as there
CATEGORIES = 6
DRAWN = 0.01  # of the rows: a rarer category is not drawn


@dataclass(frozen=True)
class Told:
    """`then`, `now` in the feature's unit, or shares. `facts` is JSON. `then_rows`, `now_rows`: ids."""

    key: str
    p: float
    adjusted: float
    then: float | None = None
    now: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    then_rows: tuple[str, ...] = ()
    now_rows: tuple[str, ...] = ()


def told(
    finding: Finding, feature: Feature, today: Day, before: Sequence[Day], recent: Sequence[Day], level: float
) -> Told:
    """`recent`: the last days before, in order of time, also those under alarm: a change may be from then."""
    seen = finding.seen
    if seen is None:
        return Told(finding.key, finding.p, finding.adjusted, facts={"why": finding.why or ""})
    facts: dict[str, Any] = {
        "view": seen.view,
        "shape": feature.shape,
        "then_range": [_value(feature, seen, seen.then_low), _value(feature, seen, seen.then_high)],
        "now_range": [_value(feature, seen, seen.now_low), _value(feature, seen, seen.now_high)],
        "n": seen.n,
        "small": finding.small,
        "chart": _chart(feature, seen.view, today.tally, [one.tally for one in before]),
    }
    if seen.view in (View.HIGH, View.LOW) and feature.shape == Shape.AMOUNT:
        facts["edge"] = feature.from_scale(seen.edge)
    if finding.fallen is not None:
        facts["fallen"] = {
            "view": finding.fallen.view,
            "then": finding.fallen.then,
            "now": finding.fallen.now,
        }
    then_rows: tuple[str, ...] = ()
    now_rows: tuple[str, ...] = ()
    if finding.adjusted <= level:
        facts |= _since_and_along(finding.key, seen, today, before, recent)
        then_rows, now_rows = _examples(finding, feature, today, before)
    return Told(
        finding.key, finding.p, finding.adjusted, _value(feature, seen, seen.then), _value(feature, seen, seen.now),
        facts, then_rows, now_rows,
    )  # fmt: skip


def _value(feature: Feature, seen: Seen, scaled: float) -> float:
    return scaled if seen.share else feature.from_scale(scaled)


def _of(day: Day, key: str) -> Counts | Sums | None:
    return day.tally.of.get(key)


# --- when and with what --------------------------------------------------------------------------


def _since_and_along(
    key: str, seen: Seen, today: Day, before: Sequence[Day], recent: Sequence[Day]
) -> dict[str, Any]:
    found: dict[int, hours.Cell] = {}
    for day in (*recent, today):
        one = _of(day, key)
        found |= (hours.by_hour(one, seen.view) if one else None) or {}
    unit = max(seen.unit, seen.now * (1 - seen.now)) if seen.share else seen.unit
    when = since(found, seen.then, unit)
    facts: dict[str, Any] = {}
    if when is not None:
        facts["since"] = {**asdict(when), "exact": when.exact}
    came = along(list(_values(key, seen, today, before, recent)), seen.then, unit, when)
    facts["along"] = [_said(one) for one in came]
    return facts


def _said(one: Along) -> dict[str, Any]:
    return {
        "dimension": one.dimension,
        "value": one.value,
        "risen": one.risen,
        "before": one.before,
        "now": one.now,
    }


def _values(
    key: str, seen: Seen, today: Day, before: Sequence[Day], recent: Sequence[Day]
) -> Iterable[Values]:
    mine = _of(today, key)
    for dimension in DIMENSIONS:
        now = hours.by_value(mine, seen.view, dimension) if mine else None
        if not now or set(now) == {""}:
            continue
        then = hours.together(
            (hours.by_value(one, seen.view, dimension) or {}) for day in before if (one := _of(day, key))
        )
        yield Values(dimension, now, then, _first_hours([*recent, today], dimension))


def _first_hours(days: Sequence[Day], dimension: str) -> dict[str, int]:
    first: dict[str, int] = {}
    for day in days:
        for value, cells in day.tally.came.get(dimension, {}).items():
            for hour, n in cells.items():
                if n >= OFTEN * day.tally.hours[hour]:
                    first[value] = min(first.get(value, int(hour)), int(hour))
    return first


# --- a chart ---------------------------------------------------------------------------------------


def _chart(feature: Feature, view: str, today: Tally, before: Sequence[Tally]) -> list[list[Any]]:
    """Bars: [name or lower end, then, now] in shares of the rows."""
    mine = today.of[feature.key]
    others = [one.of[feature.key] for one in before if feature.key in one.of]
    if isinstance(mine, Sums):
        return _histogram(feature, mine, [one for one in others if isinstance(one, Sums)])
    now, then = _shares([mine.counts]), _shares([one.counts for one in others if isinstance(one, Counts)])
    if feature.shape == Shape.SHARE:
        return [[YES, then.get(YES, 0.0), now.get(YES, 0.0)]]
    # Of categories without an end the others are other words, and tell nothing beside these.
    known = (
        {view} if feature.endless else {one for one in {*now, *then} if _often(one, now, then) or one == view}
    )
    names = sorted(known, key=lambda one: (-max(now.get(one, 0), then.get(one, 0)), one))
    return [[name, then.get(name, 0.0), now.get(name, 0.0)] for name in names[:CATEGORIES]]


def _often(name: str, now: Mapping[str, float], then: Mapping[str, float]) -> bool:
    return max(now.get(name, 0.0), then.get(name, 0.0)) >= DRAWN


def _shares(counts: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Of all of them together; a day is as much as any other."""
    found: dict[str, float] = {}
    for one in counts:
        rows = sum(one.values())
        for name, count in one.items():
            found[name] = found.get(name, 0.0) + count / rows / len(counts)
    return found


def _histogram(feature: Feature, mine: Sums, others: Sequence[Sums]) -> list[list[Any]]:
    """The bars that hold nearly all of both, drawn together to at most BARS; the outer ones hold the rest."""
    if not mine.histogram:
        return []
    now, then = _shares([mine.histogram]), _shares([one.histogram for one in others])
    bars = sorted({int(bar) for bar in (*now, *then)})
    low, high = _inner(bars, now, then)
    width = max(1, -(-(high - low + 1) // BARS))
    drawn = []
    for start in range(low, high + 1, width):
        inside = [
            str(bar)
            for bar in bars
            if (bar >= start or start == low) and (bar < start + width or start + width > high)
        ]
        drawn.append(
            [
                feature.from_scale(bar_from(start, feature.scale)),
                sum(then.get(bar, 0.0) for bar in inside),
                sum(now.get(bar, 0.0) for bar in inside),
            ]
        )
    return drawn


def _inner(bars: Sequence[int], now: Mapping[str, float], then: Mapping[str, float]) -> tuple[int, int]:
    ends = []
    for ordered in (bars, bars[::-1]):
        sums = [0.0, 0.0]
        for bar in ordered:
            sums = [sums[0] + now.get(str(bar), 0.0), sums[1] + then.get(str(bar), 0.0)]
            if max(sums) >= 0.01:
                ends.append(bar)
                break
    return ends[0], ends[1]


# --- examples --------------------------------------------------------------------------------------


def _examples(
    finding: Finding, feature: Feature, today: Day, before: Sequence[Day]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Three rows as they were, the newest first, and three as they are."""
    seen = finding.seen
    days = sorted(before, key=lambda one: one.day, reverse=True)
    if seen is None:
        return (), ()
    if feature.shape == Shape.AMOUNT:
        return _of_amount(days, [today], feature.key)
    rose = seen.now > seen.then
    if feature.shape == Shape.SHARE:
        then, now = (NO, YES) if rose else (YES, NO)
    else:
        now = seen.view if rose else _commonest(today, feature.key)
        then = seen.view if not rose else _commonest(days[0], feature.key)
        if finding.fallen is not None:
            then = finding.fallen.view
    was, is_now = _of_category(days, feature.key, then), _of_category([today], feature.key, now)
    if feature.endless and not was:
        was, _now = _of_amount(days, [today], f"{feature.side}.length")  # any will do
    return was, is_now


def _commonest(day: Day, key: str) -> str:
    found = _of(day, key)
    counts = found.counts if isinstance(found, Counts) else {}
    return max(counts, key=lambda one: counts[one], default="")


def _of_category(days: Sequence[Day], key: str, name: str) -> tuple[str, ...]:
    ids = [
        one for day in days if isinstance(found := _of(day, key), Counts) for one in found.ids.get(name, ())
    ]
    return tuple(ids[:IDS])


def _of_amount(
    before: Sequence[Day], now: Sequence[Day], key: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the bars that lost most, and of those that gained most: rows as there are fewer, and as there are more."""
    was, is_now = _sums(before, key), _sums(now, key)
    then, more = _shares([one.histogram for one in was]), _shares([one.histogram for one in is_now])
    gain = {bar: more.get(bar, 0.0) - then.get(bar, 0.0) for bar in {*then, *more}}
    return _best(was, {bar: -change for bar, change in gain.items()}), _best(is_now, gain)


def _sums(days: Sequence[Day], key: str) -> list[Sums]:
    return [found for day in days if isinstance(found := _of(day, key), Sums)]


def _best(sums: Sequence[Sums], gain: Mapping[str, float]) -> tuple[str, ...]:
    ids: list[str] = []
    for bar in sorted(gain, key=lambda one: (-gain[one], int(one))):
        ids += [key for one in sums for key in one.ids.get(bar, ())][:IDS]
        if len(ids) >= IDS:
            break
    return tuple(ids[:IDS])

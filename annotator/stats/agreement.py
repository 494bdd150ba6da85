"""How far raters agree, and how far beyond chance.

Krippendorff's alpha (Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*; Hayes and
Krippendorff 2007), Fleiss' kappa (Fleiss 1971), Gwet's AC1 (Gwet 2008), Cohen's kappa (Cohen
1960; its standard error: Fleiss, Cohen and Everitt 1969), and plain agreement in pairs. All are
shares without a unit: 1 is full agreement, 0 what chance would give (for plain agreement: none).

All but Cohen's kappa take *patterns*: how often each answer was given on an item, in the order
in which the question offers its answers, with the number of items that look like this.
`{(3, 0): 90, (2, 1): 10}`: on 90 items three raters gave the first answer; on ten, one of them
gave the second. Items that look alike are computed once, so that the work grows with the
patterns and not with the labels.

The interval leaves out one item after another (the jackknife): standard error
sqrt((n - 1) / n * sum of (without i - their mean)²). It needs no seed. All intervals are of 95 %.
What is not defined is None with a reason, never 0 or NaN.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from annotator.stats.intervals import Z, bounds

Floats = NDArray[np.float64]
TINY = 1e-9  # a standard error below is what rounding left of none
Patterns = Mapping[tuple[int, ...], int]


class Metric(StrEnum):
    """How far apart two answers are.

    Nominal: the same or not. Ordinal: by the labels that lie between. Interval: by the squared
    difference of their values. Ratio: by the squared difference as a share of their sum.
    """

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Undefined(StrEnum):
    """Why there is no value, or a value without an interval."""

    NO_PAIRS = "no_pairs"  # no item with two labels
    ONE_ANSWER = "one_answer"  # everyone gave the same answer: there is no chance to compare with
    ONE_ITEM_DECIDES = "one_item_decides"  # without one of the items there would be no value
    NO_SPREAD = "no_spread"  # no item changes anything: such an interval would have no width


@dataclass(frozen=True)
class Agreement:
    """A measure of agreement with its interval.

    `items` are those with two labels or more, `labels` the labels on them. `single`: items with
    one label. They change nothing in alpha; in AC1 and Fleiss' kappa they count in how common
    each answer is.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    items: int = 0
    labels: int = 0
    single: int = 0
    reason: Undefined | None = None
    se: float | None = None


@dataclass(frozen=True)
class Kappa(Agreement):
    """Cohen's kappa. Beside the jackknife's interval that of the formula for large samples.

    `se_zero` is the standard error if the two raters agreed by chance alone (for a test).
    """

    formula_se: float | None = None
    formula_low: float | None = None
    formula_high: float | None = None
    se_zero: float | None = None


@dataclass(frozen=True)
class _Counts:
    """The patterns as arrays: `given` (patterns, answers), `sizes` and `times` (patterns)."""

    given: Floats
    sizes: Floats
    times: Floats

    @property
    def pairable(self) -> NDArray[np.bool_]:
        return self.sizes > 1


@dataclass(frozen=True)
class _Tried:
    """A statistic of everything, and without one item of each pattern; NaN where undefined."""

    whole: float
    without: Floats
    times: Floats


def _counts(patterns: Patterns) -> _Counts:
    seen = [(pattern, times) for pattern, times in patterns.items() if times and any(pattern)]
    if len({len(pattern) for pattern, _ in seen}) > 1:
        raise ValueError("patterns of one question have one count for each answer that it offers")
    width = len(seen[0][0]) if seen else 0
    given = np.array([pattern for pattern, _ in seen], dtype=float).reshape(len(seen), width)
    return _Counts(given, given.sum(axis=1), np.array([times for _, times in seen], dtype=float))


def alpha(
    patterns: Patterns, metric: Metric = Metric.NOMINAL, values: Sequence[float] | None = None
) -> Agreement:
    """Krippendorff's alpha.

    `values`, one for each answer, are needed where distances are measured: interval and ratio.
    The order of an ordinal question is the order of its answers.
    """
    counts = _counts(patterns)
    kept = counts.pairable
    given, sizes, times = counts.given[kept], counts.sizes[kept], counts.times[kept]
    if not len(given):
        return _rests_on(counts, Undefined.NO_PAIRS)
    if metric in {Metric.INTERVAL, Metric.RATIO} and (values is None or len(values) != given.shape[1]):
        raise ValueError(f"{metric} distances need one value for each answer")
    scale = np.asarray(values if values is not None else range(given.shape[1]), dtype=float)
    totals = times @ given
    left = np.vstack([totals, totals - given])  # the first row: all items
    if metric in {Metric.INTERVAL, Metric.ORDINAL}:
        observed, expected = _by_place(given, sizes, times, left, None if metric == Metric.ORDINAL else scale)
    else:
        observed, expected = _by_matrix(given, sizes, times, left, _distances(metric, scale))
    labels = left.sum(axis=1)
    defined = (left > 0).sum(axis=1) > 1
    split = (given > 0).sum(axis=1) > 1
    observed[_without(times, split) == 0] = 0  # what rounding left over
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(defined, 1 - (labels - 1) * observed / expected, np.nan)
    return _jackknife(_rests_on(counts), _Tried(float(found[0]), found[1:], times))


def _distances(metric: Metric, values: Floats) -> Floats:
    """(answers, answers) for the metrics whose distances depend on nothing but the answers."""
    if metric == Metric.NOMINAL:
        return 1 - np.eye(len(values))
    if (values < 0).any():
        raise ValueError("ratios need values from 0 on")
    sums = values[:, None] + values
    return ((values[:, None] - values) / np.where(sums > 0, sums, 1)) ** 2


def _by_matrix(
    given: Floats, sizes: Floats, times: Floats, left: Floats, distances: Floats
) -> tuple[Floats, Floats]:
    """Distances within items and between all labels: of everything, then without each pattern."""
    own = ((given @ distances) * given).sum(axis=1) / (sizes - 1)
    return _without(times, own), ((left @ distances) * left).sum(axis=1)


def _by_place(
    given: Floats, sizes: Floats, times: Floats, left: Floats, values: Floats | None
) -> tuple[Floats, Floats]:
    """The same for squared differences of places on a line.

    Without values the places are the middles of each answer's labels when all labels are put in
    order: their differences are the ordinal distances, and change with every item left out.
    """
    places = np.cumsum(left, axis=1) - left / 2 if values is None else np.tile(values, (len(left), 1))
    places -= (left[0] @ places[0]) / left[0].sum()  # near 0, so that squares lose no digits
    pairs = (given * (times / (sizes - 1))[:, None]).T @ given
    pairs -= np.diag((times / (sizes - 1)) @ given)
    weighted, squares = (left * places).sum(axis=1), (left * places**2).sum(axis=1)
    expected = 2 * (left.sum(axis=1) * squares - weighted**2)
    products = ((places @ pairs) * places).sum(axis=1)
    there = places[1:]
    products[1:] -= ((given * there).sum(axis=1) ** 2 - (given * there**2).sum(axis=1)) / (sizes - 1)
    return 2 * (squares - products), expected


def raw(patterns: Patterns) -> Agreement:
    """The share of pairs of raters who agree, as a mean over items with two labels or more.

    Its interval is Wilson's on the number of plain answers that would have the jackknife's
    standard error (and no more than the labels beside each item's first): so it stays in 0 to 1,
    and all agreeing on a few items is no certainty.
    """
    counts = _counts(patterns)
    kept = counts.pairable
    if not kept.any():
        return _rests_on(counts, Undefined.NO_PAIRS)
    times = counts.times[kept]
    own = _agreeing(counts.given[kept], counts.sizes[kept])
    with np.errstate(invalid="ignore"):
        tried = _without(times, own) / _without(times, np.ones(len(times)))
    found = _jackknife(_rests_on(counts), _Tried(float(tried[0]), tried[1:], times))
    if found.reason == Undefined.ONE_ITEM_DECIDES or found.value is None:
        return found
    se = found.se or 0.0
    most = found.labels - found.items
    n_eff = min(most, found.value * (1 - found.value) / se**2) if se else found.items
    low, high = bounds(found.value, n_eff)
    return Agreement(found.value, low, high, found.items, found.labels, found.single, se=se)


def fleiss(patterns: Patterns) -> Agreement:
    """Fleiss' kappa, to compare with papers. With unequal numbers of labels as Gwet extends it."""
    return _beyond_chance(patterns, lambda shares: np.asarray((shares**2).sum(axis=1), dtype=float))


def ac1(patterns: Patterns) -> Agreement:
    """Gwet's AC1. Chance counts every answer that the question offers, whether given or not."""

    def chance(shares: Floats) -> Floats:
        offered = shares.shape[1]
        own = shares * (1 - shares) / (offered - 1) if offered > 1 else shares
        return np.asarray(own.sum(axis=1), dtype=float)

    return _beyond_chance(patterns, chance)


def _beyond_chance(patterns: Patterns, chance: Callable[[Floats], Floats]) -> Agreement:
    """(agreement - chance) / (1 - chance), chance being a function of the answers' mean shares."""
    counts = _counts(patterns)
    kept, times = counts.pairable, counts.times
    if not kept.any():
        return _rests_on(counts, Undefined.NO_PAIRS)
    agreeing = _without(times, np.where(kept, _agreeing(counts.given, counts.sizes), 0))
    pairable = _without(times, kept)
    shares = counts.given / counts.sizes[:, None]
    common = np.vstack([times @ shares, times @ shares - shares])
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = chance(common / _without(times, np.ones(len(times)))[:, None])
        found = (agreeing / pairable - expected) / (1 - expected)
    found[(pairable < 1) | ~(expected < 1 - 1e-12)] = np.nan
    return _jackknife(_rests_on(counts), _Tried(float(found[0]), found[1:], times))


def _agreeing(given: Floats, sizes: Floats) -> Floats:
    """The share of pairs of labels on an item that are the same."""
    same: Floats = (given**2).sum(axis=1) - sizes
    return same / np.maximum(sizes * (sizes - 1), 1)


def _without(times: Floats, own: NDArray[np.generic]) -> Floats:
    """The sum over all items, then for each pattern the sum without one of its items."""
    part = own.astype(float)
    whole = times @ part
    return np.concatenate([[whole], whole - part])


def _jackknife(plain: Agreement, tried: _Tried) -> Agreement:
    value = tried.whole
    if np.isnan(value):
        return replace(plain, reason=Undefined.ONE_ANSWER)
    if np.isnan(tried.without).any():
        return replace(plain, value=value, reason=Undefined.ONE_ITEM_DECIDES)
    n = tried.times.sum()
    mean = tried.times @ tried.without / n
    se = float(sqrt((n - 1) / n * (tried.times @ (tried.without - mean) ** 2)))
    if se < TINY:
        return replace(plain, value=value, reason=Undefined.NO_SPREAD)
    low, high = max(-1.0, value - Z * se), min(1.0, value + Z * se)
    return replace(plain, value=value, low=low, high=high, se=se)


def _rests_on(counts: _Counts, reason: Undefined | None = None) -> Agreement:
    kept = counts.pairable
    return Agreement(
        items=int(counts.times[kept].sum()),
        labels=int(counts.times[kept] @ counts.sizes[kept]),
        single=int(counts.times[~kept].sum()),
        reason=reason,
    )


def cohen(table: Sequence[Sequence[int]]) -> Kappa:
    """Cohen's kappa of two fixed raters.

    `table[i][j]`: items to which the first rater gave answer i and the second answer j.
    """
    counted = np.array(table, dtype=float)
    if counted.ndim != 2 or counted.shape[0] != counted.shape[1]:
        raise ValueError("both raters choose among the same answers")
    n = counted.sum()
    plain = Kappa(items=int(n), labels=2 * int(n))
    if n == 0:
        return replace(plain, reason=Undefined.NO_PAIRS)
    value = _kappa(counted)
    if value is None:
        return replace(plain, reason=Undefined.ONE_ANSWER)
    formula_se, se_zero = _formula(counted / n, value, n)
    plain = replace(plain, value=value, formula_se=formula_se, se_zero=se_zero)
    if formula_se > TINY:
        low, high = max(-1.0, value - Z * formula_se), min(1.0, value + Z * formula_se)
        plain = replace(plain, formula_low=low, formula_high=high)
    times, without = counted[counted > 0], []
    for i, j in np.argwhere(counted > 0):
        counted[i, j] -= 1
        without.append(_kappa(counted))
        counted[i, j] += 1
    tried = _Tried(value, np.array([np.nan if one is None else one for one in without]), times)
    found = _jackknife(plain, tried)
    return replace(plain, low=found.low, high=found.high, se=found.se, reason=found.reason)


def _kappa(counted: Floats) -> float | None:
    n = counted.sum()
    if n == 0:
        return None
    rows, columns = counted.sum(axis=1), counted.sum(axis=0)
    expected = float(rows @ columns) / n**2
    if rows @ columns == n**2:
        return None
    return float((np.trace(counted) / n - expected) / (1 - expected))


def _formula(shares: Floats, kappa: float, n: float) -> tuple[float, float]:
    """Fleiss, Cohen and Everitt's standard errors: of kappa, and of kappa if it were 0."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ columns)
    same = np.diag(shares)
    agreeing = same @ (1 - (rows + columns) * (1 - kappa)) ** 2
    apart = shares - np.diag(same)
    disagreeing = (1 - kappa) ** 2 * (apart * (columns[:, None] + rows) ** 2).sum()
    spread = agreeing + disagreeing - (kappa - expected * (1 - kappa)) ** 2
    zero = expected + expected**2 - (rows * columns) @ (rows + columns)
    scale = (1 - expected) * sqrt(n)
    return sqrt(max(0.0, float(spread))) / scale, sqrt(max(0.0, float(zero))) / scale

"""A day's share or average against those of the days before, which differ without any reason too. Pure.

The days before are taken as draws from a population of days: what a day shows is that day's own level plus
the chance of its sample. How far levels spread (tau²) is estimated from the days themselves by moments
(DerSimonian and Laird 1986), and a new day is expected where Higgins, Thompson and Spiegelhalter (2009,
section 4.2) put the prediction interval of a new study: at their average, with
sample variance + tau² + the variance of that average, and Student's t because tau² rests on few days.

Where the days suffice, each kind of day has its own level: a Monday is compared with Mondays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from drift.structure import chance

WEEKDAYS_FROM = 3  # of each weekday, before a weekday has its own level
WEEKEND_FROM, WORKING_FROM, BOTH_FROM = 2, 5, 10  # days, before weekends have
SAME = 1e-9  # what is nearer differs by the computer's rounding


@dataclass(frozen=True)
class Level:
    """A day: `kind` of day, `n` rows, their average or share."""

    kind: int
    n: int
    value: float


@dataclass(frozen=True)
class Expected:
    """What a day without a change would show. `spread`: the standard deviation between days' levels, of the
    days before; `variance`: of the expected value itself; `unit`: of one row."""

    value: float
    variance: float
    spread: float
    unit: float
    rows: int
    df: int

    def normal_range(self, n: int) -> tuple[float, float]:
        """Where 95 of 100 such days lie that have `n` rows."""
        reach = chance.quantile(self.df) * sqrt(self.unit / n + self.spread**2 + self.variance)
        return self.value - reach, self.value + reach

    def p(self, now: Level, *, share: bool) -> float:
        """Two-sided. A share's distance is the root of its likelihood ratio, which holds where few are
        expected, made smaller by what days differ."""
        whole = self.unit / now.n + self.spread**2 + self.variance
        if abs(now.value - self.value) < SAME:
            return 1.0
        if whole <= 0:
            return 0.0
        if not share:
            return chance.two_sided((now.value - self.value) / sqrt(whole), self.df)
        root = chance.signed_root(now.value * now.n, now.n, self.value * self.rows, self.rows)
        sampled = self.unit * (1 / now.n + 1 / self.rows)
        return chance.two_sided(root * sqrt(min(sampled / whole, 1.0)), self.df)


def kinds(weekdays: Sequence[int], today: int) -> tuple[list[int], int]:
    """The kind of each day before and of today, from their weekdays (Monday is 0): the weekday itself where
    there are enough of each, else working day or weekend, else all alike."""
    counts = [weekdays.count(day) for day in range(7)]
    if min(counts) >= WEEKDAYS_FROM:
        return list(weekdays), today
    ends = [int(day >= 5) for day in weekdays]
    if sum(ends) >= WEEKEND_FROM and len(ends) - sum(ends) >= WORKING_FROM and len(ends) >= BOTH_FROM:
        return ends, int(today >= 5)
    return [0] * len(weekdays), 0


def expected(days: Sequence[Level], kind: int, unit: float) -> Expected:
    """For a day of that kind. `unit`: the variance of one row, above 0. Days without rows are not given."""
    of_kind: dict[int, list[Level]] = {}
    for day in days:
        of_kind.setdefault(day.kind, []).append(day)
    if kind not in of_kind:
        of_kind, kind = {0: list(days)}, 0
    freedom = len(days) - len(of_kind)
    if unit <= 0:
        mine = of_kind[kind]
        return Expected(
            _mean(mine, [1.0] * len(mine)), 0.0, 0.0, 0.0, sum(d.n for d in mine), max(freedom - 1, 1)
        )
    excess = information = 0.0
    for group in of_kind.values():
        weights = [day.n / unit for day in group]
        centre = _mean(group, weights)
        excess += sum(w * (day.value - centre) ** 2 for w, day in zip(weights, group, strict=True))
        information += sum(weights) - sum(w * w for w in weights) / sum(weights)
    tau2 = max(0.0, (excess - freedom) / information) if information > 0 else 0.0
    mine = of_kind[kind]
    weights = [1 / (unit / day.n + tau2) for day in mine]
    return Expected(
        _mean(mine, weights), 1 / sum(weights), sqrt(tau2), unit, sum(d.n for d in mine), max(freedom - 1, 1)
    )


def _mean(days: Sequence[Level], weights: Sequence[float]) -> float:
    return sum(w * day.value for w, day in zip(weights, days, strict=True)) / sum(weights)

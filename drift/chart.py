"""The chart of the days: how unlikely each was, in a box of 100 by 100. Pure.

The scale is logarithmic: 1 at the bottom, CEILING at the top and whatever is beyond. Numbers are ready as text: a template
would write them in the reader's language.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import log10

from drift import budget

CEILING = 0.0005
EDGE = 2.5  # room for half a dot


@dataclass(frozen=True)
class Point:
    """`p`: None for a day that was not judged."""

    day: date
    p: float | None
    alarm: bool = False


@dataclass(frozen=True)
class Dot:
    """A day: a path of no length, drawn with a round pen. `kind`: alarm, marked, quiet, or silent without a p-value, which
    lies on the ground."""

    day: date
    p: float | None
    kind: str
    path: str

    @property
    def stands_out(self) -> bool:
        return self.kind in ("alarm", "marked")


@dataclass(frozen=True)
class Chart:
    """`mark`, `level`: the heights of the two lines, and of their names in per cent from the top."""

    first: date
    last: date
    dots: list[Dot]
    mark: str
    level: str

    @property
    def ground(self) -> str:
        return f"M0 {100 - EDGE}H100"

    @property
    def lines(self) -> str:
        return f"M0 {self.mark}H100M0 {self.level}H100"


def chart(points: Iterable[Point]) -> Chart | None:
    """In any order; None for fewer than two days."""
    days = sorted(points, key=lambda one: one.day)
    if len(days) < 2:
        return None
    first, span = days[0].day, (days[-1].day - days[0].day).days
    dots = []
    for one in days:
        x = EDGE + (100 - 2 * EDGE) * (one.day - first).days / span
        y = 100 - EDGE if one.p is None else _height(one.p)
        dots.append(Dot(one.day, one.p, _kind(one), f"M{x:.2f} {y:.2f}h0"))
    return Chart(
        first, days[-1].day, dots, mark=f"{_height(budget.MARK):.2f}", level=f"{_height(budget.LEVEL):.2f}"
    )


def _kind(one: Point) -> str:
    if one.alarm:
        return "alarm"
    if one.p is None:
        return "silent"
    return "marked" if budget.marked(one.p) else "quiet"


def _height(p: float) -> float:
    """From the top: the smaller the p, the higher the dot."""
    part = min(1.0, log10(max(p, 1e-12)) / log10(CEILING))
    return 100 - EDGE - (100 - 2 * EDGE) * part

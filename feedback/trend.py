"""The geometry of the trend: a dot and an interval for each day, in a box of 100 by 100. Pure.

The box is stretched to its place on the page, so texts stand around it and not in it.
Numbers are ready as text: a template would write them in the reader's language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from annotator.stats.intervals import Estimate

STEPS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)  # where the scale may end
EDGE = 2.5  # room for half a dot


@dataclass(frozen=True)
class Mark:
    day: date
    dot: str  # a path of no length, drawn with a round pen
    span: str
    newest: bool


@dataclass(frozen=True)
class Trend:
    """`top`: the rate at the upper end."""

    marks: tuple[Mark, ...]
    line: str
    top: float

    @property
    def first(self) -> date:
        return self.marks[0].day

    @property
    def last(self) -> date:
        return self.marks[-1].day


def trend(points: Sequence[tuple[date, Estimate]]) -> Trend | None:
    """From (day, estimate), in any order. Days without a rate leave a gap; None for fewer than two."""
    known = sorted(
        (day, one.value, one.low or 0.0, one.high or 0.0) for day, one in points if one.value is not None
    )
    if len(known) < 2:
        return None
    first, span = known[0][0], (known[-1][0] - known[0][0]).days
    top = next(step for step in STEPS if step >= min(_highest(known), 1.0))

    def x(day: date) -> str:
        return f"{EDGE + (100 - 2 * EDGE) * (day - first).days / span:.2f}"

    def y(rate: float) -> str:
        return f"{100 - EDGE - (100 - 2 * EDGE) * min(rate / top, 1.0):.2f}"

    marks = tuple(
        Mark(day, f"M{x(day)} {y(value)}h0", f"M{x(day)} {y(low)}V{y(high)}", n == len(known) - 1)
        for n, (day, value, low, high) in enumerate(known)
    )
    line = "M" + "L".join(f"{x(day)} {y(value)}" for day, value, _low, _high in known)
    return Trend(marks, line, top)


def _highest(known: Sequence[tuple[date, float, float, float]]) -> float:
    """What the scale must hold: all rates, and the intervals but the widest tenth. A day of ten inputs would
    flatten all others; its interval ends at the edge."""
    highs = sorted(high for _day, _value, _low, high in known)
    return max(*(value for _day, value, _low, _high in known), highs[-1 - len(highs) // 10])


def bars(counts: Sequence[int]) -> str:
    """A path of one upright line a day, the highest count at the top; a day without one has none."""
    highest, n = max(counts, default=0), len(counts)
    return "".join(
        f"M{EDGE + (100 - 2 * EDGE) * at / max(n - 1, 1):.2f} {100 - EDGE}"
        f"V{100 - EDGE - (100 - 2 * EDGE) * count / highest:.2f}"
        for at, count in enumerate(counts)
        if count
    )

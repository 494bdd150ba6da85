"""The geometry of a task's pictures: points with intervals in a box of 100 by 100. Pure.

As `feedback.trend`: the box is stretched to its place, texts stand around it, numbers are text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.stats.intervals import Estimate
from feedback.queries.verdicts import Rates
from feedback.similarity.calibration import Bin, ece, even_bins
from feedback.similarity.curve import Point, learning_curve
from feedback.trend import EDGE, Trend, trend

BINS = 8
ENOUGH = 100  # suggestions, before a picture of their confidence says something,
FOR_AN_ERROR = 300  # and one number: well calibrated ones, widely spread, come to 0.07 by chance; 100 to 0.12


@dataclass(frozen=True)
class Dot:
    dot: str
    span: str


@dataclass(frozen=True)
class Curve:
    """`points` are the numbers behind the picture, for its table."""

    dots: Sequence[Dot]
    line: str
    points: Sequence[Point]

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True)
class Calibration:
    """`error`: the expected calibration error, 0 to 1, in bins of equal width; None: too few for it."""

    dots: Sequence[Dot]
    bins: Sequence[Bin]
    error: float | None
    n: int


def verdicts(times: Sequence[Rates]) -> Trend | None:
    """How many were accepted, over time."""
    return trend([(one.day, one.accepted) for one in times if one.day is not None])


def learning(hits: Sequence[bool], before: int = 0) -> Curve | None:
    """`before`: how many were verified before the first of these. None for fewer than two points."""
    points = learning_curve(hits, start=before)
    if len(points) < 2:
        return None

    def x(one: Point) -> str:
        return _x((one.middle - before) / len(hits))

    def dot(one: Point) -> Dot:
        return _dot(x(one), one.right)

    line = "M" + "L".join(f"{x(one)} {_y(one.right.value or 0)}" for one in points)
    return Curve([dot(one) for one in points], line, points)


def calibration(said: Sequence[float], right: Sequence[bool]) -> Calibration | None:
    if len(said) < ENOUGH:
        return None
    bins = even_bins(said, right, BINS)
    error = ece(said, right) if len(said) >= FOR_AN_ERROR else None
    dots = [_dot(_x(one.confidence), one.right) for one in bins]
    return Calibration(dots, bins, error, len(said))


def _dot(x: str, share: Estimate) -> Dot:
    low, high = share.low or 0.0, share.high or 0.0
    return Dot(f"M{x} {_y(share.value or 0.0)}h0", f"M{x} {_y(low)}V{_y(high)}")


def _x(share: float) -> str:
    return f"{EDGE + (100 - 2 * EDGE) * share:.2f}"


def _y(share: float) -> str:
    return f"{100 - EDGE - (100 - 2 * EDGE) * share:.2f}"

"""How good suggestions get with the number of verified ones: the learning curve. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.stats.intervals import Estimate, wilson

LEAST = 50  # suggestions a point
GROWTH = 0.25  # a point spans at least this share of what came before it


@dataclass(frozen=True)
class Point:
    """Suggestions made when `start` to `end` - 1 were verified before; `right`: share, with interval."""

    start: int
    end: int
    right: Estimate

    @property
    def middle(self) -> float:
        """How many were verified before, on average."""
        return (self.start + self.end - 1) / 2


def learning_curve(right: Iterable[bool], least: int = LEAST) -> list[Point]:
    """Of suggestions in the order in which they were verified, whether each was right when it was made.

    Points get wider with the number verified, since less happens there. What is left over at the
    end belongs to the last point.
    """
    hits = [bool(one) for one in right]
    edges = _edges(len(hits), least)
    return [_point(hits, start, end) for start, end in pairwise(edges)]


def _edges(n: int, least: int) -> list[int]:
    edges = [0]
    while edges[-1] < n:
        edges.append(edges[-1] + max(least, int(edges[-1] * GROWTH)))
    if len(edges) > 2 and edges[-1] > n:
        edges.pop()
    edges[-1] = n
    return edges


def _point(hits: Sequence[bool], start: int, end: int) -> Point:
    return Point(start, end, wilson(sum(hits[start:end]), end - start))

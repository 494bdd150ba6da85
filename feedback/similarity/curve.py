"""How good suggestions get with the number of verified ones: the learning curve. Pure."""

from collections.abc import Iterable
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


def learning_curve(right: Iterable[bool], least: int = LEAST, *, start: int = 0) -> list[Point]:
    """Of suggestions in the order in which they were verified, whether each was right when it was made.
    `start`: how many were verified before the first of them.

    Points get wider with the number verified, since less happens there. What is left over at the
    end belongs to the last point.
    """
    hits = [bool(one) for one in right]
    edges = _edges(start, start + len(hits), least)
    return [
        Point(low, high, wilson(sum(hits[low - start : high - start]), high - low))
        for low, high in pairwise(edges)
    ]


def _edges(start: int, n: int, least: int) -> list[int]:
    edges = [start]
    while edges[-1] < n:
        edges.append(edges[-1] + max(least, int(edges[-1] * GROWTH)))
    if len(edges) > 2 and edges[-1] > n:
        edges.pop()
    edges[-1] = n
    return edges

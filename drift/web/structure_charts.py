"""Then and now as pictures: paths in a box of 100 by 100, or of 100 by 10, that is stretched to its place. Pure
but for the words of its ends. Numbers are text: a template would write them in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drift.structure.feature import Feature
from drift.web import structure_words as words

EDGE = 2.0


@dataclass(frozen=True)
class Bars:
    """A histogram: a path for each side; what stands at its ends."""

    then: str
    now: str
    low: str
    high: str


@dataclass(frozen=True)
class Line:
    """A share of each side, with its interval, on one scale."""

    name: str
    then: str
    then_share: float
    then_span: str
    now: str
    now_share: float
    now_span: str


def histogram(feature: Feature, chart: Sequence[Sequence[Any]]) -> Bars | None:
    """From [lower end, then, now]."""
    if len(chart) < 2:
        return None
    top = max(max(then, now) for _low, then, now in chart) or 1.0
    wide = 100 / len(chart)

    def path(side: int) -> str:
        return "".join(
            f"M{at * wide + side * wide * 0.42 + wide * 0.08:.2f} 100"
            f"V{100 - (100 - EDGE) * bar[1 + side] / top:.2f}h{wide * 0.42:.2f}V100Z"
            for at, bar in enumerate(chart)
            if bar[1 + side] > 0
        )

    return Bars(path(0), path(1), words.amount(feature, chart[0][0]), words.amount(feature, chart[-1][0]))


def lines(
    names: Sequence[str], chart: Sequence[Sequence[Any]], spans: Sequence[Sequence[float]] = ()
) -> list[Line]:
    """From [name, then, now]. `spans`: the intervals of then and of now, where there is one line."""
    top = (
        max([*(max(then, now) for _name, then, now in chart), *(span[1] for span in spans)], default=0) or 1.0
    )

    def bar(share: float) -> str:
        return f"M0 1V9H{100 * share / top:.2f}V1Z" if share > 0 else ""

    def reach(at: int) -> str:
        return f"M{100 * spans[at][0] / top:.2f} 5H{100 * spans[at][1] / top:.2f}" if spans else ""

    return [
        Line(name, bar(then), then, reach(0), bar(now), now, reach(1))
        for name, (_key, then, now) in zip(names, chart, strict=True)
    ]

"""What a feature is. Pure.

A *share* says of a row whether something holds, a *category* which of several it is, an *amount* how much.
A feature that does not apply to a row, or was not logged, says None and the row counts nowhere in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import expm1, log1p

from drift.structure.rows import Row, Text

YES, NO = "yes", "no"
OTHER = "other"  # of categories: the rest, which is not told of
Measure = Callable[[Row], "bool | float | str | None"]


class Side(StrEnum):
    INPUT = "input"
    OUTPUT = "output"
    CALL = "call"


class Shape(StrEnum):
    SHARE = "share"
    CATEGORY = "category"
    AMOUNT = "amount"


class Scale(StrEnum):
    """How an amount is averaged: LOG is the geometric mean of 1 + value, for lengths and times, of which
    the largest would decide an average; PLAIN the average, for rates between 0 and 1."""

    LOG = "log"
    PLAIN = "plain"


@dataclass(frozen=True)
class Feature:
    """`least`: the smallest change that matters. Of shares and categories in parts of all rows (0.02: two
    percentage points), of amounts a ratio (1.15: 15 % more, or as much less); `least_step`: and at least
    so much of the amount itself. `endless`: the categories have no end, so that each of them is rare.
    `free`: categories are named after what was logged, so that one that stands alone may be somebody's
    own. `unit`: how its values are written."""

    key: str
    side: Side
    shape: Shape
    title: str
    measure: Measure
    least: float
    least_step: float = 0.0
    scale: Scale = Scale.LOG
    endless: bool = False
    free: bool = False
    unit: str = ""

    def to_scale(self, value: float) -> float:
        return log1p(max(value, 0.0)) if self.scale == Scale.LOG else value

    def from_scale(self, value: float) -> float:
        return max(expm1(value), 0.0) if self.scale == Scale.LOG else value


def asked_or_answer(side: Side) -> Callable[[Row], Text]:
    return (lambda row: row.asked) if side == Side.INPUT else (lambda row: row.answer)


def of_text(measure: Callable[[Text], "bool | float | str | None"], side: Side) -> Measure:
    """A measure of a row from one of its text on that side. Empty texts are their own feature's affair."""
    text_of = asked_or_answer(side)

    def measured(row: Row) -> "bool | float | str | None":
        text = text_of(row)
        return None if text.blank else measure(text)

    return measured


SIDES = (Side.INPUT, Side.OUTPUT)

"""What a change came with: the prompt version, model, variant or feature of the product whose rows it is in. Pure.

Said of a value when (1) its rows are unlike the day's others by more than chance, at 1 % for all values that
are tried, (2) without them at most three tenths of the change are left, and (3) either it makes up more of
the day than before, or its own rows changed and it was not nearly all there was. Of a value that has nearly all rows of the day there are no
others: it is said when it had less than half before and its first hour is about the hour of the change.
Where two values of different dimensions have the same rows, a new model and a new prompt, both are said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from drift.structure.hours import Cell, pooled
from drift.structure.since import Since

CERTAINTY = 0.01
LEFT = 0.3
ROWS = 30
NEARLY_ALL = 0.95
TAKEN = 0.2  # of the day's rows more than before: the value itself is what is new
SAME = 0.02
NEARLY_ALL_BEFORE = 0.8  # of what had so much already it says nothing that a change is within its rows


@dataclass(frozen=True)
class Along:
    """`risen`: the value has so much more of the day than before that it is what came; else the change is
    within its rows. `before`, `now`: its share of rows."""

    dimension: str
    value: str
    risen: bool
    before: float
    now: float
    left: float


@dataclass(frozen=True)
class Values:
    """A dimension: the day's cells and those of the days before, by value; the first hour of each value that
    has much of an hour's rows (hours since 1970), over the same days as `Since`."""

    dimension: str
    now: Mapping[str, Cell]
    then: Mapping[str, Cell]
    first_hours: Mapping[str, int]


def along(values: Sequence[Values], then: float, unit: float, when: Since | None) -> list[Along]:
    """The likeliest first; at most two. Empty where nothing explains it."""
    tried = sum(1 for one in values for value in one.now if value)
    if not tried or unit <= 0:
        return []
    far = NormalDist().inv_cdf(1 - CERTAINTY / tried / 2)
    found = [
        explained
        for one in values
        for value in one.now
        if value and (explained := _of(one, value, then, unit, far, when)) is not None
    ]
    found.sort(key=lambda one: (abs(one.left), not one.risen, one.dimension, one.value))
    best = found[:1]
    for other in found[1:]:
        alike = abs(other.left - best[0].left) <= SAME and abs(other.now - best[0].now) <= SAME
        if other.dimension != best[0].dimension and other.risen == best[0].risen and alike:
            return [*best, other]
    return best


def _of(one: Values, value: str, then: float, unit: float, far: float, when: Since | None) -> Along | None:
    mine = one.now[value]
    rest = pooled(cell for name, cell in one.now.items() if name != value)
    rows, rows_then = mine.n + rest.n, sum(cell.n for cell in one.then.values())
    was = one.then.get(value, Cell(0, 0.0))
    share, share_then = mine.n / rows, was.n / rows_then if rows_then else 0.0
    risen = share - share_then >= TAKEN or (share >= 2 * share_then and share - share_then >= 0.02)
    if mine.n < ROWS:
        return None
    whole = (mine.value * mine.n + rest.value * rest.n) / rows - then
    if share >= NEARLY_ALL or rest.n < ROWS:
        came = one.first_hours.get(value)
        on_time = when is not None and came is not None and when.first - 1 <= came <= when.last + 1
        return (
            Along(one.dimension, value, True, share_then, share, 0.0)
            if share_then < 0.5 and on_time
            else None
        )
    apart = abs(mine.value - rest.value) / sqrt(unit * (1 / mine.n + 1 / rest.n))
    left = (rest.value - then) / whole if whole else 1.0
    if apart < far or left > LEFT:
        return None
    own = not was.n or abs(mine.value - was.value) > far * sqrt(unit * (1 / mine.n + 1 / was.n))
    within = own and share_then < NEARLY_ALL_BEFORE
    return Along(one.dimension, value, risen, share_then, share, left) if risen or within else None

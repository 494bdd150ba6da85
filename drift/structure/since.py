"""Since which hour a feature is other than it was. Pure.

The likeliest hour of a single step from the level before to another one: the maximum of the cumulated sums'
likelihood ratio (Hinkley 1970), over the hours of the last days and of the day. The hours that are nearly as
likely say how sure that is: those whose ratio is within the 95 % quantile of chi² of the best one, chi² made
wider by how much hours differ anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drift.structure.hours import Cell, pooled

NEARLY = 3.84
SURE = 3  # hours: within so many the hour is told, else the day


@dataclass(frozen=True)
class Since:
    """Hours since 1970. It began between `first` and `last`, likeliest at `hour`; `exact`: the hour may be told."""

    hour: int
    first: int
    last: int

    @property
    def exact(self) -> bool:
        return self.last - self.first <= SURE


def since(hours: Mapping[int, Cell], then: float, unit: float) -> Since | None:
    """`then`: the level before; `unit`: the variance of one row. None where the first hours are changed
    already, or no step is seen."""
    ordered = [hour for hour in sorted(hours) if hours[hour].n]
    if len(ordered) < 4 or unit <= 0:
        return None
    gains, n, total = {}, 0, 0.0
    for hour in reversed(ordered):
        cell = hours[hour]
        n += cell.n
        total += cell.n * (cell.value - then)
        gains[hour] = total * total / n / unit
    best = max(ordered, key=lambda hour: (gains[hour], hour))
    before, after = [h for h in ordered if h < best], [h for h in ordered if h >= best]
    if len(before) < 2:
        return None
    now = pooled(hours[hour] for hour in after).value
    rest = sum(hours[h].n * (hours[h].value - then) ** 2 for h in before)
    rest += sum(hours[h].n * (hours[h].value - now) ** 2 for h in after)
    wide = max(1.0, rest / unit / max(len(ordered) - 2, 1))
    near = [hour for hour in ordered if gains[hour] >= gains[best] - NEARLY * wide]
    if near[0] == ordered[0] or gains[best] < 4 * NEARLY * wide:
        return None
    return Since(best, near[0], near[-1])

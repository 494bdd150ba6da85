"""What stands behind an alarm: groups of rows that a person can look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drift.scan.tree import Floats, Numbers, Tree
from drift.scan.wobble import KNOWN, without_overlap

if TYPE_CHECKING:
    from drift.scan.scores import Scores


class Kind(StrEnum):
    NEW = "new"
    GROWN = "grown"
    SHRUNK = "shrunk"
    SCATTERED = "scattered"  # odd rows that form no group: unlike anything in the baseline


@dataclass(frozen=True)
class Group:
    """`day`, `baseline`: row numbers in each window, those nearest the centroid first (of the scattered: the
    most isolated first). `p`: of the group alone, under the scan of all.

    `centroid` (d,): unit vector, the mean of the day's rows, of the baseline's for a shrunk group; None for the
    scattered. `reach`: cosine to the centroid that nine of ten rows like these have; for knowing the group
    again on other days.
    """

    kind: Kind
    day: Numbers
    baseline: Numbers
    p: float
    value: float
    centroid: Floats | None = None
    reach: float | None = None

    @property
    def own(self) -> Numbers:
        """The rows that the group is named by."""
        return self.baseline if self.kind is Kind.SHRUNK else self.day


def found_groups(
    tree: Tree,
    windows: Numbers,
    isolated: Numbers,
    rows: Floats,
    is_day: NDArray[np.bool_],
    scores: Scores,
    above: float,
) -> list[Group]:
    """Those whose standardised value is over `above`, the surest first; none shares a row with a surer one,
    but for the scattered, which are no group of the tree."""
    passing = np.flatnonzero(scores.values > above)
    passing = passing[np.argsort(-scores.values[passing], kind="stable")]
    place = {int(windows[one]): one for one in passing}
    groups = []
    for window in without_overlap(tree, windows[passing]):
        one = place[window]
        inside = tree.order[tree.starts[window] : tree.starts[window] + tree.sizes[window]]
        day, baseline = inside[is_day[inside]], inside[~is_day[inside]]
        if scores.z[one] < 0:
            kind = Kind.SHRUNK
        else:
            kind = Kind.NEW if len(baseline) <= KNOWN * len(inside) else Kind.GROWN
        centroid, reach = _middle(rows[baseline if kind is Kind.SHRUNK else day])
        groups.append(
            Group(
                kind,
                _nearest(rows, day, centroid) - int(np.argmax(is_day)),
                _nearest(rows, baseline, centroid),
                scores.p(scores.values[one]),
                float(scores.values[one]),
                centroid,
                reach,
            )
        )
    surest = int(np.argmax(scores.scattered))
    if scores.scattered[surest] > above:
        odd = isolated[: scores.most_isolated[surest]]
        value = float(scores.scattered[surest])
        day = odd[is_day[odd]] - int(np.argmax(is_day))
        groups.append(Group(Kind.SCATTERED, day, odd[~is_day[odd]], scores.p(value), value))
    return sorted(groups, key=lambda group: -group.value)


def _middle(rows: Floats) -> tuple[Floats, float]:
    """The centroid, and the cosine to it that nine of ten such rows have: each measured against the others'
    centroid, since a row is like a mean that it is part of."""
    total = rows.sum(axis=0)
    centroid: Floats = total / np.linalg.norm(total)
    if len(rows) < 2:
        return centroid, 1.0
    others = total - rows
    cosines = (others * rows).sum(axis=1) / np.linalg.norm(others, axis=1)
    return centroid, float(np.quantile(cosines, 0.1))


def _nearest(rows: Floats, some: Numbers, centroid: Floats) -> Numbers:
    found: Numbers = some[np.argsort(-(rows[some] @ centroid), kind="stable")]
    return found

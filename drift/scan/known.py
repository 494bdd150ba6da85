"""Groups that a person has said are expected: their rows are taken out of both windows before the test.

It is done by the rows alone, whichever window they are in, so that shuffled days stay what they were: the p of what is
left holds. A group is out of the test for as long as it is set aside; nothing is said of it. Where it has
more of the day than it was expected to have it is tested as any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.scan.tree import Floats


@dataclass(frozen=True)
class Known:
    """`centroid` (d,): unit vector; `reach`: the least cosine of a row that belongs (see `groups.Group`).
    `most`: the share of a day's rows up to which it is expected."""

    centroid: Floats
    reach: float
    most: float = 1.0


def still(day: Floats, known: Sequence[Known]) -> list[Known]:
    """Of `known`, those that have no more of the day's rows (n, d) than was expected."""
    return [one for one in known if set_aside(day, [one]).sum() <= one.most * len(day)]


def set_aside(rows: Floats, known: Sequence[Known]) -> NDArray[np.bool_]:
    """(n,): which of `rows` (n, d) belong to a known group."""
    if not known:
        return np.zeros(len(rows), dtype=bool)
    centroids = np.stack([one.centroid for one in known])
    belongs = rows @ centroids.T >= np.array([one.reach for one in known], dtype=np.float32)
    return np.asarray(belongs.any(axis=1), dtype=bool)

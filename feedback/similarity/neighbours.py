"""The nearest of many vectors. Pure; only the ml worker imports this module."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
PARTS = 2  # an item's vector is its input's beside its output's, each of length 1


def nearest(
    mine: Mapping[int, Vector], others: Mapping[int, Vector], *, count: int, least: float
) -> list[tuple[int, int, float]]:
    """(mine, other, likeness) of each one's `count` likest others that are at least so like.

    Likeness is the mean cosine of the parts, -1 to 1.
    """
    if not mine or not others:
        return []
    names = list(others)
    rows = np.vstack([others[name] for name in names])
    found = []
    for name, vector in mine.items():
        likeness = rows @ vector / PARTS
        best = np.argsort(-likeness, kind="stable")[:count]
        found += [(name, names[at], float(likeness[at])) for at in best if likeness[at] >= least]
    return found

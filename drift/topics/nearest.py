"""Which topic an input counts for: the nearest one, where it is near enough. The same rule for the rows of the
fit and for those of later days, or shares would change from the fit to the next day with nothing changed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.topics.neighbours import Floats

BLOCK = 4096
UNSORTED = -1


@dataclass(frozen=True)
class Counted:
    """For each row: the topic's index or UNSORTED, the index of the nearest one in any case, its cosine."""

    topic: NDArray[np.int64]
    nearest: NDArray[np.int64]
    cosine: Floats


def counted(vectors: Floats, centroids: Floats, floor: float) -> Counted:
    """`vectors` (n, d) and `centroids` (k, d) of length 1, k > 0."""
    nearest = np.empty(len(vectors), np.int64)
    cosine = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK] @ centroids.T
        best = block.argmax(axis=1)
        nearest[start : start + BLOCK] = best
        cosine[start : start + BLOCK] = np.take_along_axis(block, best[:, None], axis=1)[:, 0]
    return Counted(np.where(cosine >= floor, nearest, UNSORTED), nearest, cosine)

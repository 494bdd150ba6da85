"""Which topic of a new fit is which of before: a name lives on where its inputs do.

The rows of the new window are counted twice, by the topics of before (also those that ended) and by the new
ones, both by `nearest.counted`: no list of members has to be kept, and windows need not overlap. One new topic
goes on with at most one of before, so that the sum of their overlaps (Jaccard) is the greatest there is (Kuhn 1955,
the Hungarian method).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

LEAST_OVERLAP = 0.2  # Jaccard: one part of five equal ones goes on under the name
MOST_OF = 0.5  # the share of either one that the other must hold

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Matched(Generic[Key]):
    """`goes_on[j]`: the topic of before that new topic j is, or None: it is new. `parent`: of new ones, the
    topic most of whose rows it has. `heir`: of those of before that no new topic is, the new topic's index that
    has most of their rows; without one they are in none: gone."""

    goes_on: tuple[Key | None, ...]
    parent: dict[int, Key]
    heir: dict[Key, int]
    gone: tuple[Key, ...]


def matched(keys: Sequence[Key], before: NDArray[np.int64], now: NDArray[np.int64], new: int) -> Matched[Key]:
    """`before`: (n,), of each row an index of `keys`, or below 0; `now`: the same in the `new` new topics."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - the ml worker's

    shared = np.zeros((len(keys), new), np.int64)
    both = (before >= 0) & (now >= 0)
    np.add.at(shared, (before[both], now[both]), 1)
    of_old = np.bincount(before[before >= 0], minlength=len(keys))[:, None]
    of_new = np.bincount(now[now >= 0], minlength=new)[None, :]
    overlap = shared / np.maximum(of_old + of_new - shared, 1)
    in_old, in_new = shared / np.maximum(of_old, 1), shared / np.maximum(of_new, 1)
    may = (overlap >= LEAST_OVERLAP) & (np.maximum(in_old, in_new) >= MOST_OF)
    pairs = zip(*linear_sum_assignment(-np.where(may, overlap, 0)), strict=True)
    chosen = {int(j): int(i) for i, j in pairs if may[i, j]}
    taken = set(chosen.values())
    rest = [i for i in range(len(keys)) if i not in taken]
    heirs = {keys[i]: _most(in_old[i]) for i in rest}
    parents = {j: _most(in_new[:, j]) for j in range(new) if j not in chosen}
    return Matched(
        tuple(keys[chosen[j]] if j in chosen else None for j in range(new)),
        {j: keys[i] for j, i in parents.items() if i is not None},
        {key: j for key, j in heirs.items() if j is not None},
        tuple(key for key, j in heirs.items() if j is None),
    )


def _most(shares: NDArray[np.float64]) -> int | None:
    """Where at least MOST_OF of it is."""
    best = int(shares.argmax()) if len(shares) else -1
    return best if best >= 0 and shares[best] >= MOST_OF else None

"""All groups that the rows of two windows could form: the nodes of one tree, made without seeing which row is whose."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """Of N rows. A node is the interval `[starts[i], starts[i] + sizes[i])` of `order`. The root is left out.

    `order`: (N,) row numbers. `starts`, `sizes`: (N - 2,), in the order in which average linkage joined them.
    """

    order: Numbers
    starts: Numbers
    sizes: Numbers


def cosines(rows: Floats, others: Floats | None = None) -> Floats:
    """(N, M) float32 of unit vectors (N, d) and (M, d)."""
    found: Floats = rows @ (rows if others is None else others).T
    return found


def grow(likeness: Floats) -> Tree:
    """Average linkage (UPGMA: Sokal & Michener 1958) on 1 - cosine, of `likeness` (N, N).

    The condensed distances are filled row by row: a triangle of index pairs would need four times as much
    memory as they do.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage  # noqa: PLC0415 - of workers only

    n = len(likeness)
    apart = np.empty(n * (n - 1) // 2, dtype=np.float64)
    at = 0
    for row in range(n - 1):
        apart[at : at + n - 1 - row] = 1.0 - likeness[row, row + 1 :]
        at += n - 1 - row
    np.maximum(apart, 0.0, out=apart)
    joined = linkage(apart, "average")
    order = leaves_list(joined).astype(np.int64)
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    first = np.empty(2 * n - 1, dtype=np.int64)
    first[:n] = place
    left, right = joined[:, 0].astype(np.int64), joined[:, 1].astype(np.int64)
    for row in range(n - 1):
        first[n + row] = min(first[left[row]], first[right[row]])
    return Tree(order, first[n:-1], joined[:-1, 3].astype(np.int64))

"""Who is near whom, exactly, a block at a time: memory is BLOCK rows by all rows, not all by all."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
BLOCK = 512
CLOSEST = 1e-6  # the least distance of an edge: a sparse matrix takes 0 for none
FARTHEST = 2.0  # of two vectors of length 1


def nearest(vectors: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """The k nearest OTHER rows of each, the nearest first, and their cosines: (n, k) both.

    `vectors`: (n, d), of length 1, n > k.
    """
    n = len(vectors)
    found = np.empty((n, k), np.int64)
    cosines = np.empty((n, k), np.float32)
    for start in range(0, n, BLOCK):
        block = vectors[start : start + BLOCK] @ vectors.T
        here = np.arange(len(block))
        block[here, start + here] = -np.inf
        some = np.argpartition(block, n - k, axis=1)[:, n - k :]
        near = np.take_along_axis(block, some, axis=1)
        order = np.argsort(-near, axis=1, kind="stable")
        found[start : start + BLOCK] = np.take_along_axis(some, order, axis=1)
        cosines[start : start + BLOCK] = np.take_along_axis(near, order, axis=1)
    return found, cosines


def blurred(vectors: Floats, k: int) -> Floats:
    """Each row as the mean of itself and its k nearest, of length 1: one step of a blurring mean shift.

    Neighbours of one topic move together, what lies between topics moves to one of them. Source: Cheng,
    "Mean shift, mode seeking, and clustering", IEEE TPAMI 1995, with the k nearest in place of a kernel.
    """
    found, _cosines = nearest(vectors, k)
    mean = vectors.copy()
    for place in range(k):
        mean += vectors[found[:, place]]
    return unit(mean)


def graph(vectors: Floats, k: int) -> "csr_matrix":
    """Distances between near rows, symmetric and in one piece: what HDBSCAN's sparse form takes.

    Pieces that no edge joins hang on the largest one by an edge of the greatest distance there is.
    """
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - the ml worker's
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    n = len(vectors)
    found, cosines = nearest(vectors, k)
    lengths = np.sqrt(np.maximum(2 - 2 * cosines.astype(np.float64), CLOSEST**2))
    edges = csr_matrix((lengths.ravel(), (np.repeat(np.arange(n), k), found.ravel())), shape=(n, n))
    edges = edges.maximum(edges.T)
    pieces, piece_of = connected_components(edges, directed=False)
    if pieces > 1:
        first = np.unique(piece_of, return_index=True)[1]
        hub = first[np.bincount(piece_of).argmax()]
        ends = first[first != hub]
        bridges = csr_matrix((np.full(len(ends), FARTHEST), (ends, np.full(len(ends), hub))), shape=(n, n))
        edges = edges.maximum(bridges).maximum(bridges.T)
    return edges


def unit(vectors: NDArray[np.floating]) -> Floats:
    """Of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    ones: Floats = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return ones

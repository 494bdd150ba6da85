"""Topics of a window of inputs: HDBSCAN (Campello, Moulavi, Sander 2013) on blurred vectors.

On raw vectors of 384 dimensions it calls half of all rows noise, and its own search takes minutes at 20,000
rows; on few dimensions (PCA) it collapses. One step of blurring before it, with exact neighbours (see
docs/topics.md for what was measured), halves the noise and makes the topics purer, and it is fast.

What is fitted is kept, and never fitted again to be reproduced: on another machine last digits differ.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from drift.topics.neighbours import Floats, blurred, graph, unit

LEAST_ROWS = 200
MOST_ROWS = 20_000
BLURRED_BY = 10
NEIGHBOURS = 15
MIN_SAMPLES = 5
LEAST_SIZE = 8
ROWS_A_SIZE = 500  # one more row in the smallest topic for each so many rows
FLOOR_AT = 2.0  # standard deviations below the middle of all members
SIGMA = 1.4826  # of a normal distribution: standard deviation by median absolute deviation
LEAST_TOPICS = 3
MOST_IN_ONE = 0.5
MOST_NOISE = 0.8
CELL = 100  # rows of a topic that is cut by nearness alone
MOST_CELLS = 40
NOISE = -1


class How(StrEnum):
    """What made the topics: `eom` is the usual, the others what is done when that collapses."""

    EOM = "eom"
    LEAF = "leaf"
    CELLS = "cells"


class TooFew(ValueError):
    """Under LEAST_ROWS rows."""


@dataclass(frozen=True)
class Fit:
    """`labels`: (n,), NOISE or an index of `centroids` (k, d), of length 1. `floor`: the least cosine to a
    centroid of what counts as its topic. `smallest`: rows that a topic has at least. Topics are in the order
    of their size, the largest first."""

    labels: NDArray[np.int64]
    centroids: Floats
    floor: float
    how: How
    smallest: int

    @property
    def noise(self) -> float:
        """The share of rows that are in no topic of the fit."""
        return float((self.labels == NOISE).mean())


def smallest_topic(n: int) -> int:
    """Rows: the number of topics stays readable where the window is large."""
    return max(LEAST_SIZE, n // ROWS_A_SIZE)


def fit(vectors: Floats, *, seed: int = 0) -> Fit:
    """`vectors`: (n, d), of length 1, without repeats. Raises TooFew."""
    n = len(vectors)
    if n < LEAST_ROWS:
        raise TooFew(n)
    smallest = smallest_topic(n)
    edges = graph(blurred(vectors, BLURRED_BY), NEIGHBOURS)
    for how in (How.EOM, How.LEAF):
        found = _kept(vectors, _hdbscan(edges, smallest, how), how, smallest)
        if not collapsed(found.labels):
            return found
    return _kept(vectors, _cells(vectors, seed), How.CELLS, 1)


def collapsed(labels: NDArray[np.int64]) -> bool:
    """Whether these are no topics: hardly any, one that holds most of the rows, or next to all noise."""
    sizes = np.bincount(labels[labels != NOISE])
    if len(sizes) < LEAST_TOPICS:
        return True
    return bool(sizes.max() > MOST_IN_ONE * len(labels) or (labels == NOISE).mean() > MOST_NOISE)


def _hdbscan(edges: object, smallest: int, how: How) -> NDArray[np.int64]:
    import hdbscan  # noqa: PLC0415 - the ml worker's

    found = hdbscan.HDBSCAN(
        min_cluster_size=smallest,
        min_samples=MIN_SAMPLES,
        metric="precomputed",
        cluster_selection_method=how.value,
    ).fit_predict(edges)
    return np.asarray(found, np.int64)


def _cells(vectors: Floats, seed: int) -> NDArray[np.int64]:
    from sklearn.cluster import KMeans  # noqa: PLC0415 - the ml worker's

    k = int(np.clip(len(vectors) // CELL, LEAST_TOPICS, MOST_CELLS))
    return np.asarray(KMeans(k, n_init=1, random_state=seed).fit_predict(vectors), np.int64)


def _kept(vectors: Floats, labels: NDArray[np.int64], how: How, smallest: int) -> Fit:
    """Without the members that blurring drew in and that lie below the floor, and without topics of fewer than
    `smallest` that are left. The floor is of all members, robust: half of them could be anything."""
    labels = _ordered(labels, 1)
    cosines = _cosines(vectors, labels)
    members = cosines[labels != NOISE]
    floor = -1.0
    if len(members):
        middle = np.median(members)
        floor = float(middle - FLOOR_AT * SIGMA * np.median(np.abs(members - middle)))
    labels = _ordered(np.where(cosines < floor, NOISE, labels), smallest)
    return Fit(labels, centroids_of(vectors, labels), floor, how, smallest)


def _ordered(labels: NDArray[np.int64], smallest: int) -> NDArray[np.int64]:
    """Numbered by size, the largest 0; what has fewer than `smallest` rows is noise."""
    sizes = np.bincount(labels[labels != NOISE])
    order = np.argsort(-sizes, kind="stable")
    new = np.full(len(sizes) + 1, NOISE)  # its last is what NOISE is mapped to
    new[order] = np.where(sizes[order] >= smallest, np.arange(len(sizes)), NOISE)
    return new[labels]


def _cosines(vectors: Floats, labels: NDArray[np.int64]) -> Floats:
    """(n,): of each row to the middle of its topic; -2 for noise."""
    found = np.full(len(vectors), -2, np.float32)
    within = labels != NOISE
    if within.any():
        middles = centroids_of(vectors, labels)[labels[within]]
        found[within] = np.einsum("ij,ij->i", vectors[within], middles)
    return found


def centroids_of(vectors: Floats, labels: NDArray[np.int64]) -> Floats:
    """(k, d), of length 1."""
    k = int(labels.max(initial=NOISE)) + 1
    sums = np.zeros((k, vectors.shape[1]), np.float64)
    np.add.at(sums, labels[labels != NOISE], vectors[labels != NOISE])
    return unit(sums)

"""Vectors of topics that are known, for tests."""

import numpy as np

from drift.topics.neighbours import Floats, unit

DIMENSIONS = 64


def topics(
    *sizes: int, seed: int = 1, noise: int = 0, spread: float = 0.6, first: int = 0, d: int = DIMENSIONS
):
    """(vectors, which topic each is of, -1 for noise). Topic k lies at the same place whatever is asked with it.

    `spread`: the length of what is added to a middle of length 1.
    """
    rng = np.random.default_rng(seed)
    rows, which = [], []
    for k, n in enumerate(sizes, start=first):
        rows.append(middle(k, d) + spread * rng.normal(size=(n, d)) / np.sqrt(d))
        which += [k] * n
    rows.append(rng.normal(size=(noise, d)))
    which += [-1] * noise
    return unit(np.concatenate(rows)), np.array(which)


def middle(k: int, d: int = DIMENSIONS) -> Floats:
    return unit(np.random.default_rng(1000 + k).normal(size=(1, d)))[0]

"""Multinomial logistic regression around the names, followed a little with each example.

The most likely weights under a normal prior around REACH times the names, of variance VARIANCE.
Each step is Newton's with a bound in place of the second derivatives (Böhning 1992, *Multinomial
Logistic Regression Algorithm*), which every class shares and which cannot go too far, with
Nesterov's momentum. Steps go on from where the last ones came to.
"""

import numpy as np

from feedback.similarity.types import Classes, Floats, Singles, Vectors
from feedback.similarity.weighing import chances_of

REACH = 10.0
VARIANCE = 20.0
MOMENTUM = 0.85
WORK = 150_000  # examples times classes that each new example may cost; steps wait until they are paid for
MOST = 40  # steps at once


class Logistic:
    """`names`: (k, d). Memory: 3 k d numbers of 4 bytes."""

    def __init__(self, names: Vectors) -> None:
        self._prior = np.float32(REACH) * names
        self._weights = self._prior.copy()
        self._before = self._weights
        self._bound = np.zeros((0, 0), np.float32)
        self._saved = 0

    def scores(self, vectors: Vectors) -> Singles:
        """(n, k) logarithms of chances, less what all classes of a row share."""
        return np.asarray(vectors @ self._weights.T)

    def bound(self, squares: Floats) -> None:
        """(d, d) sum of x x' of the examples: how fast the likelihood can bend."""
        d = len(squares)
        self._bound = np.linalg.inv(squares / 2 + np.eye(d) / VARIANCE).astype(np.float32)

    def follow(self, vectors: Vectors, classes: Classes, counts: Floats, new: int) -> None:
        """Some steps towards the top, now that there are `new` examples more."""
        cells = len(vectors) * len(self._prior)
        self._saved = min(self._saved + new * WORK, MOST * cells)
        steps, self._saved = divmod(self._saved, cells)
        rows = np.arange(len(classes))
        for _ in range(steps):
            ahead = self._weights + np.float32(MOMENTUM) * (self._weights - self._before)
            missing = -chances_of(vectors @ ahead.T)
            missing[rows, classes] += 1
            missing *= counts[:, None].astype(np.float32)
            gradient = missing.T @ vectors - (ahead - self._prior) / np.float32(VARIANCE)
            self._before, self._weights = self._weights, ahead + gradient @ self._bound

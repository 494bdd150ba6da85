"""Classes as clouds of one shape around their means: linear discriminant analysis, regularised.

A class's mean begins as its name's vector, which counts as PRIOR examples (Murphy 2012, *Machine
Learning*, 4.6.3: the normal with a conjugate prior). The shape, one covariance for all classes,
begins as a ball that counts as BALL examples (Friedman 1989, *Regularized Discriminant
Analysis*). Only sums are kept, so the order of examples is forgotten, and one can be taken out.
"""

import numpy as np

from feedback.similarity.types import Classes, Floats, Vectors

PRIOR = 1.0
BALL = 1000.0
SPREAD = 0.002  # the ball's variance in each direction; all 384 of a vector of length 1 have 1 together


class Gaussians:
    """`names`: (k, d). Memory: d² + 2 k d numbers, whatever was learned."""

    def __init__(self, names: Vectors) -> None:
        self.names = names.astype(np.float64)
        k, d = names.shape
        self.weight = np.zeros(k)
        self._sums = np.zeros((k, d))
        self.squares = np.zeros((d, d))
        self._fitted: Clouds | None = None

    def add(self, vectors: Vectors, classes: Classes, weights: Floats) -> None:
        """(n, d), (n,), (n,). A weight below 0 takes out what was added with it."""
        rows = vectors.astype(np.float64)
        weighted = rows * weights[:, None]
        np.add.at(self.weight, classes, weights)
        np.add.at(self._sums, classes, weighted)
        self.squares += weighted.T @ rows
        self._fitted = None

    def clouds(self) -> "Clouds":
        if self._fitted is None:
            self._fitted = self._fit()
        return self._fitted

    def _fit(self) -> "Clouds":
        held = self.weight + PRIOR
        means = (self._sums + PRIOR * self.names) / held[:, None]
        seen = self.weight > 0
        named, found = self.names[seen], means[seen]
        scatter = self.squares + PRIOR * named.T @ named - (found * held[seen, None]).T @ found
        scatter.flat[:: len(scatter) + 1] += BALL * SPREAD
        total = float(self.weight.sum()) + BALL
        inverse: Floats = np.asarray(np.linalg.inv(scatter) * total, dtype=np.float64)
        return Clouds(means, inverse, held, total)


class Clouds:
    """What the sums say now."""

    def __init__(self, means: Floats, inverse: Floats, held: Floats, total: float) -> None:
        """(k, d) means, (d, d) inverse covariance; examples of each class and in all, priors included."""
        self._means, self._inverse, self._held, self._total = means, inverse, held, total
        self._turned = means @ inverse
        self._lengths = (self._turned * means).sum(axis=1)

    def scores(self, vectors: Vectors) -> Floats:
        """(n, k) logarithms of the densities, less what all classes of a row share."""
        return np.asarray(vectors @ self._turned.T - self._lengths / 2)

    def left_out(self, vectors: Vectors, classes: Classes, weights: Floats) -> Floats:
        """The same for examples that were added, each as if it alone had not been: (n, k).

        Without example x of class y, y's mean lies further off along u = x - mean, and the
        scatter lacks a multiple of u u': Sherman and Morrison's formula gives its inverse.
        """
        rows = np.arange(len(classes))
        away = vectors - self._means[classes]
        turned = away @ self._inverse
        length = (turned * away).sum(axis=1)
        further = self._held[classes] / (self._held[classes] - weights)
        part = weights * further / self._total
        rest = 1 - part * length
        across = (vectors * turned).sum(axis=1)[:, None] - turned @ self._means.T
        own = ((vectors @ self._inverse) * vectors).sum(axis=1)[:, None]
        distances = own - 2 * self.scores(vectors) + (part / rest)[:, None] * across**2
        distances[rows, classes] = further**2 * length / rest
        return np.asarray(distances * ((weights - self._total) / (2 * self._total))[:, None])

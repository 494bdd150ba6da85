"""What is near in meaning is of one class: ridge regression with a kernel, kept up to date.

Each class is a regression of its own on 1 for its examples and 0 for all others (regularised least
squares: Rifkin and Klautau 2004, *In Defense of One-Vs-All Classification*), with the kernel
((1 + cosine) / 2)³. Before any example the fitted value is the likeness to the class's name. All
share one inverse. An example more or less changes it by the formula for partitioned matrices
(Rasmussen and Williams 2006, *Gaussian Processes for Machine Learning*, A.3): nothing is fitted anew.
"""

import numpy as np

from feedback.similarity.types import Classes, Floats, Singles, Vectors

RIDGE = 0.2
ROOM = 3000
BLOCK = 256  # rows that are added at once
TILE = 512


class Kernel:
    """Memory: room² + room (d + k) numbers of 4 bytes at most, and no more than what was added needs."""

    def __init__(self, names: Vectors) -> None:
        k, d = names.shape
        self._names = names
        self.n = 0
        self._vectors = np.zeros((0, d), np.float32)
        self._dual = np.zeros((0, k), np.float32)
        self._inverse = np.zeros((0, 0), np.float32)

    def scores(self, vectors: Vectors) -> Singles:
        """(n, k): near 1 - 1/k for a class that is certain, near -1/k for others."""
        return np.asarray(
            self._named(vectors) + _kernel(vectors, self._vectors[: self.n]) @ self._dual[: self.n]
        )

    def left_out(self, rows: Classes, classes: Classes) -> Singles:
        """The scores of these rows of their `classes`, each as if it alone had not been added: (n, k)."""
        return np.asarray(
            self._one_hot(classes) - self._dual[rows] / self._inverse[rows, rows][:, None], np.float32
        )

    def add(self, vectors: Vectors, classes: Classes, weights: Floats) -> None:
        """(n, d), (n,), (n,): they become rows `n` and on."""
        self._grow(self.n + len(vectors))
        for start in range(0, len(vectors), BLOCK):
            part = slice(start, start + BLOCK)
            self._add(vectors[part], classes[part], weights[part])

    def take(self, row: int) -> None:
        """Forget a row; the last one gets its number."""
        n, last = self.n, self.n - 1
        column = self._inverse[:n, row].copy()
        dual = self._dual[row].copy()
        self._change(column, -1 / column[row], dual / column[row])
        for held in (self._vectors, self._dual, self._inverse):
            held[row] = held[last]
        self._inverse[:n, row] = self._inverse[:n, last]
        self._inverse[row, row] = self._inverse[last, last]
        self.n = last

    def weigh(self, row: int, before: float, after: float) -> None:
        """A row counts as `after` examples, where it was added as `before`."""
        column = self._inverse[: self.n, row].copy()
        ridge = RIDGE / after - RIDGE / before
        factor = ridge / (1 + ridge * column[row])
        self._change(column, -factor, self._dual[row] * factor)

    def vectors(self, rows: Classes) -> Vectors:
        return np.asarray(self._vectors[rows])

    def nearest(self, vectors: Vectors) -> Singles:
        """Cosines with every row: (len(vectors), n)."""
        return np.asarray(vectors @ self._vectors[: self.n].T)

    def _add(self, vectors: Vectors, classes: Classes, weights: Floats) -> None:
        n, more = self.n, self.n + len(vectors)
        beside = _kernel(self._vectors[:n], vectors)
        turned = self._inverse[:n, :n] @ beside
        own = _kernel(vectors, vectors) - beside.T @ turned
        own.flat[:: len(own) + 1] += (RIDGE / weights).astype(np.float32)
        inverse = np.linalg.inv(own.astype(np.float64)).astype(np.float32)
        inverse = np.float32(0.5) * (inverse + inverse.T)
        missing = self._one_hot(classes) - self._named(vectors) - beside.T @ self._dual[:n]
        dual = inverse @ missing
        across = turned @ inverse
        self._spread(turned @ np.linalg.cholesky(inverse.astype(np.float64)).astype(np.float32), 1)
        self._inverse[:n, n:more], self._inverse[n:more, :n] = -across, -across.T
        self._inverse[n:more, n:more] = inverse
        self._dual[:n] -= turned @ dual
        self._dual[n:more], self._vectors[n:more] = dual, vectors
        self.n = more

    def _change(self, column: Singles, factor: float, dual: Singles) -> None:
        root = np.float32(np.sqrt(abs(factor)))
        self._spread((root * column)[:, None], 1 if factor > 0 else -1)
        self._dual[: self.n] -= np.multiply.outer(column, dual)

    def _spread(self, factor: Singles, sign: int) -> None:
        """The inverse more or less factor @ factor.T, exactly symmetric: else its errors would grow."""
        for top in range(0, self.n, TILE):
            rows = slice(top, min(top + TILE, self.n))
            for left in range(0, top + 1, TILE):
                columns = slice(left, min(left + TILE, self.n))
                product = factor[rows] @ factor[columns].T
                tile = self._inverse[rows, columns]
                tile += product if sign > 0 else -product
                if left < top:
                    self._inverse[columns, rows] = tile.T

    def _named(self, vectors: Vectors) -> Singles:
        likeness = vectors @ self._names.T
        return np.asarray(likeness - likeness.mean(axis=1, keepdims=True))

    def _one_hot(self, classes: Classes) -> Singles:
        k = len(self._names)
        wanted = np.full((len(classes), k), -1 / k, np.float32)
        wanted[np.arange(len(classes)), classes] += 1
        return wanted

    def _grow(self, wanted: int) -> None:
        held = len(self._vectors)
        if wanted > held:
            size = max(wanted, min(ROOM, held + held // 4 + 64))
            more = size - held
            self._vectors = np.pad(self._vectors, ((0, more), (0, 0)))
            self._dual = np.pad(self._dual, ((0, more), (0, 0)))
            self._inverse = np.pad(self._inverse, ((0, more), (0, more)))


def _kernel(one: Vectors, other: Vectors) -> Singles:
    half = (1 + one @ other.T) / 2
    return np.asarray(half * half * half)

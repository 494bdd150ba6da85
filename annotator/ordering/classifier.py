"""Logistic regression with a ridge penalty, for few answers and many dimensions.

Fitted in the space of the answers: Newton's method on the dual, written so that it stays stable
when a probability is near 0 or 1 (Rasmussen and Williams 2006, *Gaussian Processes for Machine
Learning*, algorithm 3.1, with a linear kernel). 2,000 answers take about a second.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STRENGTH = 30.0  # how far weights may go: the variance of each, for vectors of length 1
STEPS = 50
CLOSE = 1e-6
FOLDS = 5


@dataclass(frozen=True)
class Classifier:
    """`weights` of d numbers and an `offset`."""

    weights: Floats
    offset: float

    def probabilities(self, vectors: NDArray[np.float32]) -> Floats:
        """Of the first answer, for (n, d) vectors."""
        return _sigmoid(vectors.astype(np.float64) @ self.weights + self.offset)


def fit(vectors: NDArray[np.float32], first: NDArray[np.bool_], *, offset: bool = True) -> Classifier:
    """(n, d) vectors and whether each got the first answer.

    Without `offset` the classifier is odd: turned around, a pair gets the opposite answer.
    """
    rows = vectors.astype(np.float64)
    kernel = STRENGTH * (rows @ rows.T + (1.0 if offset else 0.0))
    dual = _dual(kernel, first.astype(np.float64))
    return Classifier(STRENGTH * rows.T @ dual, STRENGTH * float(dual.sum()) if offset else 0.0)


def _dual(kernel: Floats, wanted: Floats) -> Floats:
    """The n multipliers `a` of the fitted values `kernel @ a`."""
    n = len(wanted)
    dual, fitted = np.zeros(n), np.zeros(n)
    for _ in range(STEPS):
        chance = _sigmoid(fitted)
        root = np.sqrt(chance * (1 - chance))
        target = root**2 * fitted + wanted - chance
        within = np.eye(n) + root[:, None] * kernel * root[None, :]
        dual = target - root * np.linalg.solve(within, root * (kernel @ target))
        before, fitted = fitted, kernel @ dual
        if np.max(np.abs(fitted - before)) < CLOSE:
            break
    return dual


def _sigmoid(values: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))


def right_of(
    vectors: NDArray[np.float32], first: NDArray[np.bool_], *, seed: int, offset: bool = True
) -> int:
    """How many of the n answers are guessed by a classifier that has not seen them: five folds."""
    fold = np.empty(len(first), dtype=int)
    chance = np.random.default_rng(seed)
    for answer in (True, False):
        fold[chance.permutation(np.flatnonzero(first == answer))] = (
            np.arange(np.count_nonzero(first == answer)) % FOLDS
        )
    right = 0
    for out in range(FOLDS):
        seen = fold != out
        guess = fit(vectors[seen], first[seen], offset=offset).probabilities(vectors[~seen]) >= 0.5
        right += int(np.count_nonzero(guess == first[~seen]))
    return right

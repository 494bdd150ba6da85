"""How unlike a window's mixture of two samples is what chance gives."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]

CLASSES = (5, 8, 16, 32, 64, 128, 256)  # the least size of each class of windows
MOST = 0.6  # of all rows: a window over that says what its complement says
ISOLATED = (0.02, 0.1)  # shares of all rows, the most isolated first


def root_deviance(inside: Numbers, sizes: Numbers, share: float) -> Values:
    """The signed root of the binomial deviance of `inside` successes in `sizes` trials of chance `share`.

    `sizes` (K,), `inside` (..., K). Positive where there are more than expected. (McCullagh & Nelder 1989,
    4.4.3.) There are few different sizes, so each possible value is worked out once and looked up.
    """
    distinct, which = np.unique(sizes, return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(distinct + 1)])
    m = np.repeat(distinct, distinct + 1).astype(np.float64)
    a = (np.arange(starts[-1]) - np.repeat(starts[:-1], distinct + 1)).astype(np.float64)
    b = m - a
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(a > 0, a * np.log(a / (m * share)), 0.0)
        down = np.where(b > 0, b * np.log(b / (m * (1 - share))), 0.0)
    table = np.sign(a - m * share) * np.sqrt(np.maximum(2 * (up + down), 0.0))
    found: Values = table[starts[which] + inside]
    return found


def class_of(sizes: Numbers) -> Numbers:
    """Which class of `CLASSES` each size is in; -1: too small."""
    return np.searchsorted(CLASSES, sizes, side="right").astype(np.int64) - 1


def isolation_order(likeness: NDArray[np.float32]) -> Numbers:
    """(N,) row numbers, those least like their nearest other row first. The diagonal of `likeness` is lost."""
    np.fill_diagonal(likeness, -np.inf)
    return np.argsort(likeness.max(axis=1), kind="stable").astype(np.int64)

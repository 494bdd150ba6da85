"""How much topic shares vary from day to day with no drift at all, told from the baseline's own days."""

import numpy as np
from numpy.typing import NDArray

from drift.scan.tree import Floats, Numbers, Tree, cosines, grow

LEAST, MOST = 20, 200  # rows of a window that is looked at
FEWEST_BASELINE_ROWS = 10
CHANCE = 0.0005  # of rho: traffic that does not wobble comes to less on seven days of ten
CAUTION = 2.0
KNOWN = 0.1  # a window with at most this share of baseline rows is new: what was never there cannot wobble


def overdispersion(tree: Tree, days: NDArray[np.int64]) -> float:
    """rho: the variance of a share between days is `rho p (1 - p)` beside that of sampling. By moments.

    `days`: (N,) the day number of each baseline row, -1 for the rows of the day that is judged. The largest
    windows that do not overlap are pooled.
    """
    numbers = np.unique(days[days >= 0])
    a_day = np.array([(days == one).sum() for one in numbers], dtype=np.float64)
    total, n_days = a_day.sum(), len(numbers)
    if n_days < 2:
        return 0.0
    ordered = days[tree.order]
    steps = np.concatenate(
        [np.zeros((n_days, 1)), np.cumsum(ordered[None, :] == numbers[:, None], axis=1)], axis=1
    )
    above, below = 0.0, 0.0
    for window in _apart(tree):
        start, end = tree.starts[window], tree.starts[window] + tree.sizes[window]
        of_day = steps[:, end] - steps[:, start]
        if of_day.sum() < FEWEST_BASELINE_ROWS:
            continue
        p = of_day.sum() / total
        above += n_days / (n_days - 1) * ((of_day / a_day - p) ** 2).sum() - p * (1 - p) * (1 / a_day).sum()
        below += n_days * p * (1 - p)
    return max(0.0, above / below) if below else 0.0


def told_from(rows: Floats, days: NDArray[np.int64]) -> float:
    """rho of days that are no baseline: of unit vectors (B, d) and the day number of each, in a tree of their own."""
    return overdispersion(grow(cosines(rows)), days)


def cautious(rho: float) -> float:
    """What is corrected for. rho is told from 2,000 rows and often too low, since windows are parts of topics:
    what is over chance counts three times. Chosen on wobbling days (`bench_drift`, worlds 100 to 111), where
    four of nine false alarms came of it; where rho is what chance gives nothing changes."""
    return rho + CAUTION * max(0.0, rho - CHANCE)


def deflation(rho: float, n_days: int, day: int, baseline: int) -> float:
    """What an observed z of a known window is divided by: its variance has rho's part beside that of sampling."""
    return float(np.sqrt(1 + rho * (1 + 1 / n_days) / (1 / day + 1 / baseline)))


def _apart(tree: Tree) -> list[int]:
    fitting = np.flatnonzero((tree.sizes >= LEAST) & (tree.sizes <= MOST))
    return without_overlap(tree, fitting[np.argsort(-tree.sizes[fitting], kind="stable")])


def without_overlap(tree: Tree, windows: Numbers) -> list[int]:
    """Of `windows`, those that share no row with an earlier one."""
    taken = np.zeros(len(tree.order), dtype=bool)
    kept = []
    for window in windows:
        inside = slice(tree.starts[window], tree.starts[window] + tree.sizes[window])
        if not taken[inside].any():
            taken[inside] = True
            kept.append(int(window))
    return kept

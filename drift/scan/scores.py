"""All windows in one test: what each says, beside what the same windows say when the days are shuffled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift.scan import measure
from drift.scan.tree import Numbers, Tree
from drift.scan.wobble import KNOWN

Values = NDArray[np.float64]

AT_ONCE = 250  # shuffled days, to bound the memory


@dataclass(frozen=True)
class Scores:
    """`largest` (P + 1,): the largest standardised value, observed first. `z`, `values` (K,): the observed z of each
    window, as deflated, and its standardised value in its class and direction. `scattered`: the standardised
    value of each isolation class; `most_isolated`: how many rows it has."""

    largest: Values
    z: Values
    values: Values
    scattered: Values
    most_isolated: Numbers

    def p(self, value: float) -> float:
        """How often shuffled days have as large a value anywhere (Davison & Hinkley 1997, 4.3: never 0)."""
        return float((1 + (self.largest[1:] >= value - 1e-9).sum()) / len(self.largest))

    def threshold(self, level: float) -> float:
        """What a value must be above so that its own p is at most `level`."""
        rank = int(np.floor(level * len(self.largest)))
        return float(np.sort(self.largest[1:])[-rank]) if rank else float("inf")


def score(
    tree: Tree,
    windows: Numbers,
    isolated: Numbers,
    is_day: NDArray[np.bool_],
    *,
    by: float,
    seed: int,
    permutations: int,
    also: Numbers | None = None,
) -> Scores:
    """`also` (N,): how many rows of other days are most like each row; what they ask is known, too.

    `windows`: numbers of the nodes that are looked at. `isolated`: rows, the most isolated first. `by`: what an
    observed value of a known window is divided by.

    Each class of sizes and direction, and each isolation class, has a largest value; it is standardised by what
    shuffled days give for that class. Without classes the many small windows would rule the largest of all.
    """
    n = len(is_day)
    share = float(is_day.mean())
    starts, sizes = tree.starts[windows], tree.sizes[windows]
    most = np.floor(np.array(measure.ISOLATED) * n).astype(np.int64)
    classes = measure.class_of(sizes)
    masks = [(sign, classes == one) for sign in (1, -1) for one in np.unique(classes)]
    more = 0 if also is None else _inside(also, tree, starts, sizes)
    z: Values = np.empty(0)
    extremes: list[Values] = []
    for days in _shuffled(is_day, seed, permutations):
        steps = np.zeros((len(days), n + 1), dtype=np.int32)
        np.cumsum(days[:, tree.order], axis=1, out=steps[:, 1:])
        inside = steps[:, starts + sizes] - steps[:, starts]
        values = measure.root_deviance(inside, sizes, share)
        alone = np.stack([days[:, isolated[:k]].sum(axis=1) for k in most], axis=1)
        odd = measure.root_deviance(alone, most, share)
        if not extremes:  # the first row is the day as it is
            values[0, sizes - inside[0] + more > KNOWN * (sizes + more)] /= by
            odd[0] /= by
            z = values[0].copy()
        tops = [(sign * values[:, mine]).max(axis=1) for sign, mine in masks]
        extremes.append(np.concatenate([np.stack(tops, axis=1).reshape(len(days), -1), odd], axis=1))
    largest = np.concatenate(extremes)  # (P + 1, classes)
    mean, spread = largest[1:].mean(axis=0), largest[1:].std(axis=0) + 1e-9
    standard = (largest - mean) / spread
    observed = np.full(len(windows), -np.inf)
    for k, (sign, mine) in enumerate(masks):
        here = mine & (sign * z > 0)
        observed[here] = (sign * z[here] - mean[k]) / spread[k]
    return Scores(standard.max(axis=1), z, observed, standard[0, len(masks) :], most)


def _inside(counts: Numbers, tree: Tree, starts: Numbers, sizes: Numbers) -> Numbers:
    """(K,): the sum of `counts` (N,) in each window."""
    steps = np.concatenate([[0], np.cumsum(counts[tree.order])])
    found: Numbers = steps[starts + sizes] - steps[starts]
    return found


def _shuffled(is_day: NDArray[np.bool_], seed: int, permutations: int) -> list[NDArray[np.bool_]]:
    """Parts of (P + 1, N): the day as it is, then shuffled."""
    chance = np.random.default_rng(seed)
    many = np.tile(is_day, (permutations + 1, 1))
    chance.permuted(many[1:], axis=1, out=many[1:])
    return [many[start : start + AT_ONCE] for start in range(0, len(many), AT_ONCE)]

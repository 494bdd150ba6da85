"""How much each kind of evidence counts, so that confidences come out right: a conditional logit.

The chance of a class is exp(sum of weight * evidence), over the same of all classes (McFadden
1974). The few weights are those under which examples are likeliest, whose evidence was computed
as if each had not been learned. A normal prior holds them while there are few.
"""

from typing import TypeVar

import numpy as np

from feedback.similarity.types import Classes, Floats, Singles

Numbers = TypeVar("Numbers", Floats, Singles)

STEPS = 20
ENOUGH = 1e-3  # gain of log likelihood in a step, all examples together


def weigh(
    evidence: Floats, right: Classes, counts: Floats, centre: Floats, precision: Floats, begin: Floats
) -> Floats:
    """(n, k, p) evidence, (n,) right classes and how often each example counts, (p,) prior: (p,) weights.

    The prior is normal around `centre` with variances 1 / `precision`. Newton's method on a concave
    function, from `begin` on, halving steps that go too far.
    """
    here = begin.copy()
    value, chances = _likelihood(evidence, right, counts, here, centre, precision)
    rows = np.arange(len(right))
    for _ in range(STEPS):
        mean = np.einsum("nk,nkp->np", chances, evidence)
        apart = evidence - mean[:, None, :]
        gradient = counts @ apart[rows, right] - precision * (here - centre)
        weighted = apart * (chances * counts[:, None])[:, :, None]
        information = np.tensordot(weighted, apart, axes=([0, 1], [0, 1])) + np.diag(precision)
        step = np.linalg.solve(information, gradient)
        for _halving in range(30):
            after, chances = _likelihood(evidence, right, counts, here + step, centre, precision)
            if after >= value:
                break
            step = step / 2
        gain, here, value = after - value, here + step, after
        if gain < ENOUGH:
            break
    return here


def chances_of(totals: Numbers) -> Numbers:
    """Softmax of each row."""
    raised: Numbers = np.exp(totals - totals.max(axis=1, keepdims=True))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised


def _likelihood(
    evidence: Floats, right: Classes, counts: Floats, here: Floats, centre: Floats, precision: Floats
) -> tuple[float, Floats]:
    chances = chances_of(evidence @ here)
    likely = np.log(np.maximum(chances[np.arange(len(right)), right], 1e-300))
    return float(counts @ likely - precision @ (here - centre) ** 2 / 2), chances

"""What is true, and how reliable each rater is, from their answers alone.

Dawid and Skene 1979 (Applied Statistics 28:20): every item has one true answer, and every rater
gives answer l to a true j with a chance of their own. Expectation and maximisation find both in
turns. It takes raters to be independent: two language models with one prompt make it over-sure,
and an answer that people settled on always beats it.

Shares and chances are 0 to 1. It starts from the shares of each item's labels, so that the same
labels give the same model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMOOTHING = 0.01  # labels added to each answer of a rater's row; the paper has none
TOLERANCE = 1e-9  # no item's probability moves by more at the end
FEW = 10  # labels under which nothing is said of a rater
SEEN = 1e-6  # labels: a truth that a rater met less than this was never met

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rater:
    """`confusion[j]`: with which chances the rater gives each answer if the truth is j.

    None for a truth that the rater never met.
    """

    labels: int
    confusion: tuple[tuple[float, ...] | None, ...]
    right: float | None  # the chance of a right answer on an item like the others; None under FEW labels


@dataclass(frozen=True)
class Model:
    """Per item the probability of each answer and the likeliest one; per answer its share.

    An item without a label has neither. Of equally likely answers the first one counts.
    """

    prior: tuple[float, ...]
    items: tuple[tuple[float, ...] | None, ...]
    likeliest: tuple[int | None, ...]
    raters: tuple[Rater, ...]
    log_likelihood: float
    iterations: int
    converged: bool


@dataclass(frozen=True)
class _Votes:
    """Distinct labels and how often each was given; `item`, `rater`, `answer`, `times` run along them."""

    item: NDArray[np.int64]
    rater: NDArray[np.int64]
    answer: NDArray[np.int64]
    times: Floats
    items: int
    raters: int
    answers: int


def fit(
    votes: Sequence[tuple[int, int, int]] | NDArray[np.int64],
    answers: int,
    *,
    smoothing: float = SMOOTHING,
    limit: int = 500,
) -> Model | None:
    """The model of (item, rater, answer) triples, each counted from 0; None without any.

    A rater may have answered an item more than once. `answers`: how many the question offers.
    After `limit` rounds it stops and says that it did not converge.
    """
    v = _distinct(votes, answers)
    if v is None:
        return None
    shares = np.bincount(v.item * answers + v.answer, weights=v.times, minlength=v.items * answers)
    truth: Floats = shares.reshape(v.items, answers).astype(float)
    labelled = truth.sum(axis=1) > 0
    truth /= np.where(labelled, truth.sum(axis=1), 1)[:, None]
    moved, rounds, likelihood = np.inf, 0, 0.0
    while moved > TOLERANCE and rounds < limit:
        prior, confusion, _ = _maximise(truth, v, labelled, smoothing)
        after, likelihood = _expect(prior, confusion, v, labelled)
        moved, truth, rounds = float(np.abs(after - truth).max()), after, rounds + 1
    prior, confusion, met = _maximise(truth, v, labelled, smoothing)
    given = np.bincount(v.rater, weights=v.times, minlength=v.raters)
    return Model(
        prior=tuple(prior.tolist()),
        items=tuple(
            tuple(row) if there else None for row, there in zip(truth.tolist(), labelled, strict=True)
        ),
        likeliest=tuple(
            best if there else None
            for best, there in zip(truth.argmax(axis=1).tolist(), labelled, strict=True)
        ),
        raters=tuple(_rater(int(given[k]), prior, confusion[k], met[k] > SEEN) for k in range(v.raters)),
        log_likelihood=likelihood,
        iterations=rounds,
        converged=moved <= TOLERANCE,
    )


def posterior(
    prior: Sequence[float] | Floats,
    confusion: Sequence[Sequence[Sequence[float]]] | Floats,
    votes: Sequence[tuple[int, int, int]] | NDArray[np.int64],
) -> Floats:
    """(items, answers): the probability of each answer if raters are known to be like this.

    `confusion[k][j][l]`: the chance that rater k answers l when the truth is j. An item's row is
    0 if what was answered on it cannot be.
    """
    shares = np.asarray(prior, dtype=float)
    v = _distinct(votes, len(shares))
    if v is None:
        return np.zeros((0, len(shares)))
    labelled = np.bincount(v.item, minlength=v.items) > 0
    return _expect(shares, np.asarray(confusion, dtype=float), v, labelled)[0]


def _distinct(votes: Sequence[tuple[int, int, int]] | NDArray[np.int64], answers: int) -> _Votes | None:
    given = np.asarray(votes, dtype=np.int64).reshape(-1, 3)
    if not len(given):
        return None
    if given.min() < 0 or given[:, 2].max() >= answers:
        raise ValueError("items and raters are counted from 0, answers up to those offered")
    distinct, times = np.unique(given, axis=0, return_counts=True)
    item, rater, answer = np.ascontiguousarray(distinct.T)
    items, raters = int(item.max()) + 1, int(rater.max()) + 1
    return _Votes(item, rater, answer, times.astype(float), items, raters, answers)


def _maximise(
    truth: Floats, v: _Votes, labelled: NDArray[np.bool_], smoothing: float
) -> tuple[Floats, Floats, Floats]:
    """The prior, each rater's matrix (raters, truths, answers), and how often they met each truth."""
    prior: Floats = truth[labelled].mean(axis=0)
    cells, weights = v.rater * v.answers + v.answer, truth[v.item] * v.times[:, None]
    counted = np.stack(
        [np.bincount(cells, weights=weights[:, j], minlength=v.raters * v.answers) for j in range(v.answers)]
    )
    counted = counted.reshape(v.answers, v.raters, v.answers).transpose(1, 0, 2)
    smoothed = counted + smoothing
    sums = smoothed.sum(axis=2, keepdims=True)
    return prior, smoothed / np.where(sums > 0, sums, 1), counted.sum(axis=2)


def _expect(prior: Floats, confusion: Floats, v: _Votes, labelled: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Each item's probabilities, and the logarithm of how likely all labels are."""
    with np.errstate(divide="ignore"):
        said = np.log(confusion)[v.rater, :, v.answer] * v.times[:, None]
        base = np.log(prior)
    logs = base + np.stack(
        [np.bincount(v.item, weights=said[:, j], minlength=v.items) for j in range(v.answers)], axis=1
    )
    top = logs.max(axis=1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    chances = np.exp(logs - top)
    sums = chances.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        likelihood = float((np.log(sums) + top)[labelled].sum())
    return np.where(labelled[:, None], chances / np.where(sums > 0, sums, 1), 0), likelihood


def _rater(labels: int, prior: Floats, confusion: Floats, met: NDArray[np.bool_]) -> Rater:
    known = prior[met].sum()
    right = float(prior[met] @ np.diag(confusion)[met] / known) if labels >= FEW and known > 0 else None
    rows = zip(confusion.tolist(), met, strict=True)
    return Rater(labels, tuple(tuple(row) if there else None for row, there in rows), right)

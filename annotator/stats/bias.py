"""Whether a rater prefers what stands first, or what is longer.

Where the same two answers were judged in both orders, the winner should not change (Zheng et al.
2023, arXiv 2306.05685). Where each was judged in one order, a logistic model parts position,
length and strength (as in length-controlled AlpacaEval, Dubois et al. 2024, arXiv 2404.04475):
P(first wins) = sigmoid(b0 + s_first - s_second + b1 ln((length_first + 1) / (length_second + 1))),
b0 being position and b1 length, both natural logarithms of odds, lengths in characters.

The slots must have been drawn at random and stored with the label. Longer may be better: what
people say of the same pairs is the yardstick, and what is shown is the judge minus the people
(`difference`). All intervals are of 95 %; tests are two-sided. What is not defined is None with
a reason.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import erfc, exp, lgamma, log, sqrt
from sys import float_info
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.stats.bradley_terry import LEAST
from annotator.stats.intervals import Estimate, Z, wilson
from annotator.stats.newton import maximise
from annotator.stats.pairs import Outcome

TINY = 1e-7  # a standard error below is what rounding left of none

Floats = NDArray[np.float64]


class Undefined(StrEnum):
    """Why there is no value."""

    NO_VOTES = "no_votes"  # nothing was decided, or nothing differs
    ONE_SIDED = "one_sided"  # the first, or the second, won always: see the rate instead
    NO_SOLUTION = "no_solution"  # some pairs' winner follows from their numbers without a doubt
    POSITION_NOT_IDENTIFIED = "position_not_identified"  # the same variants stood first always
    LENGTH_NOT_IDENTIFIED = "length_not_identified"  # all lengths equal, or tied to the variant
    NOT_ASKED = "not_asked"
    FEW_PROMPTS = "few_prompts"  # a value without an interval: votes on under LEAST prompts
    NO_SPREAD = "no_spread"  # both raters moved alike on every prompt: no interval


@dataclass(frozen=True)
class Exact:
    """An exact two-sided test: `p`, of `n` that could have gone either way."""

    p: float | None
    n: int
    reason: Undefined | None = None


def even(one: int, other: int) -> Exact:
    """Whether two kinds came as often as each other: the exact binomial test against 1/2.

    p = min(1, 2 * the sum from max(one, other) on of C(n, k) / 2^n).
    """
    n, k = one + other, max(one, other)
    if n == 0:
        return Exact(None, 0, Undefined.NO_VOTES)
    if 2 * k == n:
        return Exact(1.0, n)
    term = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2))
    total = term
    while k < n and term > total * 1e-17:
        term *= (n - k) / (k + 1)
        total += term
        k += 1
    return Exact(min(1.0, max(float_info.min, 2 * total)), n)  # rare beyond counting, but never 0


def mcnemar(only_one: int, only_other: int) -> Exact:
    """Two raters' rates on the same items, exactly, from the items on which they differ.

    `only_one`: items to which the one said yes and the other no.
    """
    return even(only_one, only_other)


@dataclass(frozen=True)
class BothOrders:
    """`consistent`: the share of pairs with the same winner in both orders (a tie is one too).

    `first`: of the pairs whose slot won in both orders, the share that went to the first slot;
    `test`: against one half. `unclear`: pairs with a tie in one order only, in neither.
    """

    consistent: Estimate
    first: Estimate
    test: Exact
    unclear: int


def both_orders(pairs: Mapping[tuple[Outcome, Outcome], int]) -> BothOrders:
    """Pairs judged twice, the answers' slots exchanged: which slot won in each order, how often."""
    same = first = second = unclear = 0
    for won, times in pairs.items():
        if won in {
            (Outcome.FIRST, Outcome.SECOND),
            (Outcome.SECOND, Outcome.FIRST),
            (Outcome.TIE, Outcome.TIE),
        }:
            same += times
        elif won == (Outcome.FIRST, Outcome.FIRST):
            first += times
        elif won == (Outcome.SECOND, Outcome.SECOND):
            second += times
        else:
            unclear += times
    return BothOrders(
        wilson(same, same + first + second + unclear),
        wilson(first, first + second),
        even(first, second),
        unclear,
    )


class Duel(NamedTuple):
    """One vote. Lengths in characters; variants are needed only where strengths are taken out.

    `prompt`: whatever is the same for votes that depend on each other; None: on nothing else.
    """

    outcome: Outcome
    first_length: int = 0
    second_length: int = 0
    first: Hashable = None
    second: Hashable = None
    prompt: Hashable = None


@dataclass(frozen=True)
class Effect:
    """In natural logarithms of odds; `p` against 0.

    `se` is the larger of `prompt_se`, summed by prompt (None without prompts), and `vote_se`,
    which takes all votes as independent of each other.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    p: float | None = None
    prompt_se: float | None = None
    vote_se: float | None = None
    reason: Undefined | None = None


@dataclass(frozen=True)
class OneOrder:
    """`first`: how often the first slot won, whatever the pair (its interval takes votes as
    independent). `ties` were dropped. `votes`: the decided ones that count."""

    position: Effect
    length: Effect
    first: Estimate
    votes: int
    ties: int
    prompts: int
    # By prompt, how much its votes move position and length.
    pulls: Mapping[Hashable, tuple[float, float]] = field(default_factory=dict, repr=False, compare=False)


def one_order(duels: Iterable[Duel], *, lengths: bool = True, variants: bool = False) -> OneOrder:
    """Position and length from pairs that were judged in one order each.

    `variants`: also take out how strong each variant is. A term that the votes cannot tell from
    the others is left out, with its reason; a length tied to the variants needs `variants` to be
    seen as such.
    """
    given = list(duels)
    kept = [duel for duel in given if duel.outcome != Outcome.TIE]
    y = np.array([duel.outcome == Outcome.FIRST for duel in kept], dtype=float)
    numbers: dict[tuple[Hashable, int], int] = {}  # a vote without a prompt has a number of its own
    prompt = np.array(
        [
            numbers.setdefault((duel.prompt, n if duel.prompt is None else 0), len(numbers))
            for n, duel in enumerate(kept)
        ],
        dtype=np.int64,
    )
    won, n, ties = int(y.sum()), len(kept), len(given) - len(kept)

    def nothing(reason: Undefined) -> OneOrder:
        return OneOrder(Effect(reason=reason), Effect(reason=reason), wilson(won, n), n, ties, len(numbers))

    if n == 0:
        return nothing(Undefined.NO_VOTES)
    if won in {0, n}:
        return nothing(Undefined.ONE_SIDED)
    strengths = _strengths(kept) if variants else np.zeros((n, 0))
    columns = np.hstack([np.ones((n, 1)), strengths])
    if _rank(columns) == strengths.shape[1]:
        return nothing(Undefined.POSITION_NOT_IDENTIFIED)
    ratios = np.array([log((duel.first_length + 1) / (duel.second_length + 1)) for duel in kept])
    no_length = None if lengths else Undefined.NOT_ASKED
    if lengths:
        wider = np.hstack([columns, ratios[:, None]])
        if _rank(wider) > columns.shape[1]:
            columns = wider
        else:
            no_length = Undefined.LENGTH_NOT_IDENTIFIED
    at = maximise(lambda b: _logistic(columns, y, b), np.zeros(columns.shape[1]))
    if at is None:
        return nothing(Undefined.NO_SOLUTION)
    _, _, information = _logistic(columns, y, at)
    inverse: Floats = np.asarray(np.linalg.inv(information), dtype=float)
    scores = np.zeros((len(numbers), columns.shape[1]))
    np.add.at(scores, prompt, columns * (y - _sigmoid(columns @ at))[:, None])
    pulls = scores @ inverse
    clustered = any(duel.prompt is not None for duel in kept)
    few = clustered and len(numbers) < LEAST

    def effect(i: int) -> Effect:
        vote_se, prompt_se = sqrt(float(inverse[i, i])), sqrt(float(pulls[:, i] @ pulls[:, i]))
        se = max(vote_se, prompt_se) if clustered else vote_se
        found = _effect(float(at[i]), None if few else se, Undefined.FEW_PROMPTS)
        return replace(found, prompt_se=prompt_se if clustered and not few else None, vote_se=vote_se)

    last = pulls[:, -1] if no_length is None else np.zeros(len(pulls))
    return OneOrder(
        position=effect(0),
        length=Effect(reason=no_length) if no_length else effect(-1),
        first=wilson(won, n),
        votes=n,
        ties=ties,
        prompts=len(numbers),
        pulls={
            key: (one, two)
            for (key, _), one, two in zip(numbers, pulls[:, 0].tolist(), last.tolist(), strict=True)
            if key is not None
        },
    )


def difference(judge: OneOrder, people: OneOrder) -> tuple[Effect, Effect]:
    """Position and length of the judge minus those of people on the same pairs.

    Errors that both share on a prompt are taken out: a judge and people who are moved by the same
    answers differ by less than their two errors together say.
    """
    shared = [(judge.pulls[key], people.pulls[key]) for key in judge.pulls.keys() & people.pulls.keys()]

    def apart(one: Effect, other: Effect, which: int) -> Effect:
        if one.value is None or other.value is None:
            return Effect(reason=one.reason or other.reason)
        if one.se is None or other.se is None:
            return Effect(one.value - other.value, reason=one.reason or other.reason)
        together = sum(mine[which] * theirs[which] for mine, theirs in shared)
        variance = (one.prompt_se or one.se) ** 2 + (other.prompt_se or other.se) ** 2 - 2 * together
        return _effect(one.value - other.value, sqrt(max(0.0, variance)), Undefined.NO_SPREAD)

    return apart(judge.position, people.position, 0), apart(judge.length, people.length, 1)


def _strengths(duels: list[Duel]) -> Floats:
    """(votes, directions): who stood first minus who stood second.

    Strengths count up to a constant in each set of variants that were compared; directions that
    change nothing are left out.
    """
    numbers: dict[Hashable, int] = {}
    ends = [[numbers.setdefault(one, len(numbers)) for one in (duel.first, duel.second)] for duel in duels]
    first, second = np.array(ends, dtype=np.int64).T
    columns, rows = np.zeros((len(duels), len(numbers))), np.arange(len(duels))
    np.add.at(columns, (rows, first), 1.0)
    np.add.at(columns, (rows, second), -1.0)
    values, vectors = np.linalg.eigh(columns.T @ columns)
    return np.asarray(columns @ vectors[:, values > 1e-9 * max(1.0, values[-1])], dtype=float)


def _rank(columns: Floats) -> int:
    """How many columns the others do not already say."""
    return int(np.linalg.matrix_rank(columns))


def _logistic(columns: Floats, y: Floats, at: Floats) -> tuple[float, Floats, Floats]:
    x = columns @ at
    p = _sigmoid(x)
    likelihood = float((y * x - np.logaddexp(0, x)).sum())
    return likelihood, columns.T @ (y - p), (columns * (p * (1 - p))[:, None]).T @ columns


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0, -x)), dtype=float)


def _effect(value: float, se: float | None, otherwise: Undefined) -> Effect:
    """With its interval and test; without a standard error the reason for that."""
    if se is None or se < TINY:
        return Effect(value, reason=otherwise)
    return Effect(value, value - Z * se, value + Z * se, se, erfc(abs(value / se) / sqrt(2)))

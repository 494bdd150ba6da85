"""Which variant wins in comparisons of two, and how sure that is.

Bradley and Terry 1952 without ties, Davidson 1970 with them: a variant has a strength s, and
i wins, j wins and a tie have the weights exp(s_i), exp(s_j) and nu exp((s_i + s_j) / 2).
Strengths are natural logarithms of odds and are shown centred, their mean being 0: measured from
one variant, that one's doubt would hide in all the others.

Votes on one prompt depend on each other, so what is uncertain is summed by prompt: H^-1 (sum over
prompts of u u') H^-1 with u the summed score of a prompt's votes and H the information (Liang and
Zeger 1986). On few prompts that comes out too small, so no standard error is less than H^-1 says
of single votes, and under LEAST prompts there is no interval. All intervals are of 95 %. What is
not defined is None with a reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, exp, log, sqrt

import numpy as np

from annotator.stats.intervals import Estimate, Z, bounds, kish
from annotator.stats.intervals import Undefined as NoRate
from annotator.stats.newton import maximise
from annotator.stats.pairs import Floats, Integers, Pairs, Vote, Votes, arrays, beatable, connected, scores_of

# A difference that is worth knowing of: 55 of 100 decided votes.
WORTHWHILE = log(0.55 / 0.45)
LEAST = 5  # prompts


class Undefined(StrEnum):
    """Why there is no value."""

    NO_VOTES = "no_votes"
    APART = "apart"  # no chain of votes leads from one to the other
    FEW_PROMPTS = "few_prompts"  # a value without an interval: votes on under LEAST prompts
    TOO_CLOSE = "too_close"  # the difference is too near 0 to be worth its votes


@dataclass(frozen=True)
class Strength:
    """One value with its interval, in natural logarithms of odds.

    `se` is the larger of `prompt_se`, summed by prompt, and `vote_se`, which takes all votes as
    independent of each other.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    prompt_se: float | None = None
    vote_se: float | None = None
    reason: Undefined | None = None


@dataclass(frozen=True)
class Chances:
    first: float
    tie: float
    second: float


@dataclass(frozen=True)
class Need:
    """How many more votes tell two variants apart. All None if nothing can be said (`reason`).

    `votes`: if the difference is what it seems; 0 if they are apart. None if it is smaller than
    what is worthwhile. `worthwhile`: until a difference of `WORTHWHILE` would show.
    """

    votes: int | None = None
    worthwhile: int | None = None
    reason: Undefined | None = None


@dataclass(frozen=True)
class Part:
    """Variants that a chain of votes connects, strongest first, on one scale.

    `on`: how many prompts each variant has votes on. `covariance` (by prompt) and
    `vote_covariance` (by vote) are of the centred strengths. All in the order of `variants`.
    `ties`: ln nu, None without ties. `helped`: some variants never lost to some others, or all
    votes are ties, which leaves no solution; so half a win each way was added to every pair that
    was compared, and the covariance is that of single votes, made larger by as much as votes of
    one prompt can repeat each other.
    """

    variants: tuple[int, ...]
    strengths: tuple[Strength, ...]
    ties: Strength | None
    votes: int
    prompts: int
    log_likelihood: float
    helped: bool
    on: tuple[int, ...]
    covariance: Floats = field(repr=False, compare=False)
    vote_covariance: Floats = field(repr=False, compare=False)

    def difference(self, one: int, other: int) -> Strength:
        """s of the one variant minus that of the other."""
        i, j = self.variants.index(one), self.variants.index(other)
        return _strength(
            (self.strengths[i].value or 0.0) - (self.strengths[j].value or 0.0),
            _between(self.covariance, i, j),
            _between(self.vote_covariance, i, j),
            min(self.on[i], self.on[j]),
        )

    def chances(self, one: int, other: int) -> Chances:
        """Of the next vote between two: the one wins, a tie, the other wins."""
        half = (self.difference(one, other).value or 0.0) / 2
        nu = exp(self.ties.value) if self.ties and self.ties.value is not None else 0.0
        top = abs(half)  # so that no power is too large
        weights = exp(half - top), nu * exp(-top), exp(-half - top)
        total = sum(weights)
        return Chances(weights[0] / total, weights[1] / total, weights[2] / total)

    def beats(self, one: int, other: int) -> Estimate:
        """The chance that the one wins if the vote is no tie, with its interval."""
        found = self.difference(one, other)
        low, high = (None if end is None else _sigmoid(end) for end in (found.low, found.high))
        return Estimate(_sigmoid(found.value or 0.0), low, high, self.votes)


@dataclass(frozen=True)
class Ranking:
    """Parts are never ranked together: no vote compares them. The part with most votes first.

    `wins`: per variant the share of its comparisons that it won, a tie being half a win.
    """

    parts: tuple[Part, ...]
    wins: tuple[Estimate, ...]
    votes: int
    prompts: int
    reason: Undefined | None = None

    def part(self, one: int, other: int) -> Part | None:
        """The part that has both."""
        return next((part for part in self.parts if {one, other} <= set(part.variants)), None)

    def difference(self, one: int, other: int) -> Strength:
        part = self.part(one, other)
        return part.difference(one, other) if part else Strength(reason=Undefined.APART)

    def needed(self, one: int, other: int, worthwhile: float = WORTHWHILE) -> Need:
        """How many more votes it takes until 1.96 standard errors are less than the difference.

        Further votes are taken to be like those so far (among the same variants, as many on a
        prompt), so that the standard error shrinks with the root of their number.
        """
        part = self.part(one, other)
        if part is None:
            return Need(reason=Undefined.APART)
        found = part.difference(one, other)
        if found.se is None or found.value is None:
            return Need(reason=found.reason)
        least = _more(part.votes, found.se, worthwhile)
        if abs(found.value) > Z * found.se:
            return Need(0, least)
        if abs(found.value) < worthwhile:
            return Need(None, least, Undefined.TOO_CLOSE)
        return Need(_more(part.votes, found.se, abs(found.value)), least)


def rank(votes: Iterable[Vote], variants: int, *, halves: bool = False) -> Ranking:
    """Strengths and win rates of variants 0 to `variants` - 1; those without a vote are in no part.

    `halves`: a tie as half a win each, which pulls strengths together. Only to compare with tools
    that do so.
    """
    v = arrays(votes, variants)
    parts = [_part(v.only(np.isin(v.first, group)), group, halves) for group in connected(v, variants)]
    return Ranking(
        tuple(sorted(parts, key=lambda part: (-part.votes, part.variants))),
        tuple(_win_rate(v, variant) for variant in range(variants)),
        len(v.won),
        len(np.unique(v.prompt)),
        None if parts else Undefined.NO_VOTES,
    )


def _part(v: Votes, group: Integers, halves: bool) -> Part:
    """`group`: the variants' numbers, ascending. Inside, variants are counted from 0 in it."""
    first, second = np.searchsorted(group, v.first), np.searchsorted(group, v.second)
    swap = first > second
    low, high = np.where(swap, second, first), np.where(swap, first, second)
    won = np.where(swap, 2 - v.won, v.won)
    k = len(group)
    cells, pair = np.unique(low * k + high, return_inverse=True)
    counts = np.bincount(pair * 3 + won, minlength=len(cells) * 3).reshape(-1, 3).astype(float)
    if halves:
        counts[:, [0, 2]] += counts[:, [1]] / 2
        counts[:, 1] = 0
    tied = bool(counts[:, 1].any())
    pairs = Pairs(cells // k, cells % k, counts, k, tied)
    at = maximise(pairs.function, np.zeros(k + tied)) if beatable(pairs) else None
    helped = at is None
    if at is None:
        pairs = Pairs(pairs.first, pairs.second, counts + np.array([0.5, 0, 0.5]), k, tied)
        at = maximise(pairs.function, np.zeros(k + tied))
    if at is None:  # pragma: no cover - wins each way on connected pairs always have a solution
        raise ArithmeticError("no solution although every pair was won each way")
    likelihood, _, information = pairs.function(at)
    inverse: Floats = np.asarray(np.linalg.inv(information), dtype=float)
    by_vote = inverse.copy()
    by_vote[:k, :k] -= 1 / k**2
    prompts, of_vote = np.unique(v.prompt, return_inverse=True)
    if helped:
        sizes = np.bincount(of_vote).astype(float)
        by_prompt = by_vote * float((sizes**2).sum() / sizes.sum())
    else:
        scores = scores_of(pairs, at, pair, won, of_vote, len(prompts))
        by_prompt = inverse @ (scores.T @ scores) @ inverse
    on = [len(np.unique(of_vote[(first == i) | (second == i)])) for i in range(k)]
    order = np.lexsort((group, -at[:k].round(9))).tolist()  # equals by their number

    def strength(i: int, on: int) -> Strength:
        return _strength(float(at[i]), float(by_prompt[i, i]), float(by_vote[i, i]), on)

    return Part(
        variants=tuple(int(group[i]) for i in order),
        strengths=tuple(strength(i, on[i]) for i in order),
        ties=strength(-1, len(prompts)) if tied else None,
        votes=len(won),
        prompts=len(prompts),
        log_likelihood=likelihood,
        helped=helped,
        on=tuple(on[i] for i in order),
        covariance=by_prompt[np.ix_(order, order)],
        vote_covariance=by_vote[np.ix_(order, order)],
    )


def _win_rate(v: Votes, variant: int) -> Estimate:
    """A ratio of sums by prompt: the standard error is that of sum (won - rate * compared).

    The interval is Wilson's on as many plain votes as would have that error, and no more than
    there are. Where all prompts say the same it is Kish's number for their sizes; under LEAST
    prompts there is no interval.
    """
    mine = v.only((v.first == variant) | (v.second == variant))
    n = len(mine.won)
    if n == 0:
        return Estimate(reason=NoRate.NO_ANSWERS)
    won = np.where(mine.first == variant, 2 - mine.won, mine.won) / 2
    _, prompt = np.unique(mine.prompt, return_inverse=True)
    sizes = np.bincount(prompt).astype(float)
    g, rate = len(sizes), float(won.mean())
    if g < LEAST:
        return Estimate(rate, n=n)
    apart = np.bincount(prompt, weights=won) - rate * sizes
    se = sqrt(g / (g - 1) * float((apart**2).sum())) / n
    worth = kish(sizes.tolist())
    n_eff = min(n, rate * (1 - rate) / se**2) if se > 1e-9 else worth
    low, high = bounds(rate, n_eff)
    return Estimate(rate, low, high, n, se=se, n_eff=n_eff, kish=worth)


def _strength(value: float, by_prompt: float, by_vote: float, prompts: int) -> Strength:
    prompt_se, vote_se = sqrt(max(0.0, by_prompt)), sqrt(max(0.0, by_vote))
    if prompts < LEAST:
        return Strength(value, vote_se=vote_se, reason=Undefined.FEW_PROMPTS)
    se = max(prompt_se, vote_se)
    return Strength(value, value - Z * se, value + Z * se, se, prompt_se, vote_se)


def _between(covariance: Floats, i: int, j: int) -> float:
    return float(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])


def _more(votes: int, se: float, difference: float) -> int:
    """Votes beyond those there are until Z standard errors are less than the difference."""
    total = votes * (Z * se / difference) ** 2
    return max(0, ceil(total - votes + 1e-9))


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))

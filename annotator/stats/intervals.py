"""Rates with their intervals: of a plain sample, of strata, of draws with known probabilities.

Wilson 1927; Newcombe 1998 (Statistics in Medicine 17:857 and 17:873); Lohr, *Sampling*, on
strata; unequal probabilities are in `hajek`. For an unequal sample the interval is Wilson's on
the effective number of answers, as Korn and Graubard (1998) do with Clopper-Pearson's: it
never leaves 0 to 1. All intervals are of 95 %.

What is not defined is None with a reason, never 0 or NaN.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
FEW = 30  # an effective number of answers under this, or under a third of them, deserves a warning


class Undefined(StrEnum):
    """Why there is no value."""

    NO_ANSWERS = "no_answers"
    STRATUM_WITHOUT_ANSWERS = "stratum_without_answers"  # which ones: `Estimate.missing`


@dataclass(frozen=True)
class Estimate:
    """A rate with its interval. `n` is the number of answers it rests on.

    `n_eff`: how many answers of a plain sample are worth as much; infinite when nothing is
    uncertain. `left_out`: answers that no probability is known of, which count nowhere.
    `missing`: strata without an answer. `merged`: strata that lend their spread to each other.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: Undefined | None = None
    se: float | None = None
    n_eff: float | None = None
    kish: float | None = None  # the same for the weights alone, whatever was answered
    left_out: int = 0
    missing: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()

    @property
    def shaky(self) -> bool:
        """So unequal a sample that few answers decide."""
        return self.kish is not None and (self.kish < FEW or self.kish < self.n / 3)


@dataclass(frozen=True)
class Stratum:
    """`population` is N, `n` the answers in it, `hits` those that count towards the rate."""

    name: str
    population: int
    n: int
    hits: int

    @property
    def rate(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True)
class Measured:
    """A stratum of which a mean and a variance s² were measured on `n` of `population`."""

    population: int
    n: int
    mean: float
    variance: float


def bounds(p: float, n: float, z: float = Z) -> tuple[float, float]:
    """Wilson's interval around a rate `p` of `n` answers, which need not be whole. `z`: for another
    certainty than 95 %."""
    if n == inf:
        return p, p
    spread = z * z / n
    centre = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(p * (1 - p) / n + spread / (4 * n))
    low = 0.0 if p <= 0 else max(0.0, centre - half)
    high = 1.0 if p >= 1 else min(1.0, centre + half)
    return low, high


def wilson(x: int, n: int) -> Estimate:
    """`x` of `n`, of a plain random sample."""
    if n == 0:
        return Estimate(reason=Undefined.NO_ANSWERS)
    p = x / n
    low, high = bounds(p, n)
    return Estimate(p, low, high, n, se=sqrt(p * (1 - p) / n), n_eff=float(n))


def newcombe(x1: int, n1: int, x2: int, n2: int) -> Estimate:
    """The difference of two independent rates, the first minus the second; -1 to 1."""
    one, two = wilson(x1, n1), wilson(x2, n2)
    if one.value is None or two.value is None:
        return Estimate(n=n1 + n2, reason=Undefined.NO_ANSWERS)
    low1, high1 = bounds(one.value, n1)
    low2, high2 = bounds(two.value, n2)
    difference = one.value - two.value
    below = sqrt((one.value - low1) ** 2 + (high2 - two.value) ** 2)
    above = sqrt((high1 - one.value) ** 2 + (two.value - low2) ** 2)
    return Estimate(difference, difference - below, difference + above, n1 + n2)


def stratified_mean(strata: Sequence[Measured]) -> tuple[float, float]:
    """The population's mean and its standard error. A stratum that was asked whole adds no error."""
    everyone = sum(stratum.population for stratum in strata)
    mean = sum(stratum.population * stratum.mean for stratum in strata) / everyone
    variance = sum(
        (stratum.population / everyone) ** 2
        * (1 - stratum.n / stratum.population)
        * stratum.variance
        / stratum.n
        for stratum in strata
    )
    return mean, sqrt(variance)


def stratified(strata: Iterable[Stratum]) -> Estimate:
    """The population's rate from strata that were sampled at different shares.

    Undefined while a stratum that has members has no answer. One answer alone tells no spread:
    such strata take theirs from a neighbour's answers together with their own (`merged`).
    """
    real = sorted((one for one in strata if one.population > 0), key=lambda one: (one.population, one.name))
    n = sum(one.n for one in real)
    if n == 0:
        return Estimate(reason=Undefined.NO_ANSWERS)
    if missing := tuple(one.name for one in real if one.n == 0):
        return Estimate(n=n, reason=Undefined.STRATUM_WITHOUT_ANSWERS, missing=missing)
    merged = _merged(real)
    shared = _spread(sum(one.n for one in merged), sum(one.hits for one in merged))
    rate, se = stratified_mean(
        [
            Measured(one.population, one.n, one.rate, shared if one in merged else _spread(one.n, one.hits))
            for one in real
        ]
    )
    worth = kish([one.population / one.n for one in real for _ in range(one.n)])
    n_eff = _effective(real, rate, se, worth)
    low, high = _possible(real, *bounds(rate, n_eff))
    names = tuple(one.name for one in merged)
    return Estimate(rate, low, high, n, se=se, n_eff=n_eff, kish=worth, merged=names)


def _possible(strata: list[Stratum], low: float, high: float) -> tuple[float, float]:
    """Of members that were seen it is known what they are: the rate cannot lie beyond that."""
    everyone = sum(one.population for one in strata)
    hits, misses = sum(one.hits for one in strata), sum(one.n - one.hits for one in strata)
    return max(low, hits / everyone), min(high, (everyone - misses) / everyone)


def _merged(strata: list[Stratum]) -> list[Stratum]:
    """The strata with one answer, and the smallest other one if that is a single stratum."""
    lone = [one for one in strata if one.n == 1 < one.population]
    if len(lone) == 1:
        lone += [one for one in strata if one not in lone and one.n > 1][:1]
    return lone if len(lone) > 1 else []


def _spread(n: int, hits: int) -> float:
    """The variance s² of `n` answers of which `hits` are 1; of one answer nothing is known: 0."""
    if n < 2:
        return 0.0
    p = hits / n
    return p * (1 - p) * n / (n - 1)


def _effective(strata: list[Stratum], rate: float, se: float, worth: float) -> float:
    """How many answers of a plain sample would be worth as much.

    A stratum of a few equal answers seems to know no doubt. So without any spread Kish's number
    stands in, and with such a stratum the answers count for no more than without strata.
    """
    n, everyone = sum(one.n for one in strata), sum(one.population for one in strata)
    if n >= everyone:
        return inf  # all were asked
    if se == 0:
        return worth
    n_eff = rate * (1 - rate) / se**2
    silent = any(one.hits in {0, one.n} and one.n < one.population for one in strata)
    return min(n_eff, n / (1 - n / everyone)) if silent else n_eff


def kish(weights: Sequence[float]) -> float:
    """Kish's effective number of answers for their weights."""
    return sum(weights) ** 2 / sum(weight * weight for weight in weights)

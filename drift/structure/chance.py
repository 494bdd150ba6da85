"""Student's t and the likelihood ratio of two shares, without a library of statistics. Pure."""

from collections.abc import Sequence
from math import copysign, exp, inf, lgamma, log, log1p, sqrt

_TINY = 1e-300
_STEPS = 300


def two_sided(t: float, df: float) -> float:
    """The chance of a t at least so far from 0: the regularised incomplete beta function at
    df / (df + t²) (Abramowitz and Stegun 26.5.27, 26.7.1)."""
    return 1.0 if t == 0 else _beta(df / (df + t * t), df / 2, 0.5)


def quantile(df: float, certainty: float = 0.95) -> float:
    """The t beyond which, on either side, 1 - `certainty` lies."""
    low, high = 0.0, 1e4
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided(middle, df) > 1 - certainty else (low, middle)
    return high


def _beta(x: float, a: float, b: float) -> float:
    """I_x(a, b) by its continued fraction (Abramowitz and Stegun 26.5.8), evaluated after Lentz."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def signed_root(k: float, n: float, base_k: float, base_n: float) -> float:
    """The signed root of the likelihood ratio of two shares, k of n against base_k of base_n, which need
    not be whole: about standard normal if they are the same, also where few are expected (Wilks 1938;
    McCullagh and Nelder 1989, section 4.4)."""
    shared = (k + base_k) / (n + base_n)
    if shared <= 0 or shared >= 1:
        return 0.0
    deviance = 2 * sum(
        one * log(one / expected)
        for one, expected in (
            (k, n * shared),
            (n - k, n * (1 - shared)),
            (base_k, base_n * shared),
            (base_n - base_k, base_n * (1 - shared)),
        )
        if one > 0
    )
    return copysign(sqrt(max(deviance, 0.0)), k / n - base_k / base_n)


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (1979), valid however the tests depend on each other; in the order given."""
    order = sorted(range(len(ps)), key=lambda at: ps[at])
    adjusted, highest = [1.0] * len(ps), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[at]))
        adjusted[at] = highest
    return adjusted


def smallest_of(ps: Sequence[float]) -> float:
    """One p-value for all of them, Bonferroni's: valid however they depend on each other. 1 of none."""
    return min(1.0, len(ps) * min(ps, default=inf))

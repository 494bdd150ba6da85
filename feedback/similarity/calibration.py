"""Whether confidences mean what they say: of suggestions made with 80 %, 80 % should be right. Pure.

Guo et al. 2017 (*On Calibration of Modern Neural Networks*) for bins of equal width; Nixon et al.
2019 (*Measuring Calibration in Deep Learning*) for bins of equal numbers. With few suggestions
both are above 0 by chance alone: 300 well calibrated ones come to 0.05 or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import ceil

from annotator.stats.intervals import Estimate, wilson

BINS = 15


@dataclass(frozen=True)
class Bin:
    """Suggestions whose confidence is above `low` and at most `high`; the lowest bin takes 0 too.

    `confidence` is their mean, `right` the share that was right, with its interval.
    """

    low: float
    high: float
    confidence: float
    right: Estimate

    @property
    def gap(self) -> float:
        """How far they were from what they said; above 0 if they said too much."""
        return self.confidence - (self.right.value or 0.0)


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Bins of equal width from 0 to 1, those without a suggestion left out."""
    pairs = sorted(_pairs(confidences, right))
    numbered = groupby(pairs, lambda pair: max(0, ceil(pair[0] * bins) - 1))
    return [_bin(list(group), n / bins, (n + 1) / bins) for n, group in numbered]


def even_bins(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Bins of as equal numbers as can be, from the least sure suggestion to the surest."""
    pairs = sorted(_pairs(confidences, right))
    edges = [len(pairs) * n // bins for n in range(bins + 1)]
    groups = [pairs[start:end] for start, end in pairwise(edges) if end > start]
    return [_bin(group, group[0][0], group[-1][0]) for group in groups]


def expected_error(found: Sequence[Bin]) -> float | None:
    """The mean gap of a suggestion's bin (ECE, 0 to 1); None if there is no suggestion."""
    n = sum(one.right.n for one in found)
    return sum(abs(one.gap) * one.right.n for one in found) / n if n else None


def ece(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float | None:
    """Expected calibration error in bins of equal width (Guo et al. 2017)."""
    return expected_error(reliability(confidences, right, bins))


def adaptive_ece(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float | None:
    """The same in bins of equal numbers (Nixon et al. 2019)."""
    return expected_error(even_bins(confidences, right, bins))


def _pairs(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, bool]]:
    pairs = [(float(one), bool(hit)) for one, hit in zip(confidences, right, strict=True)]
    if any(not 0 <= one <= 1 for one, _hit in pairs):
        raise ValueError("a confidence lies between 0 and 1")
    return pairs


def _bin(pairs: list[tuple[float, bool]], low: float, high: float) -> Bin:
    n = len(pairs)
    return Bin(low, high, sum(one for one, _hit in pairs) / n, wilson(sum(hit for _one, hit in pairs), n))

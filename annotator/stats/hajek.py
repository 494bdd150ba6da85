"""Rates of draws with unequal probabilities (Hajek 1971), of one sample or of several days together.

Hajek's rate is sum(w y) / sum(w) with w = 1/pi, pi the probability of being answered, its standard error
sqrt(sum((1 - pi) w² (y - rate)²)) / sum(w). The interval is Wilson's on the effective number of
answers, as Korn and Graubard (1998) do with Clopper-Pearson's.

That standard error knows no doubt where the heavy answers are all equal: three bad ones among what end
users disliked, none among the few that stand for everything else, look like certainty about the rest.
So then the answers count for no more than their weights alone allow (Kish, with the finite population
taken into account). Without this the interval held the truth in 71 % of the draws of one ordinary
design; with it in 94 to 98.5 % of nine (decision 19).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

from annotator.stats.intervals import Estimate, Undefined, bounds, kish

HEAVY = 0.5  # of the greatest weight


@dataclass(frozen=True)
class Cell:
    """`n` answers with one `chance` (0 < chance <= 1), `hits` of them count towards the rate. A chance of 0
    is one that is not known: such answers stay out, and are counted in `left_out`.

    `factor` multiplies their weights: of days that are taken together, each counts by its population.
    `answered`: the share of what was drawn like these that is answered, 0 < answered <= 1. Nobody chooses the order
    of the items, so within a group the answered ones are a sample of the drawn ones (missing at random), and
    chance x answered is the probability of being among them: its inverse is the weight. So a group of which half
    is answered stands for as much as one that is answered whole, and what is left open is as uncertain as
    what was not drawn: who looked at one of eight that were all drawn has not looked at all.
    """

    chance: float
    n: int
    hits: int
    factor: float = 1.0
    answered: float = 1.0

    @property
    def weight(self) -> float:
        return self.factor / (self.chance * self.answered)

    @property
    def unseen(self) -> float:
        """The probability not to be among the answered."""
        return 1 - self.chance * self.answered


def hajek(answers: Iterable[tuple[float | None, bool]]) -> Estimate:
    """The rate from (inclusion probability, hit) of answers.

    The probability is the one that was stored when the item was drawn; an answer without
    (None or 0) stays out and is counted in `left_out`.
    """
    return of_cells(Cell(chance or 0.0, 1, int(hit)) for chance, hit in answers)


def of_cells(cells: Iterable[Cell]) -> Estimate:
    """The same from answers that are counted already."""
    given = list(cells)
    known = [cell for cell in given if cell.n and cell.chance > 0]
    n = sum(cell.n for cell in known)
    left_out = sum(cell.n for cell in given) - n
    if not n:
        return Estimate(reason=Undefined.NO_ANSWERS, left_out=left_out)
    total = sum(cell.n * cell.weight for cell in known)
    rate = min(sum(cell.hits * cell.weight for cell in known) / total, 1.0)
    square = sum(
        cell.unseen * cell.weight**2 * (cell.hits * (1 - rate) ** 2 + (cell.n - cell.hits) * rate**2)
        for cell in known
    )
    se = sqrt(square) / total
    n_eff = _effective(known, rate, se, total)
    low, high = bounds(rate, n_eff)
    worth = kish([cell.weight for cell in known for _ in range(cell.n)])
    return Estimate(rate, low, high, n, se=se, n_eff=n_eff, kish=worth, left_out=left_out)


def of_days(days: Iterable[tuple[int, Sequence[Cell]]]) -> Estimate:
    """Several days, (population, cells) each, as one population: a day counts by how much it held,
    however many of its items were answered. A day without answers is in no rate."""
    return of_cells(cell for population, found in days for cell in scaled(population, found))


def scaled(population: int, cells: Iterable[Cell]) -> list[Cell]:
    """A day's answers as they stand for its population when days are taken together. Those that no chance
    is known of stand for nothing, and stay as they are."""
    given = list(cells)
    seen = sum(cell.n * cell.weight for cell in given if cell.n and cell.chance > 0)
    return [
        replace(cell, factor=cell.factor * population / seen) if cell.n and cell.chance > 0 else cell
        for cell in given
    ]


def _effective(cells: Sequence[Cell], rate: float, se: float, total: float) -> float:
    """How many answers of a plain sample would be worth as much."""
    uncertain = sum(cell.unseen * cell.n * cell.weight**2 for cell in cells)
    if not uncertain:
        return inf  # all were asked
    by_weights = total**2 / uncertain
    if not se:
        return by_weights
    n_eff = rate * (1 - rate) / se**2
    return min(n_eff, by_weights) if _silent(cells) else n_eff


def _silent(cells: Sequence[Cell]) -> bool:
    """Whether the heavy answers, those that stand for the most, are all equal."""
    edge = HEAVY * max(cell.weight for cell in cells)
    heavy = [cell for cell in cells if cell.weight >= edge]
    hits = sum(cell.hits for cell in heavy)
    return hits in {0, sum(cell.n for cell in heavy)}

"""How far the raters of a queue agree: counts from the database, statistics of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.models import Queue, Rater, RaterKind
from annotator.queries import agreement as counts
from annotator.queries.chains import Asked, chain_of
from annotator.stats.intervals import Estimate, wilson
from annotator.stats.shares import mean_share

if TYPE_CHECKING:
    from annotator.stats.agreement import Agreement, Kappa

ENOUGH = 20  # items with two answers: before, a number would say more than is known
PREVALENT = 0.8  # of all answers: past that chance alone makes people agree

KINDS: dict[str, tuple[str, ...]] = {
    "people": (RaterKind.HUMAN,),
    "programs": (RaterKind.LLM, RaterKind.MODEL, RaterKind.RULE),
    "all": tuple(RaterKind.values),
}


@dataclass(frozen=True)
class Measured:
    """One question. `shares`: of all answers, by answer. `missing`: items until it is shown."""

    asked: Asked
    items: int
    labels: int
    shares: dict[str, float]
    alpha: "Agreement"
    ac1: "Agreement"
    fleiss: "Agreement"
    raw: "Agreement"

    @property
    def missing(self) -> int:
        return max(0, ENOUGH - self.items)

    @property
    def prevalent(self) -> tuple[str, float] | None:
        """The answer that nearly everything got, and its share; None if there is none."""
        answer = max(self.shares, key=lambda one: self.shares[one], default="")
        return (answer, self.shares[answer]) if answer and self.shares[answer] > PREVALENT else None


@dataclass(frozen=True)
class Together:
    """Two raters on the items that both answered."""

    one: Rater
    other: Rater
    kappa: "Kappa"
    raw: Estimate


@dataclass(frozen=True)
class Alone:
    """One rater against all others who answered the same items."""

    rater: Rater
    raw: Estimate


@dataclass(frozen=True)
class Raters:
    """`pairs`: how many there are with enough shared items, of which the first are in `together`."""

    alone: list[Alone]
    together: list[Together]
    pairs: int
    more: int = 0  # raters that are not in `alone`


def measure(queue: Queue, kinds: Sequence[str]) -> list[Measured]:
    """Every question of the queue's chain, by one query over its labels and one for the chain."""
    found = counts.patterns_of(queue, kinds)
    return [_measured(asked, counts.answers_of(queue), found.get(asked.id, {})) for asked in chain_of(queue)]


def _measured(asked: Asked, answers: tuple[str, ...], patterns: counts.Patterns) -> Measured:
    from annotator.stats import agreement  # noqa: PLC0415 - numpy, when it is needed

    given = [sum(pattern[n] * items for pattern, items in patterns.items()) for n in range(len(answers))]
    total = sum(given)
    alpha = agreement.alpha(patterns)
    return Measured(
        asked,
        alpha.items,
        alpha.labels,
        {answer: n / total for answer, n in zip(answers, given, strict=True)} if total else {},
        alpha,
        agreement.ac1(patterns),
        agreement.fleiss(patterns),
        agreement.raw(patterns),
    )


def compare_raters(queue: Queue, question: int, kinds: Sequence[str]) -> Raters:
    """Three queries: each rater against the others, pairs of raters, their names."""
    from annotator.stats.agreement import cohen  # noqa: PLC0415 - numpy, when it is needed

    each = counts.with_others(queue, question, kinds)
    pairs, all_pairs = counts.pairs_of(queue, question, kinds)
    names = counts.names_of([*each])
    alone = [Alone(names[rater], mean_share(shares)) for rater, shares in each.items()]
    alone.sort(key=lambda one: (-one.raw.n, one.rater.pk))
    together = [
        Together(names[pair.one], names[pair.other], cohen(pair.table), wilson(pair.same, pair.shared))
        for pair in pairs
    ]
    shown = alone[: counts.MOST_RATERS]
    return Raters(shown, together, all_pairs, len(alone) - len(shown))

"""Which rows of a day are read: at most so many, drawn at random, and of what repeats only a few. Pure.

A script that asks the same ten thousand times, or asks ten thousand things, would otherwise be the day. A
row's place in the draw is the part of its id that is chance or a hash, so the same day is drawn alike again.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from heapq import nsmallest
from uuid import UUID

MOST = 20_000
SAME = 3  # rows that one person's same input may have,
SAME_SHARE = 0.005  # or so much of the different inputs
USERS = 30  # from which number of people on one of them may have at most
OF_USER = 10  # so many rows,
USER_SHARE = 0.01  # or so much of all others'
_MARK = (1 << 62) - 1


@dataclass(frozen=True)
class Key:
    """A row before it is read. `same`: alike for the same input of the same person; `user`: empty if unknown."""

    id: UUID
    same: Hashable
    user: str


@dataclass(frozen=True)
class Sample:
    """`ids` in order of time. `population`: the day's rows; `drawn` of them at random; `repeats` and `flood` of
    those are left out, because the same person asked the same, or one person asked so much."""

    ids: tuple[UUID, ...]
    population: int
    drawn: int
    repeats: int
    flood: int


def draw(keys: Iterable[Key], most: int = MOST) -> Sample:
    """Memory is of `most` rows, however many come."""
    population = 0

    def counted() -> Iterable[Key]:
        nonlocal population
        for key in keys:
            population += 1
            yield key

    drawn = nsmallest(most, counted(), key=lambda key: (key.id.int & _MARK, key.id.int))
    different = len({key.same for key in drawn})
    kept = _at_most(drawn, max(SAME, int(SAME_SHARE * different)), "same")
    spread = _fewer_of_one(kept)
    return Sample(
        tuple(sorted(key.id for key in spread)),
        population,
        len(drawn),
        len(drawn) - len(kept),
        len(kept) - len(spread),
    )


def _fewer_of_one(keys: list[Key]) -> list[Key]:
    counts = Counter(key.user for key in keys if key.user)
    if len(counts) < USERS:
        return keys
    others = len(keys) - counts.most_common(1)[0][1]
    return _at_most(keys, max(OF_USER, int(USER_SHARE * others)), "user")


def _at_most(keys: list[Key], most: int, name: str) -> list[Key]:
    seen: Counter[Hashable] = Counter()
    kept = []
    for key in keys:
        of = getattr(key, name)
        seen[of] += 1
        if seen[of] <= most or not of:
            kept.append(key)
    return kept

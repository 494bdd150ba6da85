"""Which split an input is in: train, dev or test. Pure.

An input has one split in its project, for ever. Inputs that are nearly the same are in the same one, whichever
dataset had the first of them. Where two rules would contradict each other, a row is left out rather than a test
made worthless.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from annotator.chance import share
from annotator.datasets.content import Split

FIRST: tuple[Split, ...] = ("test", "dev", "train")  # whose claim on an input goes before the others'
NONE: frozenset[Split] = frozenset()


@dataclass(frozen=True)
class Shares:
    """In percent; together 100."""

    train: int
    dev: int
    test: int


@dataclass
class Placed:
    """`splits`: of each input that may be in the dataset. `crossing`: inputs that are left out, because
    they are in another split for good than something that is nearly the same. `kept`: how many have the
    split that they had before; `followed`: how many have that of something nearly the same, seen before."""

    splits: dict[UUID, Split] = field(default_factory=dict)
    crossing: set[UUID] = field(default_factory=set)
    kept: int = 0
    followed: int = 0


def split_of(seed: int, group: object, shares: Shares) -> Split:
    """By a stable hash: the same for the same group, whatever else there is."""
    drawn = 100 * share(seed, "split", group)
    if drawn < shares.test:
        return "test"
    return "dev" if drawn < shares.test + shares.dev else "train"


def place(
    groups: Iterable[Sequence[UUID]],
    *,
    known: Mapping[UUID, Split],
    claims: Mapping[UUID, Split] = MappingProxyType({}),
    near: Mapping[UUID, Set[Split]] = MappingProxyType({}),
    shares: Shares,
    seed: int = 0,
) -> Placed:
    """`groups`: hashes of inputs that are nearly the same. `known`: those that have a split already.
    `claims`: "test" for those that nobody may learn from, "train" for those that something learned from.
    `near`: of those that have none yet, the splits of what was placed before and is nearly the same.

    Where a group holds inputs of several splits, test goes before dev before train, and whatever is
    in another one is left out, or nearly the same as something in another one.
    """
    placed = Placed()
    for group in groups:
        asked = {one: _asked(one, known, claims) | near.get(one, NONE) for one in group}
        asks = NONE.union(*asked.values())
        split = next((one for one in FIRST if one in asks), None) or split_of(seed, min(group), shares)
        for one, its in asked.items():
            if its - {split}:
                placed.crossing.add(one)
                continue
            placed.splits[one] = split
            placed.kept += one in known
            placed.followed += one in near and one not in known
    return placed


def _asked(one: UUID, known: Mapping[UUID, Split], claims: Mapping[UUID, Split]) -> frozenset[Split]:
    return frozenset(split for split in (known.get(one), claims.get(one)) if split is not None)

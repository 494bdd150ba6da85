"""Which split an input is in: train, dev or test. Pure.

An input has one split in its project, for ever. Inputs of one version that are nearly the same are in the same one.
Where two rules would contradict each other, a row is left out rather than a test made worthless.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from annotator.chance import share
from annotator.datasets.content import Split

FIRST: tuple[Split, ...] = ("test", "dev", "train")  # whose claim on an input goes before the others'


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
    split that they had before."""

    splits: dict[UUID, Split] = field(default_factory=dict)
    crossing: set[UUID] = field(default_factory=set)
    kept: int = 0


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
    held_out: Collection[UUID],
    shares: Shares,
    seed: int = 0,
) -> Placed:
    """`groups`: hashes of inputs that are nearly the same. `known`: those that have a split already.
    `held_out`: those that nobody may learn from; they are test.

    Where a group holds inputs of several splits, test goes before dev before train, and whatever is
    in another one is left out.
    """
    placed = Placed()
    for group in groups:
        claims = {one: _claim(one, known, held_out) for one in group}
        claimed = {claim for claim in claims.values() if claim is not None}
        split = next((one for one in FIRST if one in claimed), None) or split_of(seed, min(group), shares)
        for one, claim in claims.items():
            before = known.get(one)
            if claim not in (None, split) or before not in (None, split):
                placed.crossing.add(one)
                continue
            placed.splits[one] = split
            placed.kept += before is not None
    return placed


def _claim(one: UUID, known: Mapping[UUID, Split], held_out: Collection[UUID]) -> Split | None:
    return "test" if one in held_out else known.get(one)

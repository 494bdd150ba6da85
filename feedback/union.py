"""A sample that several parts drew from one day, each by its own lots. Pure.

Every part draws a fixed number from each of its strata, and the lots of two parts have nothing to do
with each other. So an interaction is missed by the whole plan when every part that could have drawn it
missed it, and its inclusion probability is exact: 1 - product over the parts of (1 - drawn/population).
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from math import prod

from feedback.sampling import Stratum

Drawn = Sequence[tuple[Stratum, Sequence[bytes]]]


@dataclass(frozen=True)
class Part:
    """What one part drew. `members`: which of the union's keys it could have drawn; None: all."""

    name: str
    drawn: Drawn
    members: Set[bytes] | None = None

    @cached_property
    def keys(self) -> frozenset[bytes]:
        return frozenset(key for _stratum, keys in self.drawn for key in keys)

    @cached_property
    def _by_feature(self) -> dict[str, Stratum]:
        return {feature: stratum for stratum, _keys in self.drawn for feature in stratum.features}

    def stratum_of(self, key: bytes, feature: str) -> Stratum | None:
        """Where it could draw this interaction; None where it could not."""
        if self.members is not None and key not in self.members and key not in self.keys:
            return None
        return self._by_feature.get(feature)


@dataclass(frozen=True)
class Chance:
    """With what probability the whole plan draws an interaction, and which parts did, from where."""

    probability: float
    why: tuple[tuple[str, Stratum], ...]


def union(parts: Sequence[Part], features: Mapping[bytes, str]) -> dict[bytes, Chance]:
    """Of each drawn key its chance. `features` tells the feature of each key that any part drew."""
    return {key: _chance(parts, key, feature) for key, feature in features.items()}


def _chance(parts: Sequence[Part], key: bytes, feature: str) -> Chance:
    could = [(part, stratum) for part in parts if (stratum := part.stratum_of(key, feature)) is not None]
    why = tuple((part.name, stratum) for part, stratum in could if key in part.keys)
    chances = [stratum.probability for _part, stratum in could]
    if len(chances) == 1 or max(chances) == 1:
        return Chance(max(chances), why)  # to the last digit
    return Chance(1 - prod(1 - chance for chance in chances), why)

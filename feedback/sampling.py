"""Drawing a day's sample, spread over its features, so that rates can be computed from it. Pure.

A day is divided into strata, most often its features (`allocate`): nobody's product is so even that
chance alone would show them all. Within a stratum everything is equally likely, so that an item's inclusion probability is
drawn / population. Chance comes from a hash: drawing again draws the same.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

EACH_MOST = 100  # draws of a part that takes some of each feature: the largest features first
LEAST = 2  # of one answer no spread can be computed
REST = "(rest)"
WORTH = 0.5  # a sample may be worth half as much as a plain one for showing small features, not less


@dataclass(frozen=True)
class Stratum:
    """`features` that are drawn from together; its own name is all it has if it is one feature."""

    name: str
    features: tuple[str, ...]
    population: int
    drawn: int

    @property
    def probability(self) -> float:
        return self.drawn / self.population


def allocate(populations: Mapping[str, int], n: int) -> list[Stratum]:
    """Spread `n` draws over features: two for each, the rest by size, the largest first.

    Takes all when there are no more than `n`. The smallest features share one stratum (REST)
    when two for each are too many, or when they would leave the large ones so few that the
    whole sample told less than half of what a plain one would (Kish's effective number).
    """
    sizes = {name: size for name, size in populations.items() if size > 0}
    order = sorted(sizes, key=lambda name: (-sizes[name], name))
    if sum(sizes.values()) <= n:
        return [Stratum(name, (name,), sizes[name], sizes[name]) for name in order]
    for own in range(min(len(order), n // LEAST), -1, -1):
        groups = [(name,) for name in order[:own]] + ([tuple(order[own:])] if own < len(order) else [])
        totals = [sum(sizes[name] for name in group) for group in groups]
        draws = _shares(totals, n)
        if draws is not None and (own == 0 or _worth(totals, draws) >= WORTH * n):
            return [
                Stratum(group[0] if len(group) == 1 else _rest_name(sizes), group, total, drawn)
                for group, total, drawn in zip(groups, totals, draws, strict=True)
            ]
    return []


def together(populations: Mapping[str, int], n: int) -> list[Stratum]:
    """`n` draws from all features at once: everything is equally likely."""
    names = tuple(sorted(name for name, size in populations.items() if size > 0))
    total = sum(populations[name] for name in names)
    return [Stratum("", names, total, min(n, total))] if total and n else []


def each(populations: Mapping[str, int], n: int) -> list[Stratum]:
    """`n` draws from each feature, from the largest ones while they come to no more than EACH_MOST."""
    order = sorted(
        (name for name in populations if populations[name] > 0), key=lambda k: (-populations[k], k)
    )
    most = max(1, EACH_MOST // n) if n else 0
    return [
        Stratum(name, (name,), populations[name], min(n, populations[name])) for name in order[:most] if n
    ]


def _rest_name(sizes: Mapping[str, int]) -> str:
    """A name that no feature has."""
    name = REST
    while name in sizes:
        name = f"({name})"
    return name


def _shares(totals: list[int], n: int) -> list[int] | None:
    """Draws per stratum by size (Sainte-Laguë), none under the least; None when that is too many.

    A single stratum takes all draws, however few they are.
    """
    if len(totals) == 1:
        return [min(n, totals[0])]
    draws = [min(LEAST, total) for total in totals]
    if sum(draws) > n:
        return None
    queue = [
        (-total / (2 * drawn + 1), k) for k, (total, drawn) in enumerate(zip(totals, draws, strict=True))
    ]
    heapq.heapify(queue)
    left = n - sum(draws)
    while left and queue:
        _, k = heapq.heappop(queue)
        if draws[k] < totals[k]:
            draws[k] += 1
            left -= 1
            heapq.heappush(queue, (-totals[k] / (2 * draws[k] + 1), k))
    return draws


def _worth(totals: list[int], draws: list[int]) -> float:
    """Kish's effective number: of how many plain draws these are worth."""
    return sum(totals) ** 2 / sum(total**2 / drawn for total, drawn in zip(totals, draws, strict=True))


def mark(seed: str, key: bytes) -> bytes:
    """The lot that `key` draws: the smallest marks of a stratum are its sample."""
    return blake2b(key, key=seed.encode()[:64], digest_size=8).digest()


@dataclass
class Urn:
    """One pass over (feature, key): counts all, keeps the `n` smallest marks of each feature.

    Memory is `n` keys a feature, however large the day.
    """

    seed: str
    n: int
    divide: Callable[[Mapping[str, int], int], list[Stratum]] = allocate
    counts: dict[str, int] = field(default_factory=dict)
    _kept: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)

    def add(self, rows: Iterable[tuple[str, bytes]]) -> None:
        for feature, key in rows:
            self.counts[feature] = self.counts.get(feature, 0) + 1
            lot = -int.from_bytes(mark(self.seed, key), "big")
            kept = self._kept.setdefault(feature, [])
            if len(kept) < self.n:
                heapq.heappush(kept, (lot, key))
            elif lot > kept[0][0]:
                heapq.heapreplace(kept, (lot, key))

    def draw(self) -> list[tuple[Stratum, list[bytes]]]:
        """Each stratum with its keys, in the order of their marks."""
        drawn = []
        for stratum in self.divide(self.counts, self.n):
            lots = [lot for feature in stratum.features for lot in self._kept[feature]]
            lots.sort(key=lambda lot: (-lot[0], lot[1]))
            drawn.append((stratum, [key for _, key in lots[: stratum.drawn]]))
        return drawn

"""A taxonomy: values by their paths, flat or a tree. Pure.

A value's id is its full path joined by " > ". What stands in a path above the values, but is no
value itself, is a group: shown, never chosen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from feedback.taxonomy import faults
from feedback.taxonomy.faults import Fault

SEPARATOR = " > "
MOST_VALUES = 20_000  # groups count
MOST_CHARACTERS = 300  # of an id
MOST_DEPTH = 8
MOST_DESCRIPTION = 1_000

Path = tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A value or a group. `path` holds the names from the root down to its own."""

    path: Path
    description: str = ""
    group: bool = False

    @property
    def id(self) -> str:
        return SEPARATOR.join(self.path)

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True)
class Found:
    """A node as it was read, with its place for those who have to mend it."""

    place: str
    path: Path
    description: str = ""
    group: bool = False


@dataclass(frozen=True)
class Taxonomy:
    """Nodes in their order, each behind its parent. `repaired` counts the characters replaced by U+FFFD."""

    nodes: tuple[Node, ...]
    repaired: int = field(default=0, compare=False)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def values(self) -> tuple[Node, ...]:
        """What may be chosen."""
        return tuple(node for node in self.nodes if not node.group)

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(node.id for node in self.values)


def build(found: Iterable[Found], repaired: int = 0) -> Taxonomy:
    """Put together; BadTaxonomy with every fault's place. Nothing is left out and nothing merged."""
    wrong: list[Fault] = []
    kept: dict[Path, Found] = {}
    for one in found:
        if fault := _fault(one, kept):
            wrong.append(fault)
        else:
            kept[one.path] = one
        if len(kept) > MOST_VALUES:
            raise faults.one("", faults.TOO_MANY, limit=MOST_VALUES)
    faults.raise_if_any(wrong)
    nodes = tuple(_ordered(kept))
    if all(node.group for node in nodes):
        raise faults.one("", faults.NOTHING)
    if len(nodes) > MOST_VALUES:
        raise faults.one("", faults.TOO_MANY, limit=MOST_VALUES)
    return Taxonomy(nodes, repaired)


def _fault(one: Found, kept: dict[Path, Found]) -> Fault | None:
    if not one.path or not all(one.path):
        return Fault(one.place, faults.EMPTY_STEP if len(one.path) > 1 else faults.EMPTY)
    if any(SEPARATOR in f" {name} " for name in one.path):
        return Fault(one.place, faults.SEPARATOR)
    if len(one.path) > MOST_DEPTH:
        return Fault(one.place, faults.DEEP, {"limit": MOST_DEPTH})
    if sum(map(len, one.path)) + len(SEPARATOR) * (len(one.path) - 1) > MOST_CHARACTERS:
        return Fault(one.place, faults.LONG, {"limit": MOST_CHARACTERS})
    if len(one.description) > MOST_DESCRIPTION:
        return Fault(one.place, faults.LONG_DESCRIPTION, {"limit": MOST_DESCRIPTION})
    if earlier := kept.get(one.path):
        values = {"value": SEPARATOR.join(one.path), "place": earlier.place}
        return Fault(one.place, faults.TWICE, values)
    return None


def _ordered(kept: dict[Path, Found]) -> Iterator[Node]:
    """Depth first, so that whatever stands under something stands behind it; else as they came.

    A path's step that nobody listed becomes a group.
    """
    below: dict[Path, dict[Path, None]] = {}
    for path in kept:
        for depth in range(len(path)):
            below.setdefault(path[:depth], {})[path[: depth + 1]] = None
    waiting = list(reversed(below.get((), {})))
    while waiting:
        path = waiting.pop()
        one = kept.get(path)
        yield Node(path, one.description, one.group) if one else Node(path, group=True)
        waiting += reversed(below.get(path, {}))

"""Finding values as somebody types. Pure."""

from collections.abc import Sequence
from heapq import nsmallest

from feedback.taxonomy.tree import Node, Taxonomy


def search(taxonomy: Taxonomy, typed: str, most: int = 20) -> Sequence[Node]:
    """Values that hold every typed word, wherever in the path; best first, at most `most`.

    Best is a name that begins with what was typed, then a word that does, then the shorter path.
    """
    whole = typed.casefold().strip()
    parts = whole.split()
    found: list[tuple[int, int, int, Node]] = []
    for n, node in enumerate(taxonomy.values):
        spelt = f"{node.id}\n{node.words}".casefold()
        if all(part in spelt for part in parts):
            found.append((_rank(node, whole, spelt), len(spelt), n, node))
    return [node for *_, node in nsmallest(most, found, key=lambda one: one[:3])]


def _rank(node: Node, whole: str, spelt: str) -> int:
    name = node.name.casefold()
    if name.startswith(whole):
        return 0 if name == whole else 1
    return 2 if f" {whole}" in f" {spelt}" else 3

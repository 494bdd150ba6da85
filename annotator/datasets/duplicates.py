"""Which rows of a version say what another one says already, and which inputs are nearly the same.

Exact: the same question about the same texts, but for case and white space. Of these one stays: the
adjudicated one, else that with more votes, else with the higher agreement, else the earlier one; with
another answer it counts as a contradiction.
Near: the same question with the same answer, inputs that are nearly the same, and outputs that are.
Rows of which the answers differ are no near-duplicates: a small change that turns a good output into a bad
one is worth having twice.
"""

from collections import Counter
from dataclasses import dataclass, field

from annotator.datasets.gather import Gathered

MOST_PAIRS = 200  # told of


@dataclass
class Found:
    """`dropped`: numbers of rows, with the reason. `pairs`: (stays, goes, likeness) for people to look at."""

    dropped: dict[int, str] = field(default_factory=dict)
    contradictions: int = 0
    pairs: list[tuple[int, int, float]] = field(default_factory=list)

    def drop(self, keep: int, row: int, likeness: float, reason: str) -> None:
        self.dropped[row] = reason
        if len(self.pairs) < MOST_PAIRS:
            self.pairs.append((keep, row, round(likeness, 3)))


def exact(rows: Gathered, found: Found) -> None:
    stays: dict[bytes, int] = {}
    for number, content in enumerate(rows.contents):
        other = stays.setdefault(content, number)
        if other == number:
            continue
        keep, go = (number, other) if rows.strength[number] > rows.strength[other] else (other, number)
        stays[content] = keep
        found.contradictions += rows.labels[number] != rows.labels[other]
        found.drop(keep, go, 1.0, "exact_duplicate")


def near(rows: Gathered, groups: list[int], found: Found) -> None:
    """`groups`: of each input the number of its group."""
    import numpy as np  # noqa: PLC0415 - of workers only

    from annotator.datasets.similar import Groups, Texts  # noqa: PLC0415

    scope: dict[tuple[int, int], int] = {}
    scopes = [
        scope.setdefault((groups[rows.inputs[number]], rows.scopes[number]), len(scope))
        for number in range(len(rows))
    ]
    crowd = Counter(scopes[number] for number in range(len(rows)) if number not in found.dropped)
    which = [
        number for number in range(len(rows)) if crowd[scopes[number]] > 1 and number not in found.dropped
    ]
    texts = Texts()
    for text in rows.made(which):
        texts.add(text)
    if not which:
        return
    joined, likeness = Groups(len(which)), dict[int, float]()
    for one, other, alike in texts.alike(np.array([scopes[number] for number in which], dtype=np.int64)):
        joined.join(one, other)
        for side in (one, other):
            likeness[side] = max(alike, likeness.get(side, 0.0))
    stays: dict[int, int] = {}
    for at in likeness:
        root = joined.root(at)
        best = stays.setdefault(root, at)
        if (-rows.strength[which[at]], at) < (-rows.strength[which[best]], best):
            stays[root] = at
    for at in sorted(likeness):
        keep = stays[joined.root(at)]
        if at != keep:
            found.drop(which[keep], which[at], likeness[at], "near_duplicate")

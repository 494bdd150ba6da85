"""Repeats of a day: one row with a weight for what was sent again and again. Pure: numpy.

A test takes rows as independent, and a retry loop or a bot is no topic. First what is the same to the letter, but
for case and white space, whoever sent it (`same`: before anything is embedded); then, of one end user or one
session, what is nearly the same (`alike`: cosine over LIKE). Nothing is lost by it: each row knows which row
stands for it, and the report says what it was. The first row of a group stands for it.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Vectors = NDArray[np.float32]
What = Literal["retries", "nearly", "many_users", "unknown"]

LIKE = 0.98  # cosine, see the specification
BLOCK = 256  # rows compared at a time
LEADERS = 2_000  # of one user: what comes after as many different inputs is compared with these alone
SHOWN = 20  # groups of a report
NOBODY = -1


@dataclass(frozen=True)
class Repeat:
    """A group of `inputs` that one row stands for. `row`: its place. `users`: how many are known.

    retries: one user or session, the same text. nearly: the same, with texts that differ a little, as a
    template's do. many_users: one text from several (a button, a bot, a greeting). unknown: nobody is named.
    """

    what: What
    row: int
    inputs: int
    users: int


@dataclass(frozen=True)
class Known:
    """What rows were before: (n,) how many equal inputs each is of, and how many known end users of them."""

    inputs: Ints
    users: Ints


@dataclass(frozen=True)
class Squeezed:
    """`stands_for`: (n,) the place of the row that stands for each. `inputs`: (n,) of how many each was before."""

    stands_for: Ints
    inputs: Ints
    repeats: tuple[Repeat, ...]

    @property
    def weights(self) -> Ints:
        """(n,) how many inputs each stands for, 0 for one that another stands for."""
        return summed(self.stands_for, self.inputs)

    @property
    def rows(self) -> Ints:
        """Places of the rows that are left, in order."""
        return np.unique(self.stands_for)

    def report(self) -> dict[str, Any]:
        """As JSON: how many groups and inputs of each kind, and the largest groups."""
        groups = Counter(one.what for one in self.repeats)
        inputs: Counter[str] = Counter()
        for one in self.repeats:
            inputs[one.what] += one.inputs
        largest = sorted(self.repeats, key=lambda one: (-one.inputs, one.row))[:SHOWN]
        return {
            "rows": len(self.rows),
            "groups": dict(groups),
            "inputs": dict(inputs),
            "largest": [asdict(one) for one in largest],
        }


def codes(names: list[str]) -> Ints:
    """A number for each different name; NOBODY for the empty one."""
    known: dict[str, int] = {"": NOBODY}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def same(keys: Ints) -> Ints:
    """(n,) the place of the first row with the same key."""
    _found, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(first[inverse.reshape(-1)], dtype=np.int64)


def summed(stands_for: Ints, weights: Ints) -> Ints:
    """(n,) the weights of those that each stands for, together."""
    total = np.zeros(len(stands_for), dtype=np.int64)
    np.add.at(total, stands_for, weights)
    return total


def squeeze(
    keys: Ints, vectors: Vectors, users: Ints, sessions: Ints, known: Known | None = None
) -> Squeezed:
    """All n rows: keys of their texts, (n, d) unit vectors, codes of end users and sessions: NOBODY where a row is of
    several.

    Cost: of one user's m different texts at most m times LEADERS dot products; memory BLOCK times LEADERS.
    """
    exact = same(keys)
    firsts = np.unique(exact)
    stands_for = exact.copy()
    alone = _of_one(exact, users), _of_one(exact, sessions)
    for people in reversed(alone):  # a session first: most are of one user
        live = firsts[stands_for[firsts] == firsts]
        leader = _nearly(live, vectors, people[live])
        moved = np.arange(len(keys))
        moved[live] = leader
        stands_for = moved[stands_for]
    known = known or Known(np.ones(len(keys), dtype=np.int64), (users != NOBODY).astype(np.int64))
    return Squeezed(stands_for, known.inputs, tuple(_told(stands_for, exact, users, sessions, known)))


def _of_one(exact: Ints, people: Ints) -> Ints:
    """(n,) for each first row, who sent all of its repeats; NOBODY if they were several or none."""
    low, high = people.copy(), people.copy()
    np.minimum.at(low, exact, people)
    np.maximum.at(high, exact, people)
    return np.where(low == high, low, NOBODY)


def _nearly(rows: Ints, vectors: Vectors, people: Ints) -> Ints:
    """For each of `rows`, the first row of the same person that is like it, or itself."""
    found = rows.copy()
    order = np.argsort(people, kind="stable")
    bounds = np.flatnonzero(np.diff(people[order])) + 1
    for group in np.split(order, bounds):
        if len(group) > 1 and people[group[0]] != NOBODY:
            found[group] = rows[group][_leaders(vectors[rows[group]])]
    return found


def _leaders(vectors: Vectors) -> Ints:
    """(m,) for each row the place of the first leader that it is like: itself, if there is none before it."""
    found = np.arange(len(vectors))
    leading: list[int] = []
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        free = np.ones(len(block), dtype=bool)
        if leading:
            like = block @ vectors[leading].T > LIKE
            free = np.logical_not(like.any(axis=1), out=free)
            led = np.flatnonzero(~free)
            found[start + led] = np.array(leading)[like[led].argmax(axis=1)]
        inside = block @ block.T > LIKE
        for row in np.flatnonzero(free):
            if not free[row]:
                continue
            led = np.flatnonzero(inside[row] & free)
            found[start + led] = start + row
            found[start + row] = start + row
            free[led] = False
            if len(leading) < LEADERS:
                leading.append(start + int(row))
    return found


def _told(stands_for: Ints, exact: Ints, users: Ints, sessions: Ints, before: Known) -> list[Repeat]:
    """Each group of two inputs or more, by its first row."""
    counts = np.bincount(stands_for, minlength=len(stands_for))
    inputs = summed(stands_for, before.inputs)
    order = np.argsort(stands_for, kind="stable")
    ends = np.cumsum(counts)
    told = []
    for row in np.flatnonzero(inputs > 1):
        group = order[ends[row] - counts[row] : ends[row]]
        known = np.unique(users[group])
        people = max(int((known != NOBODY).sum()), int(before.users[group].max()))  # at least
        one_session = len(np.unique(sessions[group])) == 1 and sessions[group[0]] != NOBODY
        told.append(Repeat(_what(exact[group], people, one_session), int(row), int(inputs[row]), people))
    return told


def _what(texts: Ints, users: int, one_session: bool) -> What:
    if len(np.unique(texts)) > 1:
        return "nearly"
    if users == 1 or (one_session and not users):
        return "retries"
    return "many_users" if users else "unknown"

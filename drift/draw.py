"""Which inputs of a day are embedded: drawn at random one after another until so many different ones have come. Pure.

What was drawn before in the same words is counted to its row: a million equal inputs are one row, and take the place of
no other. Nor is one end user the day: of each at most so many rows are kept, and those stand for the others that were
drawn of the user. So the rows stand for all that was drawn, each of which was as likely as any other of the day.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from uuid import UUID

FEW = 30  # with fewer known end users a day is of single users anyway, and none is held
# Rows that one user may have: so many, or so much of the others', or as many as one of them on average.
OF_ONE, SHARE = 5, 0.005
COUNTED = 10_000  # users, of one input or at all: more make no difference


@dataclass(frozen=True)
class Lot:
    """An input of the day. `same`: alike for the same input, whoever sent it. `user`, `session`: empty if unknown."""

    id: UUID
    same: Hashable
    user: str = ""
    session: str = ""


@dataclass
class Row:
    """The first of `n` equal inputs that were drawn, of `users` known ones. `more`: of other inputs of its user that
    it stands for. `user`, `session`: of all `n`; empty if they are several, or unknown."""

    id: UUID
    user: str
    session: str
    n: int = 1
    more: int = 0
    users: set[str] = field(default_factory=set)

    @property
    def weight(self) -> int:
        return self.n + self.more

    def add(self, lot: Lot) -> None:
        self.n += 1
        self.user = self.user if self.user == lot.user else ""
        self.session = self.session if self.session == lot.session else ""
        if lot.user and len(self.users) < COUNTED:
            self.users.add(lot.user)


@dataclass(frozen=True)
class Draw:
    """`rows` stand for `drawn` inputs; `over` of these are of `held` users who had more than `limit` rows."""

    rows: list[Row]
    drawn: int = 0
    over: int = 0
    held: int = 0
    limit: int = 0


def draw(lots: Callable[[], Iterable[Lot]], most: int) -> Draw:
    """At most `most` rows of `lots`, which come in random order, the same each time. Memory is the rows.

    Read no further than needed; twice where fewer than FEW users are seen and one of them fills the day.
    """
    urn = _filled(lots(), most, max(OF_ONE, ceil(most / (FEW - 1))))
    own = urn.own()
    sizes = [len(rows) for rows in own.values()]
    limit = limit_of(sizes, len(urn.rows) - sum(sizes))
    if limit is not None:
        return urn.held_to(limit, own)
    return (_filled(lots(), most, most) if urn.over else urn).as_it_is()


def limit_of(of_users: Sequence[int], of_others: int) -> int | None:
    """How many rows one user may have; None where the users are few. `of_users`: rows that each known one alone has,
    `of_others`: of several, or of unknown ones."""
    if len(of_users) < FEW:
        return None
    others = sum(of_users) - max(of_users)
    return max(OF_ONE, int(SHARE * (others + of_others)), ceil(others / (len(of_users) - 1)))


def _filled(lots: Iterable[Lot], most: int, limit: int) -> "_Urn":
    urn = _Urn()
    for lot in lots:
        urn.add(lot, limit)
        if len(urn.rows) == most:
            break
    return urn


@dataclass
class _Urn:
    rows: dict[Hashable, Row] = field(default_factory=dict)
    of_user: dict[str, list[Row]] = field(default_factory=dict)
    over: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    drawn: int = 0

    def own(self) -> dict[str, list[Row]]:
        """Of each known user the rows that nobody else has sent: what many say is no single user's."""
        mine = {user: [row for row in rows if row.user] for user, rows in self.of_user.items()}
        return {user: mine.get(user, []) for user in self.seen | mine.keys()}

    def add(self, lot: Lot, limit: int) -> None:
        self.drawn += 1
        if lot.user and len(self.seen) < COUNTED:
            self.seen.add(lot.user)
        known = self.rows.get(lot.same)
        if known is not None:
            known.add(lot)
            return
        if lot.user:
            theirs = self.of_user.setdefault(lot.user, [])
            if len(theirs) >= limit:
                self.over[lot.user] += 1
                return
        row = Row(lot.id, lot.user, lot.session, users={lot.user} - {""})
        self.rows[lot.same] = row
        if lot.user:
            theirs.append(row)

    def as_it_is(self) -> Draw:
        return Draw(list(self.rows.values()), self.drawn)

    def held_to(self, limit: int, own: Mapping[str, list[Row]]) -> Draw:
        """Of each user's `own` rows the first `limit`, which were drawn first."""
        gone: set[UUID] = set()
        for user, rows in own.items():
            for row in rows[limit:]:
                self.over[user] += row.n
                gone.add(row.id)
            if not self.over[user]:
                continue
            standing = rows[:limit] or self.of_user[user][:1]
            each, left = divmod(self.over[user], len(standing))
            for place, row in enumerate(standing):
                row.more += each + (place < left)
        kept = [row for row in self.rows.values() if row.id not in gone]
        return Draw(kept, self.drawn, self.over.total(), sum(n > 0 for n in self.over.values()), limit)


# --- between the draw and the end of the day ------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What of a row has to be known until its day ends. `one_user`, `one_session`: all of its inputs are of one."""

    n: int = 1
    more: int = 0
    users: int = 0
    one_user: bool = True
    one_session: bool = True

    @property
    def weight(self) -> int:
        return self.n + self.more


def as_json(found: Draw) -> dict[str, Any]:
    """`rows`: of those alone that stand for more than themselves."""
    rows = {
        str(row.id): [row.n, row.more, len(row.users), bool(row.user), bool(row.session)]
        for row in found.rows
        if row.weight > 1
    }
    return {"rows": rows, "over": found.over, "held": found.held, "limit": found.limit}


def told(kept: Mapping[str, Any], row: UUID) -> Told:
    """Of what `as_json` gave."""
    values = kept.get("rows", {}).get(str(row))
    return Told(*values) if values else Told()

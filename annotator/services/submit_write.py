"""The one statement that writes what a submit came to, or an import.

Rows go in as VALUES, not as arrays: one answer at a time is what comes most, and building two
dozen arrays for it costs more than the rest of the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from annotator.queries.places import PARKED, PARKED_SECONDS
from annotator.queries.prepared import prepared_cursor

MIRROR_SECONDS = 120  # before a pair comes again, sides swapped; sooner when nothing else is left
GOLD_SECONDS = 8  # what the screen holds already comes before it anyway


@dataclass
class NewRow:
    id: int
    queue: UUID
    item: int
    question: int
    version: int
    rater: int
    lease: UUID | None
    answer: str
    note: str
    flagged: bool
    ms: int | None
    wait_ms: int | None
    key: str
    supersedes: int | None
    surplus: bool
    swapped: bool | None = None
    prelabel_shown: bool | None = None
    marks: str | None = None  # JSON
    chosen: bool = False


@dataclass
class ImportedRow(NewRow):
    """A label that was given elsewhere, at its own time."""

    imported: bool = True
    created_at: datetime | None = None


@dataclass(frozen=True)
class PlaceRow:
    id: int
    owner: int | None
    lease: UUID | None
    done: bool
    parked: bool


@dataclass(frozen=True)
class FilledRow:
    """Who fills a place by what was given elsewhere, and since when. Half a chain keeps nobody
    from it: its lease is over."""

    id: int
    owner: int | None
    done: bool
    since: datetime | None


@dataclass(frozen=True)
class Settled:
    """What this rater's standing answers on this item are from now on."""

    item: int
    rater: int
    surplus: bool


@dataclass(frozen=True)
class Mirrored:
    """This rater finished this item just now, and sees its mirrored copy later if it has one."""

    item: int
    rater: int
    queue: UUID


@dataclass(frozen=True)
class Golden:
    """This rater finished `item` with this question, and gets a gold item soon."""

    queue: UUID
    rater: int
    item: int
    question: int


PLACED = """
    placed AS (
        UPDATE annotator_place p
        SET owner_id = u.owner, lease_id = u.lease,
            lease_until = CASE WHEN u.owner IS NOT NULL AND NOT u.done
                               THEN clock_timestamp() + make_interval(
                                   secs => CASE WHEN u.parked THEN %(parked_seconds)s ELSE %(seconds)s END)
                               END,
            holder = CASE WHEN u.owner IS NULL THEN ''
                          WHEN u.parked THEN %(parked_holder)s
                          WHEN %(holder)s <> '' OR p.owner_id IS DISTINCT FROM u.owner THEN %(holder)s
                          ELSE p.holder END,
            done_at = CASE WHEN u.done THEN clock_timestamp() END
        FROM ({rows}) AS u(id, owner, lease, done, parked)
        WHERE p.id = u.id)"""
FILLED = """
    filled AS (
        UPDATE annotator_place p
        SET owner_id = u.owner, lease_id = NULL, holder = '',
            lease_until = CASE WHEN NOT u.done THEN u.since END,
            done_at = CASE WHEN u.done THEN u.since END
        FROM ({rows}) AS u(id, owner, done, since)
        WHERE p.id = u.id)"""
SETTLED = """
    settled AS (
        UPDATE annotator_label l SET surplus = u.surplus
        FROM ({rows}) AS u(item, rater, surplus)
        WHERE l.item_id = u.item AND l.rater_id = u.rater AND l.answer NOT IN ('skip', 'undo')
          AND l.surplus <> u.surplus)"""
# Places outside of the overlap, for whoever answered just now: the pair again, sides swapped; a
# gold item that this rater has not had, but none for an answer that was changed. Two raters may want
# the same number: one goes without.
MIRRORED = """
    mirrored AS (
        INSERT INTO annotator_place (queue_id, item_id, position, n, extra, owner_id, holder, lease_until)
        SELECT m.queue_id, m.id, m.position,
               (SELECT coalesce(max(o.n) + 1, 0) FROM annotator_place o WHERE o.item_id = m.id), true,
               u.rater, %(parked_holder)s, clock_timestamp() + make_interval(secs => %(mirror_seconds)s)
        FROM ({rows}) AS u(item, rater, queue)
        JOIN annotator_item m ON m.copy_of_id = u.item AND m.queue_id = u.queue
        ON CONFLICT DO NOTHING)"""
GOLD = """
    golden AS (
        INSERT INTO annotator_place (queue_id, item_id, position, n, extra, owner_id, holder, lease_until)
        SELECT DISTINCT ON (i.id, u.rater) u.queue, i.id, i.position,
               (SELECT coalesce(max(o.n) + 1, 0) FROM annotator_place o WHERE o.item_id = i.id), true,
               u.rater, %(parked_holder)s, clock_timestamp() + make_interval(secs => %(gold_seconds)s)
        FROM ({rows}) AS u(queue, rater, item, question)
        CROSS JOIN LATERAL (
            SELECT i.id, i.position FROM annotator_item i
            WHERE i.queue_id = u.queue AND i.gold IS NOT NULL AND NOT i.held
              AND NOT EXISTS (SELECT FROM annotator_place o
                              WHERE o.item_id = i.id AND o.owner_id = u.rater)
              AND NOT EXISTS (SELECT FROM annotator_label l
                              WHERE l.item_id = i.id AND l.rater_id = u.rater)
            ORDER BY hashint8(i.id # u.rater), i.id LIMIT 1) i
        WHERE NOT EXISTS (SELECT FROM annotator_label l
                          WHERE l.item_id = u.item AND l.question_id = u.question AND l.rater_id = u.rater
                            AND l.answer NOT IN ('skip', 'undo'))
        ON CONFLICT DO NOTHING)"""
INSERT = """
    INSERT INTO annotator_label
        (id, queue_id, item_id, question_id, question_version_id, rater_id, lease_id, answer, note,
         flagged, ms, wait_ms, idempotency_key, supersedes_id, surplus, swapped, prelabel_shown, marks,
         chosen, imported, created_at)
    SELECT u.*{rest} FROM ({rows}) AS u"""
RESTS = {NewRow: ", false, clock_timestamp()", ImportedRow: ""}

# The columns of each kind of rows as the statements take them.
LABEL = "bigint uuid bigint bigint bigint bigint uuid text text bool int int text bigint bool bool bool jsonb bool"
TYPES: dict[type, str] = {
    NewRow: LABEL,
    ImportedRow: f"{LABEL} bool timestamptz",
    PlaceRow: "bigint bigint uuid bool bool",
    FilledRow: "bigint bigint bool timestamptz",
    Settled: "bigint bigint bool",
    Mirrored: "bigint bigint uuid",
    Golden: "uuid bigint bigint bigint",
}
PARTS: list[tuple[type, str]] = [
    (PlaceRow, PLACED),
    (FilledRow, FILLED),
    (Settled, SETTLED),
    (Mirrored, MIRRORED),
    (Golden, GOLD),
]


def write(rows: Sequence[NewRow], then: Sequence[Any], holder: str = "") -> None:
    """Store the labels and what they do to places and to earlier answers, in one statement.

    `rows` are of one kind; `then`: PlaceRow, FilledRow, Settled, Mirrored and Golden in any order.
    """
    facts: dict[str, Any] = {
        "seconds": settings.LEASE_SECONDS,
        "holder": holder,
        "parked_seconds": PARKED_SECONDS,
        "parked_holder": PARKED,
        "mirror_seconds": MIRROR_SECONDS,
        "gold_seconds": GOLD_SECONDS,
    }
    parts = []
    for kind, part in PARTS:
        if alike := [row for row in then if type(row) is kind]:
            parts.append(part.format(rows=_values(alike, facts)))
    insert = INSERT.format(rows=_values(rows, facts), rest=RESTS[type(rows[0])])
    # An import's statement is large and seldom the same twice: kept planned it would only take memory.
    with prepared_cursor() if type(rows[0]) is NewRow else connection.cursor() as cursor:
        cursor.execute((f"WITH {', '.join(parts)}" if parts else "") + insert, facts)


def _values(rows: Sequence[Any], facts: dict[str, Any]) -> str:
    """VALUES for these rows of one kind; what they hold goes to `facts`."""
    kind = type(rows[0]).__name__
    types = TYPES[type(rows[0])].split()
    lines = []
    for n, row in enumerate(rows):
        names = [f"{kind}_{n}_{m}" for m in range(len(types))]
        facts.update(zip(names, vars(row).values(), strict=True))
        line = ", ".join(f"%({name})s::{type_}" for name, type_ in zip(names, types, strict=True))
        lines.append(f"({line})")
    return f"VALUES {', '.join(lines)}"

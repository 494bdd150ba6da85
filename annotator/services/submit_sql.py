"""The three statements of a submit, and the rows that go in and out of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from annotator.labeling_rules import Given, Seat
from annotator.models import Rater, Role, User


@dataclass(frozen=True)
class LeaseRow:
    queue: UUID
    item: int
    rater: int
    may_label: bool


@dataclass(frozen=True)
class QuestionRow:
    id: int
    key: str
    versions: dict[int, int]  # number: id

    @property
    def newest(self) -> int:
        return max(self.versions)


@dataclass(frozen=True)
class StoredRow:
    """A label by its idempotency key. `content`: item, question, answer, note, flagged."""

    id: int
    content: tuple[int, int, str, str, bool]


@dataclass
class NewRow:
    id: int
    queue: UUID
    item: int
    question: int
    version: int
    rater: int
    lease: UUID
    answer: str
    note: str
    flagged: bool
    ms: int | None
    key: str
    supersedes: int | None
    surplus: bool


@dataclass(frozen=True)
class PlaceRow:
    id: int
    owner: int | None
    lease: UUID | None
    done: bool


@dataclass(frozen=True)
class Settled:
    """What this rater's standing answers on this item are from now on."""

    item: int
    rater: int
    surplus: bool


@dataclass(frozen=True)
class Read:
    given: dict[tuple[int, int], dict[int, Given]]  # by item and rater, by question
    stored: dict[tuple[int, str], StoredRow]
    chains: dict[UUID, dict[str, QuestionRow]]
    ids: list[int]


# All places of the items, in one order for everybody, so that two batches cannot deadlock.
LOCK = """
    SELECT l.id, p.queue_id, p.item_id, l.rater_id, {may_label},
           s.id, s.owner_id, s.done_at IS NOT NULL, coalesce(s.lease_until <= clock_timestamp(), true)
    FROM annotator_lease l
    JOIN annotator_place p ON p.id = l.place_id
    JOIN annotator_place s ON s.item_id = p.item_id
    {whose}
    WHERE l.id = ANY(%(leases)s::uuid[])
    ORDER BY s.item_id, s.n
    FOR UPDATE OF s"""
BY_RATER = LOCK.format(
    may_label="true", whose="JOIN annotator_rater r ON r.id = l.rater_id AND r.id = %(rater)s"
)
BY_USER = LOCK.format(
    may_label="m.role = ANY(%(roles)s)",
    whose="""JOIN annotator_rater r ON r.id = l.rater_id AND r.user_id = %(user)s
    JOIN annotator_membership m ON m.project_id = r.project_id AND m.user_id = r.user_id""",
)

READ = """
    SELECT
      (SELECT json_agg(json_build_array(l.item_id, l.rater_id, l.question_id, l.id, l.answer))
       FROM annotator_label l
       WHERE l.item_id = ANY(%(items)s) AND l.rater_id + 0 = ANY(%(raters)s)  -- by item, never by rater
         AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)),
      (SELECT json_agg(json_build_array(l.rater_id, l.idempotency_key, l.id, l.item_id, l.question_id,
                                        l.answer, l.note, l.flagged))
       FROM annotator_label l
       WHERE l.rater_id = ANY(%(raters)s) AND l.idempotency_key = ANY(%(keys)s)),
      (SELECT json_agg(json_build_array(c.queue_id, q.id, q.key,
                (SELECT json_agg(json_build_array(v.number, v.id)) FROM annotator_questionversion v
                 WHERE v.question_id = q.id)) ORDER BY c.position, c.id)
       FROM annotator_queuequestion c JOIN annotator_question q ON q.id = c.question_id
       WHERE c.queue_id = ANY(%(queues)s::uuid[])),
      ARRAY(SELECT nextval(pg_get_serial_sequence('annotator_label', 'id'))
            FROM generate_series(1, %(size)s))"""

PLACED = """
    placed AS (
        UPDATE annotator_place p
        SET owner_id = u.owner, lease_id = u.lease,
            lease_until = CASE WHEN u.owner IS NOT NULL AND NOT u.done
                               THEN clock_timestamp() + make_interval(secs => %(seconds)s) END,
            holder = CASE WHEN u.owner IS NULL THEN ''
                          WHEN %(holder)s <> '' OR p.owner_id IS DISTINCT FROM u.owner THEN %(holder)s
                          ELSE p.holder END,
            done_at = CASE WHEN u.done THEN clock_timestamp() END
        FROM unnest(%(place)s::bigint[], %(owner)s::bigint[], %(held)s::uuid[], %(done)s::bool[])
             AS u(id, owner, lease, done)
        WHERE p.id = u.id)"""
SETTLED = """
    settled AS (
        UPDATE annotator_label l SET surplus = u.surplus
        FROM unnest(%(settled_item)s::bigint[], %(settled_rater)s::bigint[], %(settled_surplus)s::bool[])
             AS u(item, rater, surplus)
        WHERE l.item_id = u.item AND l.rater_id = u.rater AND l.answer IN ('yes', 'no')
          AND l.surplus <> u.surplus)"""
INSERT = """
    INSERT INTO annotator_label
        (id, queue_id, item_id, question_id, question_version_id, rater_id, lease_id, answer, note,
         flagged, ms, idempotency_key, supersedes_id, surplus, imported, created_at)
    SELECT u.*, false, clock_timestamp()
    FROM unnest(%(id)s::bigint[], %(queue)s::uuid[], %(item)s::bigint[], %(question)s::bigint[],
                %(version)s::bigint[], %(rater)s::bigint[], %(lease)s::uuid[], %(answer)s::text[],
                %(note)s::text[], %(flagged)s::bool[], %(ms)s::int[], %(key)s::text[],
                %(supersedes)s::bigint[], %(surplus)s::bool[]) AS u"""
COLUMNS = list(NewRow.__dataclass_fields__)


def lock(leases: Collection[UUID], by: Rater | User) -> tuple[dict[UUID, LeaseRow], dict[int, list[Seat]]]:
    """The leases that are this rater's, and all places of their items, locked till the end."""
    facts: dict[str, Any] = {"leases": list(leases)}
    if isinstance(by, User):
        statement = BY_USER
        facts |= {"user": by.pk, "roles": [Role.OWNER.value, Role.ANNOTATOR.value]}
    else:
        statement, facts["rater"] = BY_RATER, by.pk
    found: dict[UUID, LeaseRow] = {}
    seats: dict[int, dict[int, Seat]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        for lease, queue, item, rater, may, place, owner, done, lapsed in cursor.fetchall():
            found[lease] = LeaseRow(queue, item, rater, may)
            seats.setdefault(item, {}).setdefault(place, Seat(place, owner, done, lapsed))
    return found, {item: list(by_place.values()) for item, by_place in seats.items()}


def read(leases: Collection[LeaseRow], keys: Sequence[str]) -> Read:
    """What stands already, read after the lock: a statement of its own, with a newer snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            READ,
            {
                "items": [lease.item for lease in leases],
                "raters": list({lease.rater for lease in leases}),
                "queues": list({lease.queue for lease in leases}),
                "keys": list(keys),
                "size": len(keys),
            },
        )
        given, stored, chains, ids = cursor.fetchone()
    return Read(_given(given), _stored(stored), _chains(chains), ids)


def _given(rows: Iterable[Any] | None) -> dict[tuple[int, int], dict[int, Given]]:
    given: dict[tuple[int, int], dict[int, Given]] = {}
    for item, rater, question, label, answer in rows or ():
        given.setdefault((item, rater), {})[question] = Given(label, answer)
    return given


def _stored(rows: Iterable[Any] | None) -> dict[tuple[int, str], StoredRow]:
    return {(rater, key): StoredRow(label, tuple(content)) for rater, key, label, *content in rows or ()}


def _chains(rows: Iterable[Any] | None) -> dict[UUID, dict[str, QuestionRow]]:
    chains: dict[UUID, dict[str, QuestionRow]] = {}
    for queue, question, key, versions in rows or ():
        chains.setdefault(UUID(queue), {})[key] = QuestionRow(question, key, dict(versions))
    return chains


def write(
    rows: Sequence[NewRow], places: Sequence[PlaceRow], settled: Sequence[Settled], holder: str
) -> None:
    """Store the labels and what they do to places and to earlier answers, in one statement."""
    parts: list[str] = []
    facts: dict[str, Any] = dict(zip(COLUMNS, _columns(rows), strict=True))
    if places:
        parts.append(PLACED)
        facts |= dict(zip(("place", "owner", "held", "done"), _columns(places), strict=True))
        facts |= {"seconds": settings.LEASE_SECONDS, "holder": holder}
    if settled:
        parts.append(SETTLED)
        names = ("settled_item", "settled_rater", "settled_surplus")
        facts |= dict(zip(names, _columns(settled), strict=True))
    with connection.cursor() as cursor:
        cursor.execute((f"WITH {', '.join(parts)}" if parts else "") + INSERT, facts)


def _columns(rows: Sequence[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*map(astuple, rows), strict=True)]

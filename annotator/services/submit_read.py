"""What a submit reads: the places that it locks, and what stands already."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotator.chain_rules import Step
from annotator.labeling_rules import Given, Seat
from annotator.marks import PARTS, Mark, from_json
from annotator.mirrors import mirror_of
from annotator.models import Rater, Role, User
from annotator.queries.prepared import prepared_cursor


@dataclass(frozen=True)
class LeaseRow:
    queue: UUID
    item: int
    rater: int
    may_label: bool
    hidden_share: float | None  # as in force when it was shown
    random_share: float | None


@dataclass(frozen=True)
class QuestionRow:
    id: int
    key: str
    versions: dict[int, int]  # number: id

    @property
    def newest(self) -> int:
        return max(self.versions)


@dataclass(frozen=True)
class QueueRow:
    """What a queue wants of its answers. `questions` by key, in order."""

    kind: str
    seed: int
    by_pass: bool
    marks: bool
    hidden_share: float
    gold_rate: float
    mirror_share: float
    adjudicates: bool
    origin: str
    questions: dict[str, QuestionRow]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class ItemRow:
    """`mirror_of`: the pair that this one repeats. `prelabeled`: questions with a pre-label.

    `lengths` are of the payloads that are strings, read only where marks came.
    """

    external_id: str
    mirror_of: int | None
    variants: tuple[str, str]  # left, right
    prelabeled: frozenset[int]
    lengths: dict[str, int | None]


@dataclass(frozen=True)
class StoredRow:
    """A label by its idempotency key. `content`: what makes it the same answer again."""

    id: int
    content: tuple[int, int, str, str, bool, tuple[Mark, ...]]


@dataclass(frozen=True)
class Read:
    given: dict[tuple[int, int], dict[int, Given]]  # by item and rater, by question
    stored: dict[tuple[int, str], StoredRow]
    queues: dict[UUID, QueueRow]
    items: dict[int, ItemRow]
    kinds: frozenset[str]  # keys of defect kinds; read only where marks came
    ids: list[int]


# All places of the items, in one order for everybody, so that two batches cannot deadlock.
LOCK = """
    SELECT l.id, p.queue_id, p.item_id, l.rater_id, {may_label},
           s.id, s.owner_id, s.done_at IS NOT NULL, coalesce(s.lease_until <= clock_timestamp(), true),
           s.extra, l.hidden_share, l.random_share
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
                                        l.answer, l.note, l.flagged, l.marks))
       FROM annotator_label l
       WHERE l.rater_id = ANY(%(raters)s) AND l.idempotency_key = ANY(%(keys)s)),
      (SELECT json_agg(json_build_array(u.id, u.kind, u.seed, u.by_pass, u.marks, u.hidden_share,
                                        u.gold_rate, u.mirror_share, u.adjudicates_id IS NOT NULL, u.origin,
         (SELECT json_agg(json_build_array(q.id, q.key, q.kind, c.after_id, c.after_answer, c.stops_on,
                (SELECT json_agg(json_build_array(v.number, v.id)) FROM annotator_questionversion v
                 WHERE v.question_id = q.id)) ORDER BY c.position, c.id)
          FROM annotator_queuequestion c JOIN annotator_question q ON q.id = c.question_id
          WHERE c.queue_id = u.id)))
       FROM annotator_queue u WHERE u.id = ANY(%(queues)s::uuid[])),
      (SELECT json_agg(json_build_array(i.id, i.queue_id, i.external_id, i.copy_of_id, i.left_variant, i.right_variant,
         (SELECT json_agg(b.question_id) FROM annotator_prelabel b WHERE b.item_id = i.id), {lengths}))
       FROM annotator_item i WHERE i.id = ANY(%(items)s)),
      {kinds},
      ARRAY(SELECT nextval(pg_get_serial_sequence('annotator_label', 'id'))
            FROM generate_series(1, %(size)s))"""
WITHOUT_MARKS = READ.format(lengths="NULL", kinds="NULL::json")
WITH_MARKS = READ.format(
    lengths="json_build_array({})".format(
        ", ".join(
            f"CASE WHEN json_typeof(i.{part}) = 'string' THEN char_length(i.{part} #>> '{{}}') END"
            for part in PARTS
        )
    ),
    kinds="""(SELECT json_agg(k.key) FROM annotator_defectkind k
              WHERE k.project_id IN (SELECT u.project_id FROM annotator_queue u
                                     WHERE u.id = ANY(%(queues)s::uuid[])))""",
)


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
    with prepared_cursor() as cursor:
        cursor.execute(statement, facts)
        for lease, queue, item, rater, may, place, owner, done, lapsed, extra, *shares in cursor.fetchall():
            found[lease] = LeaseRow(queue, item, rater, may, *shares)
            seats.setdefault(item, {}).setdefault(place, Seat(place, owner, done, lapsed, extra))
    return found, {item: list(by_place.values()) for item, by_place in seats.items()}


def read(leases: Collection[LeaseRow], keys: Sequence[str], *, marks: bool) -> Read:
    """What stands already, read after the lock: a statement of its own, with a newer snapshot."""
    with prepared_cursor() as cursor:
        cursor.execute(
            WITH_MARKS if marks else WITHOUT_MARKS,
            {
                "items": [lease.item for lease in leases],
                "raters": list({lease.rater for lease in leases}),
                "queues": list({lease.queue for lease in leases}),
                "keys": list(keys),
                "size": len(keys),
            },
        )
        given, stored, queues, items, kinds, ids = cursor.fetchone()
    known = _queues(queues)
    return Read(_given(given), _stored(stored), known, _items(items, known), frozenset(kinds or ()), ids)


def _given(rows: Iterable[Any] | None) -> dict[tuple[int, int], dict[int, Given]]:
    given: dict[tuple[int, int], dict[int, Given]] = {}
    for item, rater, question, label, answer in rows or ():
        given.setdefault((item, rater), {})[question] = Given(label, answer)
    return given


def _stored(rows: Iterable[Any] | None) -> dict[tuple[int, str], StoredRow]:
    return {
        (rater, key): StoredRow(label, (item, question, answer, note, flagged, from_json(marks)))
        for rater, key, label, item, question, answer, note, flagged, marks in rows or ()
    }


def _queues(rows: Iterable[Any] | None) -> dict[UUID, QueueRow]:
    return {UUID(queue): _queue(wants, chain or ()) for queue, *wants, chain in rows or ()}


def _queue(wants: Sequence[Any], chain: Sequence[Any]) -> QueueRow:
    """`wants`: the queue's own columns in the order of QueueRow."""
    steps = tuple(Step(one, kind, after, said, stops) for one, _, kind, after, said, stops, _ in chain)
    questions = {key: QuestionRow(one, key, dict(versions)) for one, key, *_, versions in chain}
    return QueueRow(**dict(zip(QueueRow.__dataclass_fields__, (*wants, questions, steps), strict=True)))


def _items(rows: Iterable[Any] | None, queues: dict[UUID, QueueRow]) -> dict[int, ItemRow]:
    return {
        item: ItemRow(
            external_id,
            mirror_of(copy_of, adjudicates=queues[UUID(queue)].adjudicates),
            (left, right),
            frozenset(prelabeled or ()),
            dict(zip(PARTS, lengths or (), strict=False)),
        )
        for item, queue, external_id, copy_of, left, right, prelabeled, lengths in rows or ()
    }

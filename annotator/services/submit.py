"""Taking answers in: lock the items, read the facts, judge each answer, write once.

Three statements however many answers come: the rules are in `labeling_rules`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from annotator import chance
from annotator import labeling_rules as rules
from annotator import marks as spans
from annotator.models import Queue, QueueKind, Rater, User
from annotator.queries.revealed import others_of
from annotator.services import beside
from annotator.services import submit_effects as effects
from annotator.services import submit_read as sql
from annotator.services.collisions import begins_anew
from annotator.services.submit_write import Golden, Mirrored, NewRow, PlaceRow, write


@dataclass(frozen=True)
class Sent:
    """One answer as it arrived, well-formed. `question` is a key; `lease` tells item and rater."""

    lease: UUID
    question: str
    answer: str
    idempotency_key: str
    ms: int | None = None
    wait_ms: int | None = None
    note: str = ""
    flagged: bool = False
    question_version: int | None = None  # the wording that was shown; without it, the newest
    supersedes: int | None = None  # the label that the sender takes for the newest
    marks: tuple[spans.Mark, ...] = ()
    beside: Mapping[str, Any] | None = None  # what queues of some origins take: see services.beside


@dataclass(frozen=True)
class Result:
    """`state`: counted, surplus, skipped, undone, repeated or refused.

    `revealed`: what was hidden before the answer. Of a pair {"left", "right"}: what made them; of
    an adjudicated item {"others"}: what the raters said.
    """

    idempotency_key: str
    status: int
    state: str
    label: int | None = None
    error: str = ""
    standing: rules.Given | None = None
    revealed: Mapping[str, Any] | None = None


@dataclass
class _Batch:
    """What was read under the lock, and what is to be written."""

    leases: dict[UUID, sql.LeaseRow]
    read: sql.Read
    facts: dict[tuple[int, int], rules.Facts]  # by item and rater
    closed: Collection[UUID] = ()  # queues; read only where something is taken back
    rows: list[NewRow] = field(default_factory=list)
    beside: dict[int, Mapping[str, Any]] = field(default_factory=dict)  # by label
    seated: dict[int, UUID] = field(default_factory=dict)  # by place: the lease that it is held by


@begins_anew  # the same key or history may be written elsewhere in this moment
@transaction.atomic
def submit(*, answers: Sequence[Sent], by: Rater | User, holder: str = "") -> list[Result]:
    """Store what can be stored; one result for each answer, in order.

    `by` is the rater itself, or a person, whose leases in any project are then good while
    that person may label there. `holder` gets what an undo gives back.
    """
    leases, seats = sql.lock({answer.lease for answer in answers}, by)
    batch = _read(answers, leases, seats)
    results = [_judge(batch, answer) for answer in answers]
    if batch.rows:
        effects.settle(batch.rows, batch.facts)
        write(batch.rows, [*_places(batch), *effects.settled(batch.facts), *_extras(batch)], holder)
        _take_beside(batch)
    return _revealing(batch, answers, results)


def _read(
    answers: Sequence[Sent], leases: dict[UUID, sql.LeaseRow], seats: dict[int, list[rules.Seat]]
) -> _Batch:
    if not leases:
        return _Batch(leases, sql.Read({}, {}, {}, {}, frozenset(), []), {})
    keys = [answer.idempotency_key for answer in answers]
    read = sql.read(leases.values(), keys, marks=any(answer.marks for answer in answers))
    facts = {}
    for lease in leases.values():
        queue = read.queues[lease.queue]
        given = read.given.get((lease.item, lease.rater), {})
        facts[lease.item, lease.rater] = rules.Facts(
            lease.rater, queue.steps, seats[lease.item], given, queue.by_pass
        )
    undoes = any(answer.answer == "undo" for answer in answers)
    return _Batch(leases, read, facts, closed=_closed(read.queues) if undoes else ())


def _closed(queues: Collection[UUID]) -> set[UUID]:
    return set(Queue.objects.filter(pk__in=queues, closed_at__isnull=False).values_list("pk", flat=True))


def _judge(batch: _Batch, sent: Sent) -> Result:
    lease = batch.leases.get(sent.lease)
    if lease is None:
        return _refused(sent, 409, "This item was never leased to you: claim it first.")
    if not lease.may_label:
        return _refused(sent, 403, "Your role in this project does not allow labeling any more.")
    asked = batch.read.queues[lease.queue].questions.get(sent.question)
    if asked is None:
        return _refused(sent, 422, "There is no such question in this queue.")
    content = _content(lease, asked.id, sent)
    if stored := batch.read.stored.get((lease.rater, sent.idempotency_key)):
        if stored.content == content:
            return Result(sent.idempotency_key, 200, "repeated", stored.id)
        return _refused(sent, 422, "This idempotency key was used for another answer.")
    version = asked.versions.get(sent.question_version or asked.newest)
    if version is None:
        return _refused(sent, 422, f"Question “{asked.key}” has no version {sent.question_version}.")
    if sent.beside is not None and (fault := _beside_fault(batch.read.queues[lease.queue], sent.beside)):
        return _refused(sent, 422, fault)
    if sent.marks and (fault := _marks_fault(batch, lease, sent)):
        return _refused(sent, 422, fault)
    if sent.answer == "undo" and (kept := _kept(batch, lease, asked.id)):
        error = _("This queue is closed: your answer stays. Ask an owner to open it, then take it back.")
        return _refused(sent, 409, error, kept)
    return _decide(batch, sent, lease, asked.id, version)


def _decide(batch: _Batch, sent: Sent, lease: sql.LeaseRow, question: int, version: int) -> Result:
    facts = batch.facts[lease.item, lease.rater]
    label = batch.read.ids[len(batch.rows)]
    verdict = rules.decide(facts, label=label, question=question, answer=sent.answer, edited=sent.supersedes)
    if isinstance(verdict, rules.Refused):
        return _refused(sent, verdict.status, verdict.error, verdict.standing)
    row = NewRow(
        id=label,
        queue=lease.queue,
        item=lease.item,
        question=question,
        version=version,
        rater=lease.rater,
        lease=sent.lease,
        answer=sent.answer,
        note=sent.note,
        flagged=sent.flagged,
        ms=sent.ms,
        wait_ms=sent.wait_ms,
        key=sent.idempotency_key,
        supersedes=verdict.supersedes,
        surplus=verdict.surplus,
    )
    row.swapped, row.prelabel_shown, row.chosen = _as_shown(batch, lease, question)
    if marks := spans.as_json(sent.marks):
        row.marks = json.dumps(marks)
    batch.rows.append(row)
    if sent.beside is not None:
        batch.beside[label] = sent.beside
    content = _content(lease, question, sent)
    batch.read.stored[lease.rater, sent.idempotency_key] = sql.StoredRow(label, content)
    for seat in facts.seats:
        if seat.changed and seat.owner == lease.rater:
            batch.seated[seat.id] = sent.lease
    return Result(sent.idempotency_key, 201, verdict.state, label)


def _kept(batch: _Batch, lease: sql.LeaseRow, question: int) -> rules.Given | None:
    """The answer that stands for good, for its queue is closed: nobody could give another one."""
    given = batch.facts[lease.item, lease.rater].given.get(question)
    return given if lease.queue in batch.closed and given and given.stands else None


def _content(lease: sql.LeaseRow, question: int, sent: Sent) -> Any:
    return (lease.item, question, sent.answer, sent.note, sent.flagged, tuple(sorted(sent.marks)))


def _marks_fault(batch: _Batch, lease: sql.LeaseRow, sent: Sent) -> str:
    if not batch.read.queues[lease.queue].marks:
        return "Marks are not asked for in this queue."
    if sent.answer in rules.NO_ANSWERS:
        return "Marks belong to an answer."
    return spans.fault(sent.marks, batch.read.items[lease.item].lengths, batch.read.kinds)


def _beside_fault(queue: sql.QueueRow, said: Mapping[str, Any]) -> str:
    taken = beside.of(queue.origin)
    return taken.fault(said) if taken else "Nothing is taken beside an answer in this queue."


def _take_beside(batch: _Batch) -> None:
    """Give what came beside answers, and what ends what came before, to the app that made the queue."""
    for origin in {batch.read.queues[row.queue].origin for row in batch.rows}:
        taken = beside.of(origin)
        told = [
            beside.Told(row.item, row.rater, row.version, row.answer, batch.beside.get(row.id))
            for row in batch.rows
            if batch.read.queues[row.queue].origin == origin
            and taken
            and (taken.every or row.supersedes is not None or row.id in batch.beside)
        ]
        if taken and told:
            taken.take(told)


def _as_shown(batch: _Batch, lease: sql.LeaseRow, question: int) -> tuple[bool | None, bool | None, bool]:
    """How the item was shown to this rater, and whether a classifier chose it: chance tells it again."""
    queue, item = batch.read.queues[lease.queue], batch.read.items[lease.item]
    swapped = shown = None
    if queue.kind == QueueKind.PAIRWISE:
        swapped = chance.swapped(queue.seed, lease.item, lease.rater, mirror_of=item.mirror_of)
    if question in item.prelabeled:
        share = queue.hidden_share if lease.hidden_share is None else lease.hidden_share
        shown = not chance.hides_prelabel(queue.seed, lease.item, lease.rater, share)
    chosen = lease.random_share is not None and not chance.in_random_share(
        queue.seed, item.external_id, lease.random_share
    )
    return swapped, shown, chosen


def _extras(batch: _Batch) -> list[Mirrored | Golden]:
    """What comes of items that were finished just now, in queues that want it."""
    extras: list[Mirrored | Golden] = []
    finishing = {(row.item, row.rater): row for row in batch.rows if row.answer not in rules.NO_ANSWERS}
    for (item, rater), row in finishing.items():
        queue, seat = batch.read.queues[row.queue], batch.facts[item, rater].own_seat
        if seat is None or seat.extra or not (seat.changed and seat.done):
            continue
        if queue.mirror_share > 0:
            extras.append(Mirrored(item, rater, row.queue))
        if chance.draws_gold(queue.seed, item, rater, queue.gold_rate):
            extras.append(Golden(row.queue, rater, item, row.question))
    return extras


def _revealing(batch: _Batch, answers: Sequence[Sent], results: Sequence[Result]) -> list[Result]:
    """The results with what the rater may see now that the answers are stored."""
    stored = [
        (sent, result, batch.leases[sent.lease])
        for sent, result in zip(answers, results, strict=True)
        if result.state in {"counted", "surplus", "repeated"} and sent.answer not in rules.NO_ANSWERS
    ]
    decided = {
        (lease.item, batch.read.queues[lease.queue].questions[sent.question].id)
        for sent, _, lease in stored
        if batch.read.queues[lease.queue].adjudicates
    }
    others = others_of(decided, next((lease.rater for *_, lease in stored), None))
    told = {id(result): _revealed(batch, sent, lease, others) for sent, result, lease in stored}
    return [replace(result, revealed=told.get(id(result)) or None) for result in results]


def _revealed(
    batch: _Batch, sent: Sent, lease: sql.LeaseRow, others: Mapping[tuple[int, int], Any]
) -> dict[str, Any]:
    queue, item = batch.read.queues[lease.queue], batch.read.items[lease.item]
    revealed: dict[str, Any] = {}
    complete = batch.facts[lease.item, lease.rater].complete  # else the same pair is asked about again
    if queue.kind == QueueKind.PAIRWISE and complete and any(item.variants):
        revealed |= {"left": item.variants[0], "right": item.variants[1]}
    if queue.adjudicates:
        revealed["others"] = others[lease.item, queue.questions[sent.question].id]
    return revealed


def _places(batch: _Batch) -> list[PlaceRow]:
    return [
        PlaceRow(
            id=seat.id,
            owner=seat.owner,
            lease=batch.seated[seat.id] if seat.owner is not None else None,
            done=seat.done,
            parked=seat.parked,
        )
        for _, seat in effects.changed(batch.facts)
    ]


def _refused(sent: Sent, status: int, error: str, standing: rules.Given | None = None) -> Result:
    return Result(sent.idempotency_key, status, "refused", error=error, standing=standing)

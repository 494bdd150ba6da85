"""Asking again what was answered to an older wording.

Nothing is changed that somebody said: each such answer is taken back by a row of its own in its
rater's history, and the place that it filled opens again.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction

from annotator.chain_rules import hangs_on
from annotator.models import Job, JobState, Question, QuestionVersion, Queue, User
from annotator.queries.chains import chain_of, steps_of
from annotator.queries.stale import STALE, stale_count
from annotator.services import jobs

KIND = "annotator.ask_again"
KEY = "asked-again:"  # with the id of the label that it takes back: twice is once
CHUNK = 200  # answers; the places of their items are locked for so long

# Each of these runs in one transaction, in this order.
FIND = f"""
    SELECT l.id, l.item_id {STALE} AND v.number < %(version)s AND l.id > %(after)s
    ORDER BY l.id LIMIT %(size)s"""

# In the order that everybody keeps: see submit_sql.
LOCK = """
    SELECT p.id FROM annotator_place p WHERE p.item_id = ANY(%(items)s::bigint[])
    ORDER BY p.item_id, p.n FOR UPDATE"""

# What still stands under the lock, and with it the same rater's answers to the questions that hang
# on this one. The rows have no lease: nobody's screen sent them.
TAKE_BACK = f"""
    WITH old AS (
        SELECT l.id, l.item_id, l.rater_id {STALE} AND v.number < %(version)s AND l.id = ANY(%(labels)s::bigint[])),
    taken AS (
        SELECT id FROM old
        UNION
        SELECT l.id FROM old JOIN annotator_label l ON l.item_id = old.item_id AND l.rater_id = old.rater_id
        WHERE l.question_id = ANY(%(hanging)s::bigint[]) AND l.answer NOT IN ('skip', 'undo')
          AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id))
    INSERT INTO annotator_label
        (queue_id, item_id, question_id, question_version_id, rater_id, answer, note, flagged,
         idempotency_key, supersedes_id, surplus, imported, by_id, created_at)
    SELECT l.queue_id, l.item_id, l.question_id,
           CASE WHEN l.question_id = %(question)s THEN %(version_id)s ELSE l.question_version_id END,
           l.rater_id, 'undo', %(note)s, false, '{KEY}' || l.id, l.id, false, false, %(by)s, clock_timestamp()
    FROM annotator_label l JOIN taken ON taken.id = l.id
    ORDER BY l.id
    ON CONFLICT (rater_id, idempotency_key) DO NOTHING
    RETURNING item_id, rater_id, question_id"""  # noqa: S608 - constants only

# A place that is in somebody's hands is not done: it stays where it is. An extra one stays its
# owner's, with a lease that is over.
OPEN = """
    UPDATE annotator_place p
    SET owner_id = CASE WHEN p.extra THEN p.owner_id END,
        lease_id = CASE WHEN p.extra THEN p.lease_id END,
        lease_until = CASE WHEN p.extra THEN clock_timestamp() END,
        holder = '', done_at = NULL
    FROM unnest(%(item)s::bigint[], %(rater)s::bigint[]) AS u(item, rater)
    WHERE p.item_id = u.item AND p.owner_id = u.rater AND p.done_at IS NOT NULL
    RETURNING u.item, u.rater, p.extra"""

# Who owns no place of an item any more has only surplus answers there: see labeling_rules.
SETTLE = """
    UPDATE annotator_label l SET surplus = true
    FROM unnest(%(item)s::bigint[], %(rater)s::bigint[]) AS u(item, rater)
    WHERE l.item_id = u.item AND l.rater_id = u.rater AND l.answer NOT IN ('skip', 'undo')
      AND NOT l.surplus AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""


class NotNow(Exception):
    """Nothing is asked again, for a reason: `closed` or `nothing`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def ask_again(*, queue: Queue, question: Question, by: User | None = None) -> Job:
    """The job that does it; the one there is, if it was asked for already. Ring for it at the edge."""
    if queue.closed_at is not None:
        raise NotNow("closed")
    newest = question.versions.order_by("-number").first()
    count, last = stale_count(queue, question, newest.number) if newest else (0, 0)
    if newest is None or not count:
        raise NotNow("nothing")
    job = jobs.ask(
        kind=KIND,
        key=f"queue {queue.pk}, question {question.pk}, version {newest.number}, {count} labels to {last}",
        project=queue.project_id,
        arguments={"queue": str(queue.pk), "question": question.pk, "version": newest.number},
        by=by,
    )
    if job.state in {JobState.FAILED, JobState.CANCELLED}:
        return jobs.retry(job=job) or job
    return job


def again(*, queue: Queue, version: QuestionVersion, by: User | None, after: int = 0) -> tuple[int, int]:
    """Ask the next few again: how many, and the label to go on after; 0 when there are no more.

    Inside the caller's transaction. An answer that was changed meanwhile is left alone.
    """
    facts = _facts(queue, version, by) | {"after": after, "size": CHUNK}
    with connection.cursor() as cursor:
        cursor.execute(FIND, facts)
        found = cursor.fetchall()
    if not found:
        return 0, 0
    taken = _take_back(facts, found)
    return sum(question == version.question_id for _, _, question in taken), found[-1][0]


@transaction.atomic
def take_back(*, queue: Queue, version: QuestionVersion, labels: Sequence[tuple[int, int]]) -> set[int]:
    """Of these (label, its item) those to an older wording, and what hangs on them. Returns the items."""
    return {item for item, *_ in _take_back(_facts(queue, version, None), labels)}


def _facts(queue: Queue, version: QuestionVersion, by: User | None) -> dict[str, Any]:
    return {
        "queues": [queue.pk],
        "questions": [version.question_id],
        "question": version.question_id,
        "hanging": list(hangs_on(steps_of(chain_of(queue)), version.question_id)),
        "version": version.number,
        "version_id": version.pk,
        "note": f"asked again: version {version.number}",
        "by": by.pk if by else None,
    }


def _take_back(facts: dict[str, Any], labels: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(item, rater, question) of each answer that was taken back. `labels`: each with its item."""
    facts |= {"labels": [label for label, _ in labels], "items": list({item for _, item in labels})}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, facts)
        cursor.execute(TAKE_BACK, facts)
        taken: list[tuple[int, int, int]] = cursor.fetchall()
        cursor.execute(OPEN, _pairs({(item, rater) for item, rater, _ in taken}))
        freed = [(item, rater) for item, rater, extra in cursor.fetchall() if not extra]
        if freed:
            cursor.execute(SETTLE, _pairs(freed))
    return taken


def _pairs(rows: Collection[tuple[int, int]]) -> dict[str, list[int]]:
    return {"item": [item for item, _ in rows], "rater": [rater for _, rater in rows]}

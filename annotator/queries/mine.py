"""How far one person is in a queue.

Gold items and mirrored pairs count like all others: a counter that passes over them, or a total
that grows when one comes, would tell which they are. So the total holds from the beginning those
that are still to be drawn: chance has decided about them already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from annotator.chance import draws_gold
from annotator.models import Answer, Place, Queue, User
from annotator.queries.chains import Asked
from annotator.queries.labels import current_labels, newest_labels
from annotator.queries.queues import Progress

PAYLOADS = ("item__input", "item__output", "item__context", "item__metadata")
MOST = 10_000  # counting further would cost a page more than the number is worth

_ME = "(SELECT r.id FROM annotator_rater r WHERE r.project_id = %(project)s AND r.user_id = %(user)s)"
_STANDS = "NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"

# One row: the rater, or null; items done; of the extra places (gold and copies): done, of these those
# that as many people have done as any item, skipped, open; whether any item is still asked; gold items
# that this rater can still get (see services/submit_write.py); answers to gold and to copies.
OWN = f"""
    WITH me AS MATERIALIZED (SELECT {_ME} AS id),
    extra AS MATERIALIZED (
        SELECT p.item_id, p.done_at IS NOT NULL AS done, EXISTS (
                   SELECT FROM annotator_label l
                   WHERE l.item_id = p.item_id AND l.rater_id = p.owner_id AND l.answer = 'skip' AND {_STANDS}
               ) AS skipped
        FROM annotator_place p
        WHERE p.queue_id = %(queue)s AND p.extra AND p.owner_id = (SELECT id FROM me)),
    tests AS MATERIALIZED (
        SELECT i.id FROM annotator_item i WHERE i.queue_id = %(queue)s AND i.gold IS NOT NULL
        UNION SELECT e.item_id FROM extra e JOIN annotator_item i ON i.id = e.item_id
              WHERE i.copy_of_id IS NOT NULL)
    SELECT (SELECT id FROM me),
           (SELECT count(*) FROM (
                SELECT FROM annotator_place p
                WHERE p.queue_id = %(queue)s AND p.owner_id = (SELECT id FROM me)
                  AND p.done_at IS NOT NULL AND NOT p.extra LIMIT %(most)s) found),
           count(*) FILTER (WHERE done AND NOT skipped),
           count(*) FILTER (WHERE done AND NOT skipped AND %(overlap)s <= (
                SELECT count(o.done_at) FROM annotator_place o WHERE o.item_id = extra.item_id)),
           count(*) FILTER (WHERE done AND skipped),
           count(*) FILTER (WHERE NOT done),
           EXISTS (SELECT FROM annotator_place p
                   WHERE p.queue_id = %(queue)s AND p.done_at IS NULL AND NOT p.extra),
           (SELECT count(*) FROM annotator_item i
            WHERE i.queue_id = %(queue)s AND i.gold IS NOT NULL AND NOT i.held
              AND NOT EXISTS (SELECT FROM annotator_place o
                              WHERE o.item_id = i.id AND o.owner_id = (SELECT id FROM me))
              AND NOT EXISTS (SELECT FROM annotator_label l
                              WHERE l.item_id = i.id AND l.rater_id = (SELECT id FROM me))),
           (SELECT count(*) FROM tests JOIN annotator_label l ON l.item_id = tests.id
            WHERE l.rater_id = (SELECT id FROM me) AND l.answer NOT IN ('skip', 'undo') AND {_STANDS})
    FROM extra"""  # noqa: S608 - constants only

LEFT = f"""
    SELECT DISTINCT p.position, p.item_id FROM annotator_place p
    WHERE p.queue_id = %(queue)s AND p.done_at IS NULL AND NOT p.extra
      AND NOT EXISTS (SELECT FROM annotator_place o
                      WHERE o.item_id = p.item_id AND o.owner_id = {_ME} AND o.done_at IS NOT NULL)
    ORDER BY p.position, p.item_id LIMIT %(most)s"""  # noqa: S608
COUNTED = f"SELECT count(*) FROM ({LEFT}) found"  # noqa: S608

# An item that was answered and taken back has drawn already.
DRAWING = f"""
    SELECT f.item_id,
           EXISTS (SELECT FROM annotator_label l
                   WHERE l.item_id = f.item_id AND l.rater_id = {_ME} AND l.answer NOT IN ('skip', 'undo')
                     AND NOT {_STANDS}),
           (SELECT count(*) FROM annotator_item c
            WHERE c.copy_of_id = f.item_id AND c.queue_id = %(queue)s
              AND NOT EXISTS (SELECT FROM annotator_place o WHERE o.item_id = c.id AND o.owner_id = {_ME}))
    FROM ({LEFT}) f"""  # noqa: S608


@dataclass(frozen=True)
class Mine:
    """Items this person has answered and can still answer. `more`: counting stopped at MOST."""

    answered: int
    left: int

    @property
    def total(self) -> int:
        return self.answered + self.left

    @property
    def more(self) -> bool:
        return self.left > MOST or self.answered > MOST


@dataclass(frozen=True)
class _Own:
    rater: int | None
    done: int
    tests_done: int
    tests_whole: int
    skipped: int
    open: int
    asked: bool
    gold: int
    test_labels: int

    @property
    def settled(self) -> bool:
        """Nothing waits: an item that was skipped is nobody's any more."""
        return not self.asked and not self.open


def progress_for(queue: Queue, user: User) -> Mine:
    """Two queries, each over at most MOST items."""
    own, facts = _own(queue, user), _facts(queue, user)
    left, drawn = _left(queue, own, facts)
    waiting = own.open + (0 if own.settled else own.skipped)
    answered = min(own.done + own.tests_done, MOST + 1)  # beyond it nothing is counted: gold neither
    return Mine(answered=answered, left=left if left > MOST else left + drawn + waiting)


def progress_by_pass(queue: Queue, user: User, questions: int) -> Mine:
    """The same counted in answers, where an item comes once for each question. Four queries.

    Of an item that is answered nothing is left, however few of its questions were asked.
    """
    items = progress_for(queue, user)
    given = current_labels(queue).filter(rater__user=user)
    by_me = Place.objects.filter(item=OuterRef("item"), owner__user=user, done_at__isnull=False)
    begun = given.exclude(Exists(by_me)).values("pk")[: MOST + 1].count()
    answered = given.values("pk")[: MOST + 1].count()
    return Mine(answered=answered, left=max(items.left * questions - begun, 0))


def progress_seen_by(queue: Queue, user: User, progress: Progress) -> Progress:
    """How far the queue is for one who should not know what is gold or a copy: what this person gets of
    them counts like all other items."""
    own, facts = _own(queue, user), _facts(queue, user)
    left, drawn = _left(queue, own, facts)
    if left > MOST:
        drawn = own.gold + _copies(queue, facts)  # all there are: a total that stays the same as well
    gone = own.skipped if own.settled else 0  # as if somebody else had answered it
    done = own.tests_done + gone
    tests = own.tests_done + own.skipped + own.open + drawn
    return replace(
        progress,
        items=progress.items + tests,
        done_items=progress.done_items + (done if own.settled else own.tests_whole),
        places=progress.places + tests,
        done_places=progress.done_places + done,
        labels=progress.labels + own.test_labels,
    )


def _facts(queue: Queue, user: User) -> dict[str, Any]:
    return {
        "queue": queue.pk,
        "project": queue.project_id,
        "user": user.pk,
        "overlap": queue.overlap,
        "most": MOST + 1,
    }


def _own(queue: Queue, user: User) -> _Own:
    with connection.cursor() as cursor:
        cursor.execute(OWN, _facts(queue, user))
        return _Own(*cursor.fetchone())


def _left(queue: Queue, own: _Own, facts: dict[str, Any]) -> tuple[int, int]:
    """Items that this person can still answer, and how many gold items and copies come of that."""
    with connection.cursor() as cursor:
        if not queue.tests_people:
            cursor.execute(COUNTED, facts)
            return cursor.fetchone()[0], 0
        cursor.execute(DRAWING, facts)
        rows = cursor.fetchall()
    rater = own.rater or 0  # who was never here: about as many
    draws = sum(
        not again and draws_gold(queue.seed, item, rater, queue.gold_rate) for item, again, _copies in rows
    )
    copies = sum(copies for _item, _again, copies in rows) if queue.mirror_share > 0 else 0
    return len(rows), min(draws, own.gold) + copies


def _copies(queue: Queue, facts: dict[str, Any]) -> int:
    """Mirrored pairs that this person has not had, in all of the queue."""
    if queue.mirror_share == 0:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FROM annotator_item c
                WHERE c.queue_id = %(queue)s AND c.copy_of_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM annotator_place o
                                  WHERE o.item_id = c.id AND o.owner_id = {_ME})""",  # noqa: S608
            facts,
        )
        found: int = cursor.fetchone()[0]
    return found


RECENT = 2000  # of a queue's labels, looked through for a person's skips


def skipped_by(user: User, queue: Queue, chain: Sequence[Asked]) -> list[dict[str, Any]]:
    """What this person skipped lately and has not come back to, the oldest first.

    As static/js/label/past.js keeps an answer: the screen can take each of them back.
    """
    lately = queue.labels.order_by("-pk").values("pk")[:RECENT]
    found = newest_labels(queue).filter(
        pk__in=lately, rater__user=user, answer=Answer.SKIP, lease__isnull=False
    )
    at = {asked.key: n for n, asked in enumerate(chain)}
    return [
        {
            "item": None,
            "lease": str(label.lease_id),
            "external_id": label.item.name_for_raters(queue),
            "at": at[label.question.key],
            "question": label.question.key,
            "answer": label.answer,
            "note": label.note,
            "flagged": label.flagged,
        }
        for label in found.select_related("question", "item").defer(*PAYLOADS).order_by("pk")
        if label.question.key in at
    ]

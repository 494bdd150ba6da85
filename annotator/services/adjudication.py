"""Adjudication: what people disagree on is asked once more, of whoever decides.

The adjudication queue asks the same questions of copies. A copy says nothing of what was answered
before: adjudicators answer first, and see the others' answers then.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from annotator.models import (
    Item,
    Place,
    QuestionVersion,
    Queue,
    QueuePerson,
    QueueQuestion,
    RaterKind,
    User,
)
from annotator.queries.agreement import STANDING, facts
from annotator.services.ask_again import take_back

ORIGIN = "adjudication"
CHUNK = 500
LONGEST_NAME = 120

# What a copy says like its original. Not why it came, nor how likely: it was not drawn by chance.
COPIED = (
    "external_id",
    "input",
    "output",
    "left",
    "right",
    "left_variant",
    "right_variant",
    "context",
    "error",
    "metadata",
    "origin",
)

# Questions of items to which people give different answers, and the newest wording that they answered.
DIFFERING = f"""
    SELECT standing.item_id, standing.question_id, max(v.number) AS version FROM ({STANDING}) standing
    JOIN annotator_questionversion v ON v.id = standing.question_version_id
    GROUP BY 1, 2 HAVING min(answer) <> max(answer)"""  # noqa: S608 - constants only

# Nobody is to be asked any more, and it is not to be decided yet: it was never sent, or was taken
# out again. Scalar subqueries, so that one item at a time is looked up, whatever the planner knows
# of the tables. A copy is known by its id, for somebody may have put one there.
DISPUTED = f"""
    WITH differing AS MATERIALIZED ({DIFFERING})
    SELECT d.item_id FROM (SELECT DISTINCT item_id FROM differing) d
    WHERE (%(closed)s OR (SELECT count(*) FROM annotator_place p
                          WHERE p.item_id = d.item_id AND NOT p.extra AND p.done_at IS NULL) = 0)
      AND (SELECT count(*) FROM annotator_item c LEFT JOIN annotator_place p ON p.item_id = c.id
           WHERE c.queue_id = %(into)s AND (p.id IS NOT NULL OR c.copy_of_id IS DISTINCT FROM d.item_id)
             AND c.external_id = (
               SELECT i.external_id FROM annotator_item i WHERE i.id = d.item_id)) = 0
    ORDER BY (SELECT i.position FROM annotator_item i WHERE i.id = d.item_id), d.item_id"""  # noqa: S608

# Decided when people had answered an older wording, and they differ about the newer one.
OVERTAKEN = f"""
    WITH differing AS MATERIALIZED ({DIFFERING})
    SELECT l.id, l.item_id, l.question_id FROM differing d
    JOIN annotator_item c ON c.copy_of_id = d.item_id AND c.queue_id = %(into)s
    JOIN annotator_label l ON l.item_id = c.id AND l.question_id = d.question_id
    JOIN annotator_questionversion v ON v.id = l.question_version_id
    WHERE v.number < d.version AND l.answer NOT IN ('skip', 'undo')
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    ORDER BY l.id"""  # noqa: S608

# People agree by now, or are asked again: there is nothing to decide. What was handed out once stays,
# for an answer may be on its way.
SETTLED = f"""
    WITH differing AS MATERIALIZED ({DIFFERING})
    DELETE FROM annotator_place WHERE id IN (
        SELECT p.id FROM annotator_place p JOIN annotator_item c ON c.id = p.item_id
        WHERE p.queue_id = %(into)s AND p.owner_id IS NULL AND p.done_at IS NULL
          AND c.copy_of_id IS NOT NULL AND c.copy_of_id NOT IN (SELECT item_id FROM differing)
          AND NOT EXISTS (SELECT FROM annotator_lease t WHERE t.place_id = p.id)
          AND NOT EXISTS (SELECT FROM annotator_label l WHERE l.item_id = c.id)
        ORDER BY p.item_id, p.n FOR UPDATE OF p SKIP LOCKED)"""  # noqa: S608


@transaction.atomic
def make_adjudication(*, queue: Queue, people: Iterable[User] = (), by: User | None = None) -> Queue:
    """The queue that decides this one's disagreements, made now if there is none.

    With `people` only they may label in it, else every labeler of the project.
    """
    Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)  # two clicks make one
    if (known := adjudication_of(queue)) is not None:
        return known
    chosen = list(people)
    made = Queue.objects.create(
        project_id=queue.project_id,
        name=(_("Adjudication: %(name)s") % {"name": queue.name})[:LONGEST_NAME],
        kind=queue.kind,
        marks=queue.marks,
        origin=ORIGIN,
        adjudicates=queue,
        restricted=bool(chosen),
        created_by=by,
    )
    for step in queue.chain.all():
        QueueQuestion.objects.create(
            queue=made,
            question_id=step.question_id,
            position=step.position,
            after_id=step.after_id,
            after_answer=step.after_answer,
            stops_on=step.stops_on,
        )
    QueuePerson.objects.bulk_create(QueuePerson(queue=made, user=person) for person in chosen)
    return made


def adjudication_of(queue: Queue) -> Queue | None:
    return Queue.objects.filter(adjudicates=queue).first()


def disputed(queue: Queue) -> int:
    """How many items `send` would send."""
    into = adjudication_of(queue)
    return len(_disputed(queue, into)) + len({item for _label, item, _question in _overtaken(queue, into)})


def send(queue: Queue) -> int:
    """Send what is disputed to the adjudication queue, each item once; returns how many were new.

    What is settled by now and nobody has looked at is taken out; what was decided about an older
    wording and is disputed about the newer one is asked again. Nothing while there is no such
    queue, or it is closed. In chunks, each in its own transaction.
    """
    into = adjudication_of(queue)
    if into is None or into.closed_at is not None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, _facts(queue, into))
    again = _ask_again(queue, into)
    found = _disputed(queue, into)
    return again + sum(_copy(into, found[n : n + CHUNK]) for n in range(0, len(found), CHUNK))


def _facts(queue: Queue, into: Queue | None) -> dict[str, Any]:
    into_id = into.pk if into else None
    return facts(queue, (RaterKind.HUMAN,)) | {"closed": queue.closed_at is not None, "into": into_id}


def _disputed(queue: Queue, into: Queue | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(DISPUTED, _facts(queue, into))
        return [item for (item,) in cursor.fetchall()]


def _overtaken(queue: Queue, into: Queue | None) -> list[tuple[int, int, int]]:
    """(label, its item, question) of each decision that has to be made anew."""
    if into is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OVERTAKEN, _facts(queue, into))
        found: list[tuple[int, int, int]] = cursor.fetchall()
    return found


def _ask_again(queue: Queue, into: Queue) -> int:
    """How many items have something to be decided anew."""
    overtaken = _overtaken(queue, into)
    items: set[int] = set()
    for question in {question for *_label, question in overtaken}:
        labels = [(label, item) for label, item, asked in overtaken if asked == question]
        newest = QuestionVersion.objects.filter(question=question).latest("number")
        for n in range(0, len(labels), CHUNK):
            items |= take_back(queue=into, version=newest, labels=labels[n : n + CHUNK])
    return len(items)


@transaction.atomic
def _copy(into: Queue, originals: list[int]) -> int:
    Queue.objects.select_for_update(no_key=True).get(
        pk=into.pk
    )  # two senders send one copy; positions are dealt
    rows = list(Item.objects.filter(pk__in=originals).order_by("position", "pk"))
    there = Item.objects.filter(queue=into, external_id__in=[row.external_id for row in rows])
    known = set(there.values_list("external_id", flat=True))
    taken_out = list(there.filter(copy_of__in=originals, places=None))
    last = into.items.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    items = Item.objects.bulk_create(
        Item(
            queue=into,
            position=position,
            copy_of=original,
            **{name: getattr(original, name) for name in COPIED},
        )
        for position, original in enumerate((row for row in rows if row.external_id not in known), first)
    )
    asked = [*items, *taken_out]
    Place.objects.bulk_create(Place(queue=into, item=item, position=item.position, n=0) for item in asked)
    return len(asked)

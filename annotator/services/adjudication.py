"""Adjudication: what people disagree on is asked once more, of whoever decides.

The adjudication queue asks the same questions of copies. A copy says nothing of what was answered
before: adjudicators answer first, and see the others' answers then.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from annotator.models import Item, Place, Queue, QueuePerson, QueueQuestion, RaterKind, User
from annotator.queries.agreement import STANDING, facts

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

# People gave different answers, nobody is to be asked any more, and it was not sent before. Scalar
# subqueries, so that one item at a time is looked up, whatever the planner knows of the tables.
DISPUTED = f"""
    WITH differing AS MATERIALIZED (
        SELECT item_id FROM ({STANDING}) standing
        GROUP BY item_id, question_id HAVING min(answer) <> max(answer))
    SELECT d.item_id FROM (SELECT DISTINCT item_id FROM differing) d
    WHERE (%(closed)s OR (SELECT count(*) FROM annotator_place p
                          WHERE p.item_id = d.item_id AND NOT p.extra AND p.done_at IS NULL) = 0)
      AND (SELECT count(*) FROM annotator_item c
           WHERE c.queue_id = %(into)s AND c.external_id = (
               SELECT i.external_id FROM annotator_item i WHERE i.id = d.item_id)) = 0
    ORDER BY (SELECT i.position FROM annotator_item i WHERE i.id = d.item_id), d.item_id"""  # noqa: S608


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


def disputed(queue: Queue) -> list[int]:
    """Ids of the items that `send` would send."""
    into = adjudication_of(queue)
    given = facts(queue, (RaterKind.HUMAN,))
    given |= {"closed": queue.closed_at is not None, "into": into.pk if into else None}
    with connection.cursor() as cursor:
        cursor.execute(DISPUTED, given)
        return [item for (item,) in cursor.fetchall()]


def send(queue: Queue) -> int:
    """Send what is disputed to the adjudication queue, each item once; returns how many were new.

    Nothing while there is no such queue, or it is closed. In chunks, each in its own transaction.
    """
    into = adjudication_of(queue)
    if into is None or into.closed_at is not None:
        return 0
    found = disputed(queue)
    return sum(_copy(into, found[n : n + CHUNK]) for n in range(0, len(found), CHUNK))


@transaction.atomic
def _copy(into: Queue, originals: list[int]) -> int:
    Queue.objects.select_for_update(no_key=True).get(
        pk=into.pk
    )  # two senders send one copy; positions are dealt
    rows = Item.objects.filter(pk__in=originals).order_by("position", "pk")
    known = set(
        Item.objects.filter(queue=into, external_id__in=rows.values("external_id")).values_list(
            "external_id", flat=True
        )
    )
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
    Place.objects.bulk_create(Place(queue=into, item=item, position=item.position, n=0) for item in items)
    return len(items)

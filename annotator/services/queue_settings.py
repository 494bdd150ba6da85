"""Changing a queue that is there: its name, overlap, order, people and shares; closing it."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from annotator.models import Queue, QueuePerson, User
from annotator.services.defects import ensure_defect_kinds
from annotator.services.positions import deal_again

PLAIN = frozenset(
    {"name", "gold_rate", "mirror_share", "hidden_share", "random_share", "marks", "restricted"}
)

# An item that is asked gets the missing places, where its other ones are. Gold, held and mirrored
# ones have none of their own. An extra place may have a low number: what is new comes after all.
MORE_PLACES = """
    INSERT INTO annotator_place (queue_id, item_id, position, n, extra, reason, holder)
    SELECT queue_id, item_id, position, last + more, false, '', ''
    FROM (SELECT p.queue_id, p.item_id, min(p.position) FILTER (WHERE NOT p.extra) AS position,
                 max(p.n) AS last, count(*) FILTER (WHERE NOT p.extra) AS places
          FROM annotator_place p JOIN annotator_item i ON i.id = p.item_id
          WHERE p.queue_id = %s AND i.gold IS NULL
          GROUP BY p.queue_id, p.item_id HAVING NOT bool_and(p.extra)) asked
    CROSS JOIN LATERAL generate_series(1, %s - places) AS more"""


class OverlapLowered(ValueError):
    """Places that are filled cannot be taken away."""


@transaction.atomic
def change_queue(
    queue: Queue, *, overlap: int, order: str, people: Iterable[User] | None = None, **plain: Any
) -> Queue:
    """The queue as it is now. A higher overlap adds places to all that is there; another order
    deals again what is still open. `people` None: as they are."""
    if unknown := plain.keys() - PLAIN:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    queue = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    if overlap < queue.overlap:
        raise OverlapLowered
    if overlap > queue.overlap:
        with connection.cursor() as cursor:
            cursor.execute(MORE_PLACES, [queue.pk, overlap])
    again, queue.overlap, queue.order = order != queue.order, overlap, order
    for name, value in plain.items():
        setattr(queue, name, value)
    queue.save()
    if again:
        deal_again(queue)
    if people is not None:
        QueuePerson.objects.filter(queue=queue).delete()
        QueuePerson.objects.bulk_create(QueuePerson(queue=queue, user=user) for user in people)
    if queue.marks:
        ensure_defect_kinds(queue.project)
    return queue


def close(queue: Queue) -> None:
    """Nobody gets an item of it any more. What is in hand may still be answered."""
    Queue.objects.filter(pk=queue.pk, closed_at=None).update(closed_at=timezone.now())


def reopen(queue: Queue) -> None:
    Queue.objects.filter(pk=queue.pk).update(closed_at=None)

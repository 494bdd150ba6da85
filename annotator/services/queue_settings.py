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

# Items that are asked, and how many places count. Gold, held and mirrored ones have none of their own.
ASKED = """
    SELECT p.queue_id, p.item_id, min(p.position) FILTER (WHERE NOT p.extra) AS position,
           max(p.n) AS last, count(*) FILTER (WHERE NOT p.extra) AS places
    FROM annotator_place p JOIN annotator_item i ON i.id = p.item_id
    WHERE p.queue_id = %(queue)s AND i.gold IS NULL
    GROUP BY p.queue_id, p.item_id HAVING NOT bool_and(p.extra)"""

# What was gold once has extra places: the answered ones count now, as in gold.no_longer_gold.
# Locked in everybody's order, so that no submit on its way is in a deadlock with it.
ANSWERED_COUNT = f"""
    WITH asked AS MATERIALIZED ({ASKED}),
    there AS MATERIALIZED (
        SELECT p.id, p.item_id, p.n, p.done_at, a.position, a.places
        FROM annotator_place p JOIN asked a ON a.item_id = p.item_id
        WHERE p.extra AND (p.done_at IS NOT NULL OR p.owner_id IS NULL)
        ORDER BY p.item_id, p.n FOR UPDATE OF p),
    ranked AS (
        SELECT id, position, places,
               row_number() OVER (PARTITION BY item_id ORDER BY done_at IS NULL, n) AS nth
        FROM there)
    UPDATE annotator_place p SET extra = false, position = ranked.position
    FROM ranked WHERE p.id = ranked.id AND nth <= %(overlap)s - places"""  # noqa: S608 - constants only

# The missing places, where the item's other ones are. An extra place may have a low number: what
# is new comes after all.
MORE_PLACES = f"""
    INSERT INTO annotator_place (queue_id, item_id, position, n, extra, reason, holder)
    SELECT queue_id, item_id, position, last + more, false, '', ''
    FROM ({ASKED}) asked
    CROSS JOIN LATERAL generate_series(1, %(overlap)s - places) AS more"""  # noqa: S608


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
            facts: dict[str, Any] = {"queue": queue.pk, "overlap": overlap}
            cursor.execute(ANSWERED_COUNT, facts)
            cursor.execute(MORE_PLACES, facts)
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

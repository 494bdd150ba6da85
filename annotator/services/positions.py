"""Where an item's turn is among a queue's items."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Max

from annotator.chance import lot
from annotator.models import ItemOrder, Place, Queue

HALF = 1 << 30  # the database's integers end below twice this


def positions(queue: Queue, ids: Iterable[str]) -> list[int]:
    """A position for each new item, by external id. The queue's row is locked by the caller.

    At random: by lot. By uncertainty: the same in the upper half, so that a learned order finds
    room in front of what nobody has scored yet.
    """
    if queue.order == ItemOrder.GIVEN:
        last = queue.items.aggregate(last=Max("position"))["last"]
        return [n for n, _ in enumerate(ids, 0 if last is None else last + 1)]
    return _drawn(queue, list(ids), fresh=True)


# Everybody locks places in this order: a submit on its way cannot deadlock with it.
IN_ORDER = """
    SELECT id FROM annotator_place WHERE queue_id = %s AND done_at IS NULL AND NOT extra
    ORDER BY item_id, n FOR UPDATE"""
ITEMS = """
    UPDATE annotator_item i SET position = dealt.position
    FROM unnest(%s::bigint[], %s::int[]) AS dealt(id, position)
    WHERE dealt.id = i.id"""
COPIES = """
    UPDATE annotator_item i SET position = o.position
    FROM annotator_item o WHERE o.id = i.copy_of_id AND i.queue_id = %s AND o.queue_id = i.queue_id"""
PLACES = """
    UPDATE annotator_place p SET position = i.position, reason = ''
    FROM annotator_item i
    WHERE i.id = p.item_id AND p.queue_id = %s AND p.done_at IS NULL AND NOT p.extra"""


def deal_again(queue: Queue) -> None:
    """All items get the positions of the queue's order as it is now, and so do their open places.

    The queue's row is locked by the caller. A copy goes with its original.
    """
    own = queue.items.exclude(copy_of__queue=queue).order_by("pk").values_list("pk", "external_id")
    items, ids = [list(column) for column in zip(*own, strict=True)] or ([], [])
    if queue.order == ItemOrder.GIVEN:
        dealt = list(range(len(items)))
    else:
        dealt = _drawn(queue, ids, fresh=False)
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER, [queue.pk])
        cursor.execute(ITEMS, [items, dealt])
        cursor.execute(COPIES, [queue.pk])
        cursor.execute(PLACES, [queue.pk])


def _drawn(queue: Queue, ids: list[str], *, fresh: bool) -> list[int]:
    """No two the same, and of fresh items none that an open place has: the claim walks by position."""
    base = HALF if queue.order == ItemOrder.UNCERTAIN else 0
    wanted = [lot(queue.seed, external_id) for external_id in ids]
    mine: set[int] = set()
    unsure = list(range(len(ids)))
    while unsure:  # once more only for what collided: a handful in a hundred thousand
        taken = _taken(queue, base, [wanted[at] for at in unsure]) if fresh else set()
        again = []
        for at in unsure:
            if wanted[at] in taken or wanted[at] in mine:
                wanted[at] = (wanted[at] + 1) % HALF
                again.append(at)
            else:
                mine.add(wanted[at])
        unsure = again
    return [base + position for position in wanted]


def _taken(queue: Queue, base: int, wanted: list[int]) -> set[int]:
    open_places = Place.objects.filter(queue=queue, done_at=None, extra=False)
    found = open_places.filter(position__in=[base + position for position in wanted])
    return {position - base for position in found.values_list("position", flat=True)}

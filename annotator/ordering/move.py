"""Writing an order: open places that nobody holds get new positions, all others are left alone.

Each run takes a block of positions in front of those of all runs before, so that no two items
meet at one, also when an answered place is opened again; there is room for a million runs. What
an earlier run had put in front goes back to its random turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from annotator.chance import in_random_share
from annotator.models import Item, Place, Queue
from annotator.ordering.plan import Candidate

# The engine's own places (gold, mirrored pairs) are not in the order.
CANDIDATES = """
    SELECT i.id, i.position, i.external_id, bool_or(p.done_at IS NOT NULL)
    FROM annotator_place p JOIN annotator_item i ON i.id = p.item_id
    WHERE p.queue_id = %s AND NOT p.extra
    GROUP BY i.id
    HAVING bool_or(p.done_at IS NULL) AND NOT bool_or(p.done_at IS NULL AND p.owner_id IS NOT NULL)"""

WRITE = """
    UPDATE annotator_place p SET position = u.position, reason = u.reason
    FROM unnest(%(place)s::bigint[], %(position)s::int[], %(reason)s::text[]) AS u(id, position, reason)
    WHERE p.id = u.id"""


@dataclass
class Moved:
    """How many items came to the front by uncertainty and by their random turn, and went back home.

    `first`: where the block begins.
    """

    first: int
    unsure: int = 0
    random: int = 0
    home: int = 0


@dataclass
class _Rows:
    """Columns for one statement."""

    place: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)

    def add(self, places: Iterable[Place], position: int, reason: str) -> None:
        for place in places:
            self.place.append(place.pk)
            self.position.append(position)
            self.reason.append(reason)


def candidates(queue: Queue) -> list[Candidate]:
    """Items with an open place, none of which somebody holds."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [queue.pk])
        return [
            Candidate(item, home, in_random_share(queue.seed, external_id, queue.random_share), begun)
            for item, home, external_id, begun in cursor.fetchall()
        ]


def write(
    queue: Queue, front: Sequence[int], chances: Mapping[int, float], random: set[int], *, before: int
) -> Moved:
    """Put these items in front, in this order, and what else is out of its turn back. In a transaction.

    `before`: where the block of the run before began; `HALF` when there was none.

    Places are locked in the order that everybody keeps. What was taken meanwhile stays where it is.
    """
    Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)  # nobody adds items meanwhile
    away = Place.objects.filter(queue=queue, done_at=None, extra=False)
    out = set(away.exclude(position=F("item__position")).values_list("item_id", flat=True))
    by_item = _locked({*front, *out})
    first = before - len(front)
    rows, moved = _Rows(), Moved(first)
    for turn, item in enumerate(front):
        if item not in by_item:
            continue
        is_random = item in random
        rows.add(by_item[item], first + turn, _random() if is_random else _unsure(queue, chances[item]))
        moved.random += is_random
        moved.unsure += not is_random
    moved.home = _send_home(
        queue, {item: by_item[item] for item in out - set(front) if item in by_item}, rows
    )
    with connection.cursor() as cursor:
        cursor.execute(WRITE, vars(rows))
    return moved


def _locked(items: set[int]) -> dict[int, list[Place]]:
    """The open places of those items of which nobody holds one."""
    rows = Place.objects.filter(item__in=items, done_at=None, extra=False)
    by_item: dict[int, list[Place]] = {}
    for place in rows.select_for_update().order_by("item_id", "n"):
        by_item.setdefault(place.item_id, []).append(place)
    return {item: places for item, places in by_item.items() if all(one.owner_id is None for one in places)}


def _send_home(queue: Queue, by_item: Mapping[int, Sequence[Place]], rows: _Rows) -> int:
    """Back to their random turns, but for what somebody has taken there meanwhile."""
    home: dict[int, int] = dict(Item.objects.filter(pk__in=by_item).values_list("pk", "position"))
    there = Place.objects.filter(queue=queue, done_at=None, extra=False, position__in=home.values())
    taken = set(there.exclude(item__in=by_item).values_list("position", flat=True))
    going = [item for item in by_item if home[item] not in taken]
    for item in going:
        rows.add(by_item[item], home[item], "")
    return len(going)


def _random() -> str:
    return _("Random share")


def _unsure(queue: Queue, chance: float) -> str:
    """In the server's language: it is written once for all who will see it."""
    percent: dict[str, Any] = {"percent": round(100 * chance)}
    if queue.kind == "pairwise":
        return _("The model is unsure which of the two is better")
    return _("The model is unsure: %(percent)d %% yes") % percent

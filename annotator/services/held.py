"""Items that are held back for what was found in them: asked anyway, or left out for good.

An item that is left out stays held; each of its findings says so, that it is not asked about twice.
"""

from collections.abc import Iterable
from itertools import islice

from django.db import connection, transaction
from django.db.models import QuerySet

from annotator.models import Item, Queue
from annotator.services.items import let_in

CHUNK = 500
MOST = 10_000  # at one go: the page waits for it
LEFT_OUT = "left_out"  # in each finding

# `f` are the findings of a held item that nobody has decided about.
WAITING = """
    FROM annotator_item i CROSS JOIN LATERAL jsonb_array_elements(i.findings) f
    WHERE i.queue_id = %(queue)s AND i.held AND i.findings IS NOT NULL AND NOT f ? 'left_out'"""


def how_many(queue: Queue) -> int:
    """Held items that wait for a decision, whatever was found in them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT i.id) {WAITING}", {"queue": queue.pk})
        found: int = cursor.fetchone()[0]
    return found


def waiting(queue: Queue) -> dict[str, int]:
    """How many held items wait for a decision, by kind of finding, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f ->> 'kind', count(DISTINCT i.id) {WAITING} GROUP BY 1 ORDER BY 2 DESC, 1",
            {"queue": queue.pk},
        )
        return dict(cursor.fetchall())


def waiting_for(queue: Queue, kind: str) -> list[int]:
    """The held items with a finding of this kind that wait for a decision, at most MOST."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT i.id {WAITING} AND f ->> 'kind' = %(kind)s ORDER BY 1 LIMIT %(most)s",
            {"queue": queue.pk, "kind": kind, "most": MOST},
        )
        return [pk for (pk,) in cursor.fetchall()]


def ask_anyway(queue: Queue, items: Iterable[int]) -> int:
    """Asked like all others from now on, also what was left out before. Returns how many."""
    return sum(let_in(queue, chunk) for chunk in _chunks(items))


def leave_out(queue: Queue, items: Iterable[int]) -> int:
    """Never asked, unless somebody changes their mind. Returns how many."""
    return sum(_mark(queue.items.filter(held=True, pk__in=chunk)) for chunk in _chunks(items))


@transaction.atomic
def _mark(held: QuerySet[Item]) -> int:
    rows = list(held.order_by("pk").select_for_update().only("pk", "findings"))
    fresh = [item for item in rows if not (item.findings and all(f.get(LEFT_OUT) for f in item.findings))]
    for item in fresh:
        item.findings = [{**found, LEFT_OUT: True} for found in item.findings or [{"kind": "", "side": ""}]]
    Item.objects.bulk_update(fresh, ["findings"])
    return len(fresh)


def _chunks(items: Iterable[int]) -> Iterable[list[int]]:
    source = iter(items)
    while chunk := list(islice(source, CHUNK)):
        yield chunk

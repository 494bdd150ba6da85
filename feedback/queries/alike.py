"""Earlier items of the project's checks that mean much the same as one: "failed 4 times since Monday"."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from annotator.models import Item
from feedback.ingest import preview
from feedback.models import Alike, FailureMode
from feedback.queries.estimates import ANSWERS
from feedback.queries.modes import modes_on

SHOWN = 5

FOUND = f"""
    SELECT a.item_id, c.day, a.bad, coalesce(a.note, ''), a.queue_id
    FROM ({ANSWERS}) a JOIN feedback_vibecheck c ON c.queue_id = a.queue_id
    WHERE a.item_id = ANY(%s) AND a.answer IN ('yes', 'no')
    ORDER BY c.day DESC, a.item_id DESC"""  # noqa: S608 - made of a constant


@dataclass(frozen=True)
class One:
    """An earlier item with what a person said of it."""

    item: int
    day: date
    bad: bool
    note: str
    queue: UUID
    input: str = ""
    output: str = ""


@dataclass(frozen=True)
class Earlier:
    """`items`: the newest of them. `modes`: with how many of them showed it, most first."""

    items: list[One]
    seen: int = 0
    bad: int = 0
    since: date | None = None
    modes: tuple[tuple[FailureMode, int], ...] = ()


def alike(item: Item) -> Earlier:
    """What people said of the items like this one; where some failed, of those that did. Five queries."""
    others = list(Alike.objects.filter(item=item).values_list("other_id", "other__queue_id"))
    if not others:
        return Earlier([])
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [[queue for _other, queue in others], [other for other, _queue in others]])
        rows = [One(*row) for row in cursor.fetchall()]
    failed = [row for row in rows if row.bad]
    told = failed or rows
    if not told:
        return Earlier([])
    modes: Counter[FailureMode] = Counter()
    for found in modes_on([row.item for row in failed]).values():
        modes.update(found)
    return Earlier(
        _with_texts(told[:SHOWN]),
        seen=len(told),
        bad=len(failed),
        since=min(row.day for row in told),
        modes=tuple(modes.most_common(3)),
    )


def _with_texts(rows: list[One]) -> list[One]:
    items = Item.objects.in_bulk([row.item for row in rows])
    return [
        One(
            row.item,
            row.day,
            row.bad,
            row.note,
            row.queue,
            preview.of_input(items[row.item].input),
            preview.of_output(items[row.item].output) or items[row.item].error,
        )
        for row in rows
    ]

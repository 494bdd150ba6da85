"""A queue's items by pages, in their order.

A page begins after a position, so that it costs the same at the end of a million items as at the
beginning. A filter that matches little would walk the whole queue: the walk stops when its time
is up and says how far it came, so that the next request goes on from there.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import connection

from annotator.models import Item, Queue, User

PAGE = 50
PATIENCE = 0.15  # seconds a walk may take
STEP = 2_000  # items looked at in one go


_STANDS = """
    l.item_id = i.id AND l.answer <> 'undo'
    AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""
# Asking again takes an answer back, not the flag: that stands until its owner answers anew.
_FLAG_STANDS = """
    l.item_id = i.id AND l.answer <> 'undo'
    AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id AND (
        s.answer <> 'undo' OR s.lease_id IS NOT NULL
        OR EXISTS (SELECT FROM annotator_label n WHERE n.supersedes_id = s.id)))"""
_OPEN = "EXISTS (SELECT FROM annotator_place p WHERE p.item_id = i.id AND NOT p.extra AND p.done_at IS NULL)"
_ANY = "EXISTS (SELECT FROM annotator_place p WHERE p.item_id = i.id AND NOT p.extra)"
_MINE = "(%(only)s::bigint IS NULL OR l.rater_id IN (SELECT r.id FROM annotator_rater r WHERE r.user_id = %(only)s))"
# A gold item has no places of its own. Who should not know which they are finds them among the others,
# answered when as many people answered them as answer any other.
_AS_OTHERS = f"(%(gold_as_others)s AND i.gold IS NOT NULL AND NOT i.held AND NOT {_ANY})"
_ENOUGH = f"""((SELECT count(DISTINCT l.rater_id) FROM annotator_label l WHERE {_STANDS} AND l.answer <> 'skip')
               >= %(overlap)s)"""  # noqa: S608 - constants only
_FLAGGED = f"EXISTS (SELECT FROM annotator_label l WHERE {_FLAG_STANDS} AND l.flagged AND {_MINE})"
CONDITIONS = {
    "": "true",
    "unanswered": f"{_OPEN} OR {_AS_OTHERS} AND NOT {_ENOUGH}",
    "answered": f"{_ANY} AND NOT {_OPEN} OR {_AS_OTHERS} AND {_ENOUGH}",
    "disputed": f"""EXISTS (SELECT FROM annotator_label l WHERE {_STANDS} AND l.answer <> 'skip'
                    GROUP BY l.question_id HAVING count(DISTINCT l.answer) > 1)""",
    "flagged": _FLAGGED,
    "held": "i.held",
    "gold": "i.gold IS NOT NULL",
}
# These have an index of their own, which holds no other items.
FEW = {"held": "i.held", "gold": "i.gold IS NOT NULL"}
_NAMED = "strpos(lower(i.external_id), lower(%(text)s)) > 0"
# A mirrored pair looks like its original, and people should not know which is which.
_NO_COPIES = "(i.copy_of_id IS NULL OR %(adjudicates)s)"

STRETCH = """
    WITH stretch AS MATERIALIZED (
        SELECT i.id, i.position, i.held, i.gold, i.copy_of_id, i.external_id
        FROM annotator_item i
        WHERE i.queue_id = %(queue)s AND {few}
          AND (i.position, i.id) > (%(position)s, %(id)s)
        ORDER BY i.position, i.id LIMIT %(step)s)
    SELECT (SELECT json_agg(json_build_array(f.position, f.id)) FROM (
                SELECT i.position, i.id FROM stretch i WHERE {where}
                ORDER BY i.position, i.id LIMIT %(size)s) f),
           (SELECT json_build_array(position, id) FROM stretch ORDER BY position DESC, id DESC LIMIT 1),
           (SELECT count(*) FROM stretch)"""

ROWS = f"""
    SELECT i.id, i.position, i.external_id, left(i.input::text, 480), left(i.output::text, 480),
           left(i.left::text, 480), left(i.right::text, 480), left(i.error, 200), i.reason, i.held,
           i.findings, i.gold IS NOT NULL, i.copy_of_id, p.places, p.done, p.in_hand, {_FLAGGED}
    FROM annotator_item i
    CROSS JOIN LATERAL (
        SELECT count(*) AS places, count(p.done_at) AS done,
               count(*) FILTER (WHERE p.done_at IS NULL AND p.owner_id IS NOT NULL
                                  AND p.lease_until > clock_timestamp()) AS in_hand
        FROM annotator_place p WHERE p.item_id = i.id AND NOT p.extra) p
    WHERE i.id = ANY(%(items)s::bigint[])
    ORDER BY i.position, i.id"""  # noqa: S608 - constants only

GIVEN = f"""
    SELECT i.id, q.key, l.answer, count(*)
    FROM annotator_item i JOIN annotator_label l ON {_STANDS}
    JOIN annotator_question q ON q.id = l.question_id
    WHERE i.id = ANY(%(items)s::bigint[]) AND {_MINE}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC, 3"""  # noqa: S608 - constants only


@dataclass(frozen=True)
class Given:
    """How many gave this answer to one question."""

    question: str
    answer: str
    count: int


@dataclass
class Row:
    """An item in a list. Payloads are the beginnings of their JSON."""

    id: int
    position: int
    external_id: str
    input: str | None
    output: str | None
    left: str | None
    right: str | None
    error: str
    reason: str
    held: bool
    findings: list[dict[str, Any]] | None
    gold: bool
    copy_of: int | None
    places: int
    done: int
    in_hand: int
    flagged: bool
    given: list[Given] = field(default_factory=list)

    @property
    def disputed(self) -> bool:
        """Two answers to one question. Of what is shown: a blind reader's own answers never are."""
        answered = [one.question for one in self.given if one.answer != "skip"]
        return len(answered) > len(set(answered))


ROW_FIELDS = [one.name for one in fields(Row)]


@dataclass(frozen=True)
class Where:
    """What is wanted. `only_of`: the one whose answers are seen; None: everybody's."""

    which: str = ""
    text: str = ""
    only_of: User | None = None
    copies: bool = True  # whether mirrored pairs are shown
    gold_as_others: bool = False  # whether filters hide which items are gold


@dataclass(frozen=True)
class Page:
    """`more`: another page lies beyond `last`. `searched_to`: the walk stopped there for want of time."""

    rows: list[Row]
    more: bool = False
    last: tuple[int, int] | None = None
    searched_to: tuple[int, int] | None = None


def page_of(
    queue: Queue,
    where: Where,
    *,
    after: tuple[int, int] = (-1, 0),
    size: int = PAGE,
    patience: float | None = None,
) -> Page:
    """The items that come after a (position, id)."""
    plain = not where.which and not where.text and where.copies
    facts = _facts(queue, where) | {"size": size + 1, "step": size + 1 if plain else max(STEP, size + 1)}
    statement = STRETCH.format(few=FEW.get(where.which, "true"), where=_condition(where))
    found: list[tuple[int, int]] = []
    patience = PATIENCE if patience is None else patience
    began = time.perf_counter()
    searched_to = None
    while True:
        facts |= {"position": after[0], "id": after[1], "size": size + 1 - len(found)}
        with connection.cursor() as cursor:
            cursor.execute(statement, facts)
            ids, last, looked_at = cursor.fetchone()
        found += [(position, pk) for position, pk in ids or ()]
        if len(found) > size or looked_at < facts["step"]:
            break
        after = searched_to = (last[0], last[1])
        if time.perf_counter() - began > patience:
            return Page(_rows(found, facts), searched_to=searched_to)
    more = len(found) > size
    return Page(_rows(found[:size], facts), more=more, last=found[size - 1] if more else None)


def named(queue: Queue, text: str, *, copies: bool) -> int | None:
    """The item whose external id is exactly this text. `copies`: whether it may be a mirrored pair."""
    items = queue.items.filter(external_id=text)
    if not copies and queue.adjudicates_id is None:
        items = items.filter(copy_of=None)
    return items.values_list("pk", flat=True).first()


def neighbours(queue: Queue, item: Item, *, copies: bool) -> tuple[int | None, int | None]:
    """The items before and after; one query."""
    one = """(SELECT i.id FROM annotator_item i
              WHERE i.queue_id = %(queue)s AND (i.position, i.id) {than} (%(position)s, %(id)s) AND {which}
              ORDER BY i.position {down}, i.id {down} LIMIT 1)"""
    which = "true" if copies else _NO_COPIES
    statement = f"SELECT {one.format(than='<', down='DESC', which=which)}, {one.format(than='>', down='', which=which)}"
    facts: dict[str, Any] = {"queue": queue.pk, "position": item.position, "id": item.pk}
    with connection.cursor() as cursor:
        cursor.execute(statement, facts | {"adjudicates": queue.adjudicates_id is not None})
        before, after = cursor.fetchone()
    return before, after


def _facts(queue: Queue, where: Where) -> dict[str, Any]:
    return {
        "queue": queue.pk,
        "text": where.text,
        "only": where.only_of.pk if where.only_of else None,
        "adjudicates": queue.adjudicates_id is not None,
        "gold_as_others": where.gold_as_others,
        "overlap": queue.overlap,
    }


def _condition(where: Where) -> str:
    parts = [CONDITIONS[where.which]]
    if where.text:
        parts.append(_NAMED)
    if not where.copies:
        parts.append(_NO_COPIES)
    return " AND ".join(f"({part})" for part in parts)


def _rows(found: Sequence[tuple[int, int]], facts: dict[str, Any]) -> list[Row]:
    """With their answers; two queries."""
    if not found:
        return []
    facts = facts | {"items": [pk for _, pk in found]}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, facts)
        rows = {row[0]: Row(*row) for row in map(_read, cursor.fetchall())}
        cursor.execute(GIVEN, facts)
        for pk, question, answer, count in cursor.fetchall():
            rows[pk].given.append(Given(question, answer, count))
    return list(rows.values())


def _read(row: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    findings = ROW_FIELDS.index("findings")
    if isinstance(values[findings], str):  # Django's connection leaves jsonb as text
        values[findings] = json.loads(values[findings])
    return values

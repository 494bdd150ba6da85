"""Handing out items: one statement takes places and writes the ledger of leases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import sleep
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection

from annotator.models import Queue, Rater
from annotator.queries import shortage
from annotator.queries.chains import Asked
from annotator.queries.places import ANSWERED, FREE, IN_HAND, MINE, OPEN, OTHERWISE_MINE
from annotator.services.collisions import is_collision

TRIES = 5  # a race of two tabs, or every candidate locked at this very moment
PAUSE = 0.02  # seconds, growing with each try

# DISTINCT ON follows the partial index places_to_fill (queue, position, n): rows stream in
# order and the LIMIT stops the walk, however long the queue is. The lateral part locks one
# place per item; a place that somebody is just taking is skipped, and the item's next tried.
PICKED = f"""
    SELECT seat.id, seat.owner_id AS was
    FROM (SELECT DISTINCT ON (p.position) p.item_id, p.position
          FROM annotator_place p
          WHERE p.queue_id = %(queue)s AND p.done_at IS NULL
            AND ({FREE} OR {MINE}) AND NOT {IN_HAND} AND NOT {ANSWERED}
          ORDER BY p.position, p.n) item
    CROSS JOIN LATERAL (
          SELECT p.id, p.owner_id
          FROM annotator_place p
          WHERE p.item_id = item.item_id AND {OPEN}
            AND ({FREE} OR {MINE}) AND NOT {IN_HAND} AND NOT {OTHERWISE_MINE}
          ORDER BY p.n LIMIT 1
          FOR UPDATE SKIP LOCKED) seat
    LIMIT %(size)s"""  # noqa: S608 - constants only

LEASED = """
    UPDATE annotator_place p
    SET owner_id = %(rater)s, holder = %(holder)s,
        lease_until = clock_timestamp() + make_interval(secs => %(seconds)s),
        lease_id = CASE WHEN picked.was = %(rater)s THEN coalesce(p.lease_id, gen_random_uuid())
                        ELSE gen_random_uuid() END
    FROM picked WHERE p.id = picked.id
    RETURNING p.id, p.item_id, p.position, p.lease_id, p.lease_until"""

LEDGER = """
    INSERT INTO annotator_lease (id, place_id, rater_id, leased_at)
    SELECT lease_id, id, %(rater)s, clock_timestamp() FROM leased
    ON CONFLICT (id) DO UPDATE SET released_at = NULL"""

# Half a chain may have been answered by whoever held the place before, or by me without a place.
SETTLED = """
    UPDATE annotator_label l SET surplus = (l.rater_id <> %(rater)s)
    FROM picked JOIN annotator_place p ON p.id = picked.id
    WHERE picked.was IS DISTINCT FROM %(rater)s AND l.item_id = p.item_id
      AND l.rater_id IN (picked.was, %(rater)s) AND l.answer IN ('yes', 'no')"""

DONE = """
    (SELECT json_object_agg(l.question_id, l.answer) FROM annotator_label l
     WHERE l.item_id = i.id AND l.rater_id + 0 = %(rater)s AND l.answer <> 'undo'
       AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id))"""


class Leased(NamedTuple):
    """One item in somebody's hands. Payloads are JSON text as stored, or None."""

    lease: UUID
    lease_until: datetime
    external_id: str
    input: str | None
    output: str | None
    context: str | None
    error: str
    metadata: str | None
    done: dict[str, str] | None  # by question id: this rater's answers so far


@dataclass(frozen=True)
class Claim:
    items: list[Leased]
    empty: shortage.Shortage | None = None


@cache
def _statement(*, chained: bool) -> str:
    settled = f", settled AS ({SETTLED})" if chained else ""
    done = DONE if chained else "NULL"
    return f"""
        WITH picked AS MATERIALIZED ({PICKED}), leased AS ({LEASED}), ledger AS ({LEDGER}){settled}
        SELECT leased.lease_id, leased.lease_until, i.external_id, i.input::text, i.output::text,
               i.context::text, i.error, i.metadata::text, {done}
        FROM leased JOIN annotator_item i ON i.id = leased.item_id
        ORDER BY leased.position"""  # noqa: S608 - constants only


def claim(
    *,
    queue: Queue,
    rater: Rater,
    chain: Sequence[Asked],
    size: int = 1,
    holder: str = "",
    take_over: bool = False,
    have: Sequence[UUID] = (),
) -> Claim:
    """Lease up to `size` items to `rater`, in the queue's order, or say why there is none.

    The same holder asking again gets what it holds already (a reload loses nothing), except the
    leases named in `have`; another holder of the same rater gets it with `take_over` only.
    """
    facts: dict[str, Any] = {
        "queue": queue.pk,
        "rater": rater.pk,
        "chain": len(chain),
        "size": size,
        "holder": holder,
        "take_over": take_over,
        "have": list(have),
        "seconds": settings.LEASE_SECONDS,
    }
    if queue.closed_at is not None:
        return Claim([], shortage.closed())
    for n in range(TRIES):
        if items := _lease(facts):
            return Claim(items)
        empty = shortage.look(queue=queue, facts=facts)
        if empty.code != "busy":
            break
        sleep(n * PAUSE)
    return Claim([], empty)


def _lease(facts: dict[str, Any]) -> list[Leased]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_statement(chained=facts["chain"] > 1), facts)
            return [Leased(*row) for row in cursor.fetchall()]
    except (IntegrityError, OperationalError) as error:
        if not is_collision(error):
            raise
        return []  # my other tab took another place of one of these items just now

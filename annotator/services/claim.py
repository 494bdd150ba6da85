"""Handing out items: one statement takes places and writes the ledger of leases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from time import sleep
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection

from annotator.chain_rules import Step
from annotator.models import ItemOrder, Queue, Rater
from annotator.queries import shortage
from annotator.queries.chains import Asked, steps_of
from annotator.queries.places import (
    ANSWERS_SO_FAR,
    FREE,
    HAS_MINE,
    IN_HAND,
    MINE,
    OPEN,
    WAITING,
    answered,
)
from annotator.services.collisions import is_collision

TRIES = 5  # a race of two tabs, or every candidate locked at this very moment
PAUSE = 0.02  # seconds, growing with each try

# Places of this rater: what the tab holds or lost hold of, and, at the end, what waits. `+ 0`:
# there are few, found by places_in_hand; in the order of the queue's index all would be looked
# through. Each is locked by its key, behind OFFSET 0, and then looked at: with all conditions at
# once a planner that takes the table for empty goes through all that this rater ever had.
OWN = """
    (SELECT p.id, p.owner_id AS was
     FROM (SELECT p.id FROM annotator_place p
           WHERE p.queue_id = %(queue)s AND p.owner_id = %(rater)s AND p.done_at IS NULL
             AND {which} AND NOT {in_hand} AND NOT {answered}
           ORDER BY {order} p.position + 0 LIMIT %(size)s) mine
     CROSS JOIN LATERAL (
           SELECT * FROM annotator_place WHERE id = mine.id
           OFFSET 0 FOR UPDATE SKIP LOCKED) p
     WHERE p.owner_id = %(rater)s AND {open})"""

# DISTINCT ON follows the partial index places_to_fill (queue, position, n): rows stream in
# order and the LIMIT stops the walk, however long the queue is. The lateral part locks one
# place per item; a place that somebody is just taking is skipped, and the item's next tried.
WALK = """
    (SELECT seat.id, seat.was
     FROM (SELECT DISTINCT ON (p.position) p.item_id, p.position
           FROM annotator_place p
           WHERE p.queue_id = %(queue)s AND p.done_at IS NULL AND {where}
             AND {free} AND NOT {has_mine} AND NOT {answered}
           ORDER BY p.position, p.n) item
     CROSS JOIN LATERAL (
           SELECT p.id, p.owner_id AS was
           FROM annotator_place p
           WHERE p.item_id = item.item_id AND {open} AND {free} AND NOT {has_mine}
           ORDER BY p.n LIMIT 1
           FOR UPDATE SKIP LOCKED) seat)"""

# How far this rater has come. Behind it nothing is left for them but what came back since. Asked as
# "the last of all places done up to here, if it is theirs": places_done alone has that order and
# fits that condition. `owner_id = …` fits two more indexes, which hold all that this rater ever had.
REACHED = """(
    SELECT coalesce((
        SELECT CASE WHEN last.owner_id = %(rater)s THEN last.position END
        FROM (SELECT p.owner_id, p.position FROM annotator_place p
              WHERE p.queue_id = %(queue)s AND (p.owner_id, p.position) <= (%(rater)s, 2147483647)
                AND p.done_at IS NOT NULL AND NOT p.extra
              ORDER BY p.owner_id DESC, p.position DESC LIMIT 1) last), -1) AS position)"""

# By an array of ids, not a join: of a table that it takes for empty the planner would read all rows.
LEASED = """
    UPDATE annotator_place p
    SET owner_id = %(rater)s, holder = %(holder)s,
        lease_until = clock_timestamp() + make_interval(secs => %(seconds)s),
        lease_id = CASE WHEN p.owner_id = %(rater)s THEN coalesce(p.lease_id, gen_random_uuid())
                        ELSE gen_random_uuid() END
    WHERE p.id = ANY(ARRAY(SELECT id FROM picked))
    RETURNING p.id, p.item_id, p.position, p.lease_id, p.lease_until, p.reason"""

LEDGER = """
    INSERT INTO annotator_lease (id, place_id, rater_id, leased_at, hidden_share, random_share)
    SELECT lease_id, id, %(rater)s, clock_timestamp(), %(hidden_share)s, %(random_share)s FROM leased
    ON CONFLICT (id) DO UPDATE SET released_at = NULL, hidden_share = EXCLUDED.hidden_share,
                                   random_share = EXCLUDED.random_share"""

# Half a chain may have been answered by whoever held the place before, or by me without a place.
SETTLED = """
    UPDATE annotator_label l SET surplus = (l.rater_id <> %(rater)s)
    FROM picked JOIN annotator_place p ON p.id = picked.id
    WHERE picked.was IS DISTINCT FROM %(rater)s AND l.item_id = p.item_id
      AND l.rater_id IN (picked.was, %(rater)s) AND l.answer NOT IN ('skip', 'undo')"""

DONE = """
    (SELECT json_object_agg(l.question_id, l.answer) FROM annotator_label l
     WHERE l.item_id = i.id AND l.rater_id + 0 = %(rater)s AND l.answer <> 'undo'
       AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id))"""


PRELABELS = """
    (SELECT json_agg(json_build_array(b.question_id, b.answer, b.confidence, r.name))::text
     FROM annotator_prelabel b JOIN annotator_rater r ON r.id = b.rater_id WHERE b.item_id = i.id)"""


class Leased(NamedTuple):
    """One item in somebody's hands. Payloads are JSON text as stored, or None."""

    lease: UUID
    lease_until: datetime
    item: int
    copy_of: int | None
    external_id: str
    input: str | None
    output: str | None
    left: str | None
    right: str | None
    context: str | None
    error: str
    metadata: str | None
    reason: str  # why it comes now; empty where that says nothing
    done: dict[str, str] | None  # by question id: this rater's answers so far
    prelabels: str | None  # JSON: [[question id, answer, confidence, who], ...]


@dataclass(frozen=True)
class Claim:
    items: list[Leased]
    empty: shortage.Shortage | None = None


@lru_cache(maxsize=1000)
def _statement(chain: tuple[Step, ...], *, by_pass: bool, marked: bool) -> str:
    """`marked`: begin the walk where the rater has come to, for others may be far behind."""
    done = answered(chain)
    pieces = {"open": OPEN, "free": FREE, "in_hand": IN_HAND, "has_mine": HAS_MINE, "answered": done}
    parts = [OWN.format(which=f"{MINE} AND NOT {WAITING}", order="", **pieces)]
    if marked:
        parts.append(WALK.format(where="p.position > (SELECT position FROM reached)", **pieces))
        parts.append(WALK.format(where="p.position <= (SELECT position FROM reached)", **pieces))
    else:
        parts.append(WALK.format(where="true", **pieces))
    passes = f"{ANSWERS_SO_FAR}," if by_pass else ""
    parts.append(OWN.format(which=WAITING, order=passes, **pieces))
    picked = " UNION ALL ".join(parts)
    chained = len(chain) > 1
    settled = f", settled AS ({SETTLED})" if chained else ""
    # Items come one by one, behind OFFSET 0: a join would read them all for the reason given at LEASED.
    whole = f"""
        WITH {f"reached AS MATERIALIZED {REACHED}," if marked else ""}
             picked AS MATERIALIZED (SELECT * FROM ({picked}) found LIMIT %(size)s),
             leased AS ({LEASED}), ledger AS ({LEDGER}){settled}
        SELECT p.lease_id, p.lease_until, i.id, i.copy_of_id, i.external_id, i.input::text,
               i.output::text, i.left::text, i.right::text, i.context::text, i.error, i.metadata::text,
               p.reason, {DONE if chained else "NULL"}, {PRELABELS}
        FROM leased p CROSS JOIN LATERAL (SELECT * FROM annotator_item WHERE id = p.item_id OFFSET 0) i
        ORDER BY {passes} p.position"""  # noqa: S608 - constants only
    return " ".join(whole.split())  # under 4 kB psycopg keeps it taken apart


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
        "size": size,
        "holder": holder,
        "take_over": take_over,
        "have": list(have),
        "seconds": settings.LEASE_SECONDS,
        "hidden_share": queue.hidden_share,
        "random_share": queue.random_share if queue.order == ItemOrder.UNCERTAIN else None,
    }
    if queue.closed_at is not None:
        return Claim([], shortage.closed())
    steps = steps_of(chain)
    # With overlap a fast rater would walk past all that others have still to do; a learned order
    # puts new things in front.
    marked = queue.overlap > 1 and queue.order != ItemOrder.UNCERTAIN
    statement = _statement(steps, by_pass=queue.by_pass, marked=marked)
    for n in range(TRIES):
        if items := _lease(statement, facts):
            return Claim(items)
        empty = shortage.look(queue=queue, chain=steps, facts=facts)
        if empty.code != "busy":
            break
        sleep(n * PAUSE)
    return Claim([], empty)


def _lease(statement: str, facts: dict[str, Any]) -> list[Leased]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, facts)
            return [Leased(*row) for row in cursor.fetchall()]
    except (IntegrityError, OperationalError) as error:
        if not is_collision(error):
            raise
        return []  # my other tab took another place of one of these items just now

"""Reads for queue pages and the API: progress, and who did how much."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from annotator.models import Queue, User
from annotator.queries.raters import NAME


@dataclass(frozen=True)
class Progress:
    """`labels`: answers that stand, with surplus ones and without what was skipped or taken back.

    Gold items and mirrored pairs stand outside of it, and so do items that are held back.
    """

    items: int
    done_items: int
    places: int
    done_places: int
    labels: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is said of a full queue only."""
        return 100 * self.done_places // self.places if self.places else 0

    @property
    def finished(self) -> bool:
        return bool(self.places) and self.done_places == self.places


PROGRESS = """
    SELECT q.id, p.items, p.done_items, p.places, p.done_places, l.labels
    FROM unnest(%s::uuid[]) AS q(id)
    JOIN annotator_queue a ON a.id = q.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS items, count(*) FILTER (WHERE whole) AS done_items,
               coalesce(sum(places), 0)::bigint AS places, coalesce(sum(done), 0)::bigint AS done_places
        FROM (SELECT count(*) AS places, count(done_at) AS done, count(*) = count(done_at) AS whole
              FROM annotator_place WHERE queue_id = q.id AND NOT extra GROUP BY item_id) by_item) p
    CROSS JOIN LATERAL (
        SELECT count(*) AS labels FROM annotator_label l
        WHERE l.queue_id = q.id AND l.answer NOT IN ('skip', 'undo')
          AND NOT EXISTS (SELECT FROM annotator_item i
                          WHERE i.id = l.item_id AND i.queue_id = q.id AND i.gold IS NOT NULL)
          AND NOT EXISTS (SELECT FROM annotator_item i
                          WHERE i.id = l.item_id AND i.copy_of_id IS NOT NULL AND a.adjudicates_id IS NULL)
          AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)) l"""


def progress_of(queues: list[Queue]) -> dict[UUID, Progress]:
    """Recounted, not counters: one query for a page of queues."""
    if not queues:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, [[queue.pk for queue in queues]])
        return {queue_id: Progress(*counts) for queue_id, *counts in cursor.fetchall()}


class Filled(NamedTuple):
    """Of a queue's places, at a glance: whether all are `finished`, and whether there are `any`."""

    finished: bool
    any: bool


def filled(queue: Queue, asked: User | None = None) -> Filled:
    """Without counting them. `asked`: nothing is finished while something waits for this person alone."""
    counting = Q(extra=False)
    waiting = counting if asked is None else counting | Q(extra=True, owner__user=asked)
    if queue.places.filter(waiting, done_at=None).exists():
        return Filled(finished=False, any=True)
    there_are = queue.places.filter(counting).exists()
    return Filled(finished=there_are, any=there_are)


def is_finished(queue: Queue) -> bool:
    return filled(queue).finished


FILL = """
    SELECT q.id, coalesce(p.items, 0), coalesce(p.places, 0), coalesce(p.done, 0),
           EXISTS (SELECT FROM annotator_item i WHERE i.queue_id = q.id),
           EXISTS (SELECT FROM annotator_place e JOIN annotator_rater r ON r.id = e.owner_id
                   WHERE e.queue_id = q.id AND e.extra AND e.done_at IS NULL AND r.user_id = %(user)s)
    FROM unnest(%(queues)s::uuid[]) AS q(id)
    LEFT JOIN (SELECT queue_id, count(DISTINCT item_id) AS items, count(*) AS places, count(done_at) AS done
               FROM annotator_place WHERE queue_id = ANY(%(queues)s::uuid[]) AND NOT extra GROUP BY queue_id) p
           ON p.queue_id = q.id"""


@dataclass(frozen=True)
class Listed:
    """A queue as the list shows it. `filled`: it has items, of which some may not be asked (held, gold).

    `waits`: a gold item or a mirrored pair, for this reader alone.
    """

    queue: Queue
    items: int
    places: int
    done_places: int
    filled: bool
    waits: bool

    @property
    def left(self) -> int:
        return self.places - self.done_places

    @property
    def open(self) -> bool:
        return self.left > 0 or self.waits

    @property
    def percent(self) -> int:
        return 100 * self.done_places // self.places if self.places else 0


def listed(queues: list[Queue], user: User) -> list[Listed]:
    """The same queues with how full they are, for this reader; one query for all."""
    if not queues:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"queues": [queue.pk for queue in queues], "user": user.pk})
        fill = {queue_id: counts for queue_id, *counts in cursor.fetchall()}
    return [Listed(queue, *fill[queue.pk]) for queue in queues]


@dataclass(frozen=True)
class Share:
    """What one rater did in a queue. `seconds`: the median per answer, of those that were timed.

    Gold items and mirrored pairs stand outside of it, but for whom they are not to be told apart.
    """

    rater_id: int
    name: str
    kind: str
    answered: int
    yes: int
    no: int
    ties: int  # of pairs; also both bad
    skipped: int
    surplus: int
    seconds: float | None
    last_at: datetime


SHARES = f"""
    SELECT r.id, {NAME}, r.kind,
           count(*) FILTER (WHERE l.answer <> 'skip'), count(*) FILTER (WHERE l.answer = 'yes'), count(*) FILTER (WHERE l.answer = 'no'),
           count(*) FILTER (WHERE l.answer IN ('tie', 'both_bad')), count(*) FILTER (WHERE l.answer = 'skip'), count(*) FILTER (WHERE l.surplus),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY l.ms) FILTER (WHERE l.answer <> 'skip') / 1000,
           max(l.created_at)
    FROM annotator_label l
    JOIN annotator_rater r ON r.id = l.rater_id
    LEFT JOIN annotator_user u ON u.id = r.user_id
    WHERE l.queue_id = %(queue)s AND l.answer <> 'undo'
      AND (coalesce(u.id = %(unaware)s, false) OR NOT EXISTS (
              SELECT FROM annotator_item i WHERE i.id = l.item_id AND i.queue_id = %(queue)s
                AND (i.gold IS NOT NULL OR (i.copy_of_id IS NOT NULL AND NOT %(adjudicates)s))))
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    GROUP BY r.id, u.id ORDER BY count(*) DESC, r.id LIMIT 200"""  # noqa: S608 - constants only


def shares_of(queue: Queue, *, unaware: User | None = None) -> list[Share]:
    """Who did how much, the busiest first. `unaware`: who should not know what is gold or a copy, and
    finds all of their own answers."""
    facts = {
        "queue": queue.pk,
        "unaware": unaware.pk if unaware else None,
        "adjudicates": queue.adjudicates_id is not None,
    }
    with connection.cursor() as cursor:
        cursor.execute(SHARES, facts)
        return [Share(*row) for row in cursor.fetchall()]

"""Keeping and giving back what was claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from annotator.models import Lease, Queue, Rater, User
from annotator.queries.places import PARKED, PARKED_SECONDS
from annotator.services.collisions import begins_anew

# A place that goes back takes its counting with it: see labeling_rules on surplus. What is its
# owner's alone, or half answered on the way to the next pass, waits for its owner; of whoever may
# label no more (`for_good`) the first only.
GIVE_BACK = f"""
    WITH freed AS (
        UPDATE annotator_place p
        SET owner_id = CASE WHEN was.kept THEN p.owner_id END, lease_id = NULL,
            lease_until = CASE WHEN was.kept THEN clock_timestamp() + make_interval(
                secs => CASE WHEN p.extra THEN 0 ELSE {PARKED_SECONDS} END) END,
            holder = CASE WHEN was.kept THEN '{PARKED}' ELSE '' END
        FROM (SELECT id, lease_id, owner_id,
                     p.extra OR NOT %(for_good)s AND (
                         SELECT q.by_pass FROM annotator_queue q WHERE q.id = p.queue_id) AND EXISTS (
                         SELECT FROM annotator_label l
                         WHERE l.item_id = p.item_id AND l.rater_id = p.owner_id
                           AND l.answer NOT IN ('skip', 'undo')
                           AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
                     ) AS kept
              FROM annotator_place p
              WHERE p.done_at IS NULL AND (p.holder <> '{PARKED}' OR %(for_good)s AND NOT p.extra) AND {{which}}
              ORDER BY p.item_id, p.n FOR UPDATE) was
        WHERE p.id = was.id RETURNING p.item_id, was.lease_id, was.owner_id, was.kept),
    ledger AS (
        UPDATE annotator_lease l SET released_at = clock_timestamp()
        FROM freed WHERE l.id = freed.lease_id),
    settled AS (
        UPDATE annotator_label l SET surplus = true
        FROM freed WHERE NOT freed.kept AND l.item_id = freed.item_id AND l.rater_id = freed.owner_id
          AND l.answer NOT IN ('skip', 'undo') AND NOT l.surplus)
    SELECT count(*) FROM freed"""  # noqa: S608 - constants only

RENEW = """
    UPDATE annotator_place p
    SET lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    FROM (SELECT id FROM annotator_place
          WHERE queue_id = %(queue)s AND owner_id = %(rater)s AND done_at IS NULL
            AND lease_id = ANY(%(leases)s::uuid[])
          ORDER BY item_id, n FOR UPDATE) mine
    WHERE p.id = mine.id
    RETURNING p.lease_id, p.lease_until"""


class NotYours(Exception):
    """A lease that is not this rater's in this queue: nothing was changed."""


@dataclass(frozen=True)
class Renewed:
    """`lost`: leases that lapsed and were given to somebody else, were given back, or are answered."""

    until: datetime | None
    kept: list[UUID]
    lost: list[UUID]


@begins_anew
def renew(*, queue: Queue, rater: Rater, leases: Sequence[UUID]) -> Renewed:
    """Begin the time of these leases anew. All of them must be the rater's, else NotYours."""
    _check(queue, rater, leases)
    facts: dict[str, Any] = {"queue": queue.pk, "rater": rater.pk, "leases": list(leases)}
    facts["seconds"] = settings.LEASE_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(RENEW, facts)
        kept = dict(cursor.fetchall())
    return Renewed(
        until=min(kept.values(), default=None),
        kept=[lease for lease in leases if lease in kept],
        lost=[lease for lease in leases if lease not in kept],
    )


def give_back(*, queue: Queue, rater: Rater, leases: Sequence[UUID] = (), holder: str | None = None) -> int:
    """Free what the rater holds by these leases, or all that this holder holds. How many were freed.

    What is answered stays; a lease that was lost or given back before is passed over.
    """
    _check(queue, rater, leases)
    which = "p.queue_id = %(queue)s AND p.owner_id = %(rater)s AND (p.lease_id = ANY(%(leases)s::uuid[])"
    which += " OR p.holder = %(holder)s)"
    facts: dict[str, Any] = {"queue": queue.pk, "rater": rater.pk, "leases": list(leases), "holder": holder}
    return _free(which, facts)


def give_back_all(*, user: User, project_id: int | None = None, for_good: bool = False) -> int:
    """Free all that a person holds, in one project or everywhere: at sign-out, or, `for_good`, when a
    role is lost: then also what waits for their next pass."""
    which = """p.owner_id IN (SELECT r.id FROM annotator_rater r WHERE r.user_id = %(user)s
               AND (%(project)s::bigint IS NULL OR r.project_id = %(project)s))
               AND p.queue_id IN (SELECT q.id FROM annotator_queue q JOIN annotator_rater r
                                  ON r.project_id = q.project_id WHERE r.user_id = %(user)s)"""
    return _free(which, {"user": user.pk, "project": project_id}, for_good=for_good)


@begins_anew
@transaction.atomic
def _free(which: str, facts: dict[str, Any], *, for_good: bool = False) -> int:
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK.format(which=which), {**facts, "for_good": for_good})
        freed: int = cursor.fetchone()[0]
    return freed


def _check(queue: Queue, rater: Rater, leases: Sequence[UUID]) -> None:
    asked = set(leases)
    if asked and Lease.objects.filter(pk__in=asked, rater=rater, place__queue=queue).count() != len(asked):
        raise NotYours

"""What arrived in the log after a mark, in the order in which it arrived.

By the time of receipt and not by that of the interaction: a file of last month that is read today is
new today. The index by arrival holds a few bytes for each stretch of the table, so a query names both
ends of a short span of time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from feedback.models import AssertionMark, Environment, Interaction

NEXT = """
    SELECT id, received_at, environment FROM feedback_interaction
    WHERE received_at >= %(at)s AND received_at <= %(until)s AND project_id = %(project)s
      AND (received_at, id) > (%(at)s, %(id)s)
    ORDER BY received_at, id LIMIT %(most)s"""
# Read first by the index of time alone: planned together, a project's whole log might be walked.
NEWEST = """
    WITH new AS MATERIALIZED (
        SELECT project_id, received_at FROM feedback_interaction
        WHERE received_at > %s AND received_at <= %s)
    SELECT project_id, max(received_at) FROM new GROUP BY project_id"""

LAST = UUID(int=2**128 - 1)
FIRST_SPAN = timedelta(minutes=1)
LONGEST_SPAN = timedelta(days=30)


class Place(NamedTuple):
    received_at: datetime
    id: UUID


def newest(since: datetime, until: datetime) -> dict[int, datetime]:
    """By project: when the last of what arrived in that time did."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [since, until])
        return dict(cursor.fetchall())


def place_of(mark: AssertionMark) -> Place:
    return Place(mark.received_at, mark.interaction)


def after(project: int, place: Place, until: datetime, most: int) -> tuple[list[Interaction], Place]:
    """(interactions of production, the place behind them): the next `most` at most, whatever their
    environment. No interaction and `until`: there is nothing more by then."""
    span = FIRST_SPAN
    while place.received_at < until:
        end = min(until, place.received_at + span)
        rows = _next(project, place, end, most)
        if rows:
            ids = [pk for pk, _at, environment in rows if environment == Environment.PRODUCTION]
            last = rows[-1]
            behind = Place(last[1], last[0]) if len(rows) == most else Place(end, LAST)
            found = Interaction.objects.filter(pk__in=ids).only(
                "id", "occurred_at", "feature", "input", "output", "context", "metadata"
            )
            in_order = found.in_bulk(ids)
            return [in_order[pk] for pk in ids if pk in in_order], behind
        place = Place(end, LAST)
        span = min(2 * span, LONGEST_SPAN)
    return [], place


def _next(project: int, place: Place, end: datetime, most: int) -> Sequence[tuple[UUID, datetime, str]]:
    facts: dict[str, Any] = {
        "project": project,
        "at": place.received_at,
        "id": place.id,
        "until": end,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEXT, facts)
        found: list[tuple[UUID, datetime, str]] = cursor.fetchall()
    return found

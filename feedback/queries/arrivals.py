"""What arrived in the log after a mark, in the order in which it arrived.

By the time of receipt and not by that of the interaction: a file of last month that is read today is
new today.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from feedback.models import AssertionMark, Environment, Interaction

NEXT = """
    SELECT id, received_at, environment FROM feedback_interaction
    WHERE project_id = %(project)s AND received_at >= %(at)s AND received_at <= %(until)s
      AND (received_at, id) > (%(at)s, %(id)s)
    ORDER BY received_at, id LIMIT %(most)s"""
# The last of each project alone: one step into the index, whatever the log holds.
NEWEST = """
    SELECT project, (SELECT received_at FROM feedback_interaction i
                     WHERE i.project_id = project AND i.received_at <= %s
                     ORDER BY i.received_at DESC LIMIT 1)
    FROM unnest(%s::bigint[]) AS project"""

LAST = UUID(int=2**128 - 1)


class Place(NamedTuple):
    received_at: datetime
    id: UUID


def newest(projects: Collection[int], until: datetime) -> dict[int, datetime]:
    """When the last that a project's log holds arrived; without those whose log is empty."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [until, list(projects)])
        return {project: at for project, at in cursor.fetchall() if at is not None}


def place_of(mark: AssertionMark) -> Place:
    return Place(mark.received_at, mark.interaction)


def lies_behind(mark: AssertionMark, newest: datetime | None) -> bool:
    """Whether something arrived that the mark has not passed."""
    if newest is None or newest < mark.received_at:
        return False
    return newest > mark.received_at or mark.interaction != LAST


def after(project: int, place: Place, until: datetime, most: int) -> tuple[list[Interaction], Place]:
    """(interactions of production, the place behind them): of the next `most`, whatever their
    environment. The place is that of `until` when there is nothing more by then."""
    rows = _next(project, place, until, most)
    ids = [pk for pk, _at, environment in rows if environment == Environment.PRODUCTION]
    behind = (
        Place(rows[-1][1], rows[-1][0]) if len(rows) == most else Place(max(until, place.received_at), LAST)
    )
    found = Interaction.objects.filter(pk__in=ids).only(
        "id", "occurred_at", "feature", "input", "output", "context", "metadata"
    )
    in_order = found.in_bulk()
    return [in_order[pk] for pk in ids if pk in in_order], behind


def _next(project: int, place: Place, until: datetime, most: int) -> Sequence[tuple[UUID, datetime, str]]:
    facts: dict[str, Any] = {
        "project": project,
        "at": place.received_at,
        "id": place.id,
        "until": until,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEXT, facts)
        found: list[tuple[UUID, datetime, str]] = cursor.fetchall()
    return found

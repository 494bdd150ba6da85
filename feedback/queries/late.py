"""Logs that came after the draw of their day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from feedback import days
from feedback.ingest.ids import ids_between
from feedback.models import Environment, Interaction, VibeCheck
from feedback.queries.shifts import zone_of

RECENT = timedelta(days=3)
SETTLED = timedelta(minutes=10)  # a nightly file is not drawn from while it is still coming in
LOOKED_THROUGH = 1000  # of a day's first interactions, for one of production
READ = 50_000  # rows of the day, the newest first: however large it is, its page costs no more
MOST = 1_000

CAME = """
    SELECT day.n FROM unnest(%(n)s::int[], %(project)s::bigint[], %(low)s::uuid[], %(high)s::uuid[])
        AS day(n, project, low, high)
    WHERE EXISTS (
        SELECT FROM (SELECT environment, received_at FROM feedback_interaction i
                     WHERE i.project_id = day.project AND i.id >= day.low AND i.id < day.high
                     ORDER BY i.id LIMIT %(most)s) first
        WHERE first.environment = 'production' AND first.received_at < %(settled)s)"""


def came_after(now: datetime) -> list[VibeCheck]:
    """Checks of the last days that found nothing to draw, and would now. Two queries."""
    empty = VibeCheck.objects.filter(
        population=0, day__gte=(now - RECENT).date(), project__vibe_plan__enabled=True
    ).select_related("project")
    checks = list(empty.order_by("pk"))
    if not checks:
        return []
    low, high = zip(*(_ids_of(check) for check in checks), strict=True)
    facts: dict[str, Any] = {
        "n": list(range(len(checks))),
        "project": [check.project_id for check in checks],
        "low": list(low),
        "high": list(high),
        "most": LOOKED_THROUGH,
        "settled": now - SETTLED,
    }
    with connection.cursor() as cursor:
        cursor.execute(CAME, facts)
        found = {n for (n,) in cursor.fetchall()}
    return [check for n, check in enumerate(checks) if n in found]


@dataclass(frozen=True)
class Late:
    """Production interactions. `more`: there may be others, for counting stopped."""

    count: int
    more: bool

    @property
    def none(self) -> bool:
        """For sure."""
        return self.count == 0 and not self.more


def late_of(check: VibeCheck) -> Late:
    """One query over a bounded range of the index on (project, id)."""
    low, high = _ids_of(check)
    day = Interaction.objects.filter(project=check.project_id, id__gte=low, id__lt=high)
    after = ExpressionWrapper(
        Q(environment=Environment.PRODUCTION, received_at__gt=check.drawn_at), output_field=BooleanField()
    )
    read = day.annotate(after=after).order_by("-id").values("id", "after")[:READ]
    found = read.aggregate(read=Count("id"), late=Count("id", filter=Q(after=True)))
    return Late(min(found["late"], MOST), found["late"] > MOST or found["read"] == READ)


def _ids_of(check: VibeCheck) -> tuple[UUID, UUID]:
    """The day as a range of the log's ids."""
    return ids_between(*days.bounds(check.day, zone_of(check.project)))

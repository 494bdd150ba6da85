"""Once a day: vectors of what the log has lost, of long ago, and of spaces that are used no more."""

from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.tidy import nightly
from annotator.jobs.work import Work
from drift.models import EmbeddedDay, Space

NAME = "drift.forget"
UNUSED = timedelta(days=7)  # the settings may be put back
# What stands for others takes them along: they were sent by the same person, or are the same text.
LOST = """
    DELETE FROM drift_inputvector v WHERE v.day_id = %s
    AND NOT EXISTS (SELECT FROM feedback_interaction i WHERE i.id = v.interaction)"""


def forget(work: Work) -> None:
    """Day by day, each in a transaction of its own."""
    today = timezone.now().date()
    for day in _too_old(today):
        with work.chunk() as chunk:
            day.vectors.all().delete()
            day.delete()
            _count(work, "days", 1)
            chunk.done += 1
    for space in _unused():
        for day in space.days.all():
            with work.chunk() as chunk:
                day.vectors.all().delete()
                day.delete()
                _count(work, "days", 1)
                chunk.done += 1
        with work.chunk():
            space.delete()
            _count(work, "spaces", 1)
    for day in EmbeddedDay.objects.order_by("pk").filter(pk__gt=work.cursor or 0):
        with work.chunk() as chunk, connection.cursor() as cursor:
            cursor.execute(LOST, [day.pk])
            _count(work, "vectors", cursor.rowcount)
            chunk.cursor = day.pk


def _too_old(today: date) -> QuerySet[EmbeddedDay]:
    """But those of a window that somebody pinned."""
    plan = "space__project__drift_plan__pinned_"
    pinned = Q(**{f"{plan}first__lte": F("day"), f"{plan}last__gte": F("day")})
    return EmbeddedDay.objects.filter(day__lt=today - timedelta(days=settings.DRIFT_KEEP_DAYS)).exclude(
        pinned
    )


def _unused() -> QuerySet[Space]:
    """Whose plan has moved on to another, a week ago or more."""
    elsewhere = Space.objects.exclude(project__drift_plan__space=None).exclude(
        project__drift_plan__space=F("pk")
    )
    return elsewhere.exclude(days__drawn_at__gte=timezone.now() - UNUSED)


def _count(work: Work, name: str, more: int) -> None:
    work.result[name] = work.result.get(name, 0) + more


KIND = Kind(NAME, forget, title=_("Forget old vectors"))
SCHEDULE = nightly("drift.forget", NAME)

"""Once a day: vectors of what the log has lost, of long ago, and of spaces that are used no more; what quotes lost inputs.

A space itself stays, as what was measured in it does: a few numbers a day, which people look at (decision 25).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.tidy import nightly
from annotator.jobs.work import Work
from drift.models import DriftPlan, EmbeddedDay, EmbeddedReference, Space
from drift.services import erased, plans, references

NAME = "drift.forget"
UNUSED = timedelta(days=7)  # the settings may be put back
AHEAD = 2  # days: yesterday is judged, and somewhere it is still the day before
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
        for embedded in space.references.all():
            with work.chunk():
                embedded.vectors.all().delete()
                embedded.delete()
        with work.chunk():
            Space.objects.filter(pk=space.pk).update(made_at=Now())  # if it is used again, it begins anew
            _count(work, "spaces", 1)
    for day in EmbeddedDay.objects.order_by("pk").filter(pk__gt=work.cursor or 0):
        with work.chunk() as chunk, connection.cursor() as cursor:
            cursor.execute(LOST, [day.pk])
            _count(work, "vectors", cursor.rowcount)
            chunk.cursor = day.pk
    for quoting in erased.quoting():
        with work.chunk():
            erased.mend(quoting)
            _count(work, "titles", 1)
    references.sweep(timezone.now())


def _too_old(today: date) -> Iterator[EmbeddedDay]:
    """But those of a window that somebody pinned, and those that the next night would embed again."""
    plan = "space__project__drift_plan__pinned_"
    pinned = Q(**{f"{plan}first__lte": F("day"), f"{plan}last__gte": F("day")})
    old = EmbeddedDay.objects.filter(day__lt=today - timedelta(days=settings.DRIFT_KEEP_DAYS)).exclude(pinned)
    wanted = {
        space: today - (max(plans.LEAST_DAYS, back) + AHEAD) * timedelta(days=1)
        for space, back in DriftPlan.objects.exclude(space=None).values_list("space", "baseline_days")
    }
    for day in old.defer("repeats"):
        if day.day < wanted.get(day.space_id, today):
            yield day


def _unused() -> QuerySet[Space]:
    """That still have vectors, and whose plan has moved on to another, a week ago or more."""
    elsewhere = Space.objects.exclude(project__drift_plan__space=None).exclude(
        project__drift_plan__space=F("pk")
    )
    recent = EmbeddedDay.objects.filter(space=OuterRef("pk"), drawn_at__gte=timezone.now() - UNUSED)
    days, held = (
        EmbeddedDay.objects.filter(space=OuterRef("pk")),
        EmbeddedReference.objects.filter(space=OuterRef("pk")),
    )
    return elsewhere.filter(~Exists(recent), Exists(days) | Exists(held))


def _count(work: Work, name: str, more: int) -> None:
    work.result[name] = work.result.get(name, 0) + more


KIND = Kind(NAME, forget, title=_("Forget old vectors"))
SCHEDULE = nightly("drift.forget", NAME)

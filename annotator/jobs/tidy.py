"""Once a day: forget jobs that ended long ago, slots that no schedule asks about any more, and
uploads that nobody started."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import Work
from annotator.models import Job, JobState, ScheduledRun
from annotator.services.queue_files import ITEMS

KEEP_JOBS = timedelta(days=90)
KEEP_SLOTS = timedelta(days=400)  # far longer than any schedule looks back
HOUR = 3  # UTC
CHUNK = 1000


NAME = "annotator.tidy"


def tidy(work: Work) -> None:
    """Failed jobs stay until somebody tries them again or their project goes."""
    now = timezone.now()
    old = Job.objects.filter(state__in=[JobState.DONE, JobState.CANCELLED], finished_at__lt=now - KEEP_JOBS)
    delete(work, old, "jobs")
    delete(work, ScheduledRun.objects.filter(due_at__lt=now - KEEP_SLOTS), "slots")
    ITEMS.sweep()


def delete(work: Work, rows: QuerySet[Any], name: str) -> None:
    """In chunks that commit, counted in the job's result under `name`."""
    deleted = CHUNK
    while deleted == CHUNK:
        with work.chunk() as chunk:
            deleted, _by_model = rows.filter(pk__in=rows.values("pk")[:CHUNK]).delete()
            work.result[name] = work.result.get(name, 0) + deleted
            chunk.done += deleted


def nightly(schedule: str, kind: str) -> Schedule:
    """A missed night needs no second run: the newest only."""

    def newest_night(now: datetime) -> Iterable[Slot]:
        night = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
        if night > now:
            night -= timedelta(days=1)
        yield Slot(schedule, night, kind, key=f"{schedule} {night:%Y-%m-%d}")

    return Schedule(schedule, newest_night)


KIND = Kind(NAME, tidy, title=_("Forget old jobs"))
SCHEDULE = nightly("tidy", NAME)

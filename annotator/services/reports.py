"""Keeping what was computed of a queue."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from annotator.models import Job, Queue, Report

OUTDATED = timedelta(minutes=1)


def is_outdated(report: Report | None, newer: int) -> bool:
    """Whether a page that shows it should have it computed anew: not with each label that comes in."""
    return newer > 0 and (report is None or report.computed_at < timezone.now() - OUTDATED)


def keep(
    *, queue: Queue, kind: str, result: dict[str, Any], last_label: int, job: Job, at: datetime | None = None
) -> None:
    """The queue's one report of this kind. A slower job puts no older result over a newer one.

    Inside the caller's transaction. `last_label`: the newest label that it knows of; `at`: when it was read, else now.
    """
    Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    if Report.objects.filter(queue=queue, kind=kind, last_label__gt=last_label).exists():
        return
    told = {"result": result, "last_label": last_label, "computed_at": at or Now(), "job": job}
    Report.objects.update_or_create(queue=queue, kind=kind, defaults=told)

"""Asking for background work, cancelling it, trying it again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from annotator.jobs import registry
from annotator.jobs.leases import DatabaseNow
from annotator.models import Job, JobState, Project, User


def ask(
    *,
    kind: str,
    key: str,
    project: Project | int | None = None,
    arguments: dict[str, Any] | None = None,
    by: User | None = None,
    due_at: datetime | None = None,
) -> Job:
    """The job of this kind and key, written now if nobody asked before. Ring for it at the edge.

    Make `key` from what is asked (“queue 7, manifest h”), so that asking twice is one job.
    Arguments are ids and small numbers, never payload. Raises UnknownKind.
    """
    known = registry.get(kind)
    values: dict[str, Any] = {
        "project_id": project.pk if isinstance(project, Project) else project,
        "celery_queue": known.queue,
        "max_attempts": known.patience,
        "arguments": arguments or {},
        "asked_by": by,
    }
    if due_at is not None:
        values["due_at"] = due_at
    job, _ = Job.objects.get_or_create(kind=kind, idempotency_key=key, defaults=values)
    return job


@transaction.atomic
def cancel(*, job: Job) -> bool:
    """A waiting job ends now, a running one after its chunk. False when it has ended already."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.state == JobState.DUE:
        row.state = JobState.CANCELLED
        row.cancel_asked = True
        Job.objects.filter(pk=row.pk).update(
            state=JobState.CANCELLED, cancel_asked=True, finished_at=DatabaseNow()
        )
    elif row.state == JobState.LEASED:
        Job.objects.filter(pk=row.pk).update(cancel_asked=True)
    else:
        return False
    return True


@transaction.atomic
def retry(*, job: Job) -> Job | None:
    """A failed or cancelled job is due again and goes on where it stopped; else None."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.state not in {JobState.FAILED, JobState.CANCELLED}:
        return None
    Job.objects.filter(pk=row.pk).update(
        state=JobState.DUE,
        due_at=DatabaseNow(),
        cancel_asked=False,
        error="",
        finished_at=None,
        max_attempts=row.attempts + registry.patience(row.kind),
    )
    row.refresh_from_db()
    return row

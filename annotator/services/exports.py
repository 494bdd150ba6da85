"""Asking for an export file."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q

from annotator.exports import file
from annotator.exports.filters import Filters
from annotator.exports.job import NAME
from annotator.models import Export, Job, JobState, Queue, User
from annotator.services import jobs

OVER = (JobState.FAILED, JobState.CANCELLED)


@transaction.atomic
def ask_export(*, queue: Queue, filters: Filters, by: User | None = None) -> tuple[Export, Job]:
    """The export of these labels with its job; the one there is, if nothing changed since."""
    Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)  # two clicks find one export
    arguments: dict[str, Any] = {"filters": filters.as_dict(), "state": _state(queue)}
    found = (
        Export.objects.select_related("job")
        .filter(queue=queue, job__arguments=arguments)
        .exclude(job__state__in=OVER)
        .order_by("-created_at")
        .first()
    )
    if found is not None and found.job is not None and (not found.sha256 or file.path_of(found.pk).exists()):
        return found, found.job
    export = Export(queue=queue, created_by=by)
    export.job = jobs.ask(
        kind=NAME, key=f"export {export.pk}", project=queue.project_id, arguments=arguments, by=by
    )
    export.save()
    return export, export.job


def _state(queue: Queue) -> list[int]:
    """Changes whenever an export of the queue would."""
    # Not by the newest alone: numbers are drawn before the commit, so an older one may come later.
    seen = queue.labels.aggregate(
        last=Max("pk"), all=Count("pk"), surplus=Count("pk", filter=Q(surplus=True))
    )
    return [seen["last"] or 0, seen["all"], seen["surplus"]]

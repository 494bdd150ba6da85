"""The background job that computes a queue's results, once an hour while there are newer labels."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, Label, Queue, QueueKind, Report
from annotator.services.reports import keep

NAME = "annotator.pair_results"
REPORT = "pairs"


def run(work: Work) -> None:
    """Computed in one go from one reading; a killed attempt begins anew."""
    queue = Queue.objects.filter(pk=work.arguments["queue"]).first()
    if queue is None:
        raise PermanentError(str(_("The queue was deleted.")))
    if queue.kind != QueueKind.PAIRWISE:
        raise PermanentError(str(_("Only queues of pairs have results of this kind.")))
    with work.keep_alive():
        seen = _seen(queue)
        questions = _compute(queue)
    with work.chunk() as chunk:
        result = {"questions": questions, "labels": seen["labels"]}
        keep(queue=queue, kind=REPORT, result=result, last_label=seen["last"], job=work.job)
        chunk.done = chunk.total = seen["labels"]
        chunk.last = True


def _seen(queue: Queue) -> dict[str, int]:
    """Asked before the votes are read: what comes in between counts as newer."""
    found = queue.labels.aggregate(labels=Count("pk"), last=Max("pk"))
    return {"labels": found["labels"], "last": found["last"] or 0}


def _compute(queue: Queue) -> dict[str, Any]:
    from annotator.pair_results import result  # noqa: PLC0415 - numpy is for the worker alone
    from annotator.queries.votes import votes_in  # noqa: PLC0415

    return result.of_votes(votes_in(queue))


def due(now: datetime) -> Iterable[Slot]:
    """One slot an hour for each queue with labels that its report does not know of."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    known = Report.objects.filter(queue=OuterRef("pk"), kind=REPORT).values("last_label")
    behind = (
        Queue.objects.filter(kind=QueueKind.PAIRWISE)
        .annotate(known=Coalesce(Subquery(known), 0))
        .filter(Exists(Label.objects.filter(queue=OuterRef("pk"), pk__gt=OuterRef("known"))))
        .values_list("pk", F("project_id"))
    )
    for queue, project in behind:
        yield Slot(
            f"pair_results {queue}",
            hour,
            NAME,
            key=f"pair_results {queue} {hour:%Y-%m-%d %H}",
            project_id=project,
            arguments={"queue": str(queue)},
        )


def _url(job: Job) -> str:
    queue = Queue.objects.select_related("project").filter(pk=UUID(job.arguments["queue"])).first()
    return reverse("queue-results", args=[queue.project.slug, queue.pk]) if queue else ""


KIND = Kind(NAME, run, title=_("Results of pairs"), result_url=_url)
SCHEDULE = Schedule("pair_results", due)

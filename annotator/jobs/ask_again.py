"""The background job that asks again what was answered to an older wording."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, Question, QuestionVersion, Queue
from annotator.queries.stale import stale_count
from annotator.services.ask_again import KIND as NAME
from annotator.services.ask_again import again


def run(work: Work) -> None:
    """By label; the cursor is the last one that was looked at."""
    queue = Queue.objects.filter(pk=work.arguments["queue"]).first()
    version = QuestionVersion.objects.filter(
        question=work.arguments["question"], number=work.arguments["version"]
    ).first()
    if queue is None or version is None:
        raise PermanentError(str(_("The queue or the question was deleted.")))
    left, _newest = stale_count(queue, Question(pk=version.question_id), version.number)
    total = work.done + left
    looked_at = work.cursor or 0
    while True:
        with work.chunk() as chunk:
            asked, looked_at = again(queue=queue, version=version, by=work.job.asked_by, after=looked_at)
            chunk.done += asked
            chunk.total = max(total, chunk.done)
            if looked_at:
                chunk.cursor = looked_at
            work.result["answers"] = chunk.done
            chunk.last = not looked_at
        if not looked_at:
            return


def _url(job: Job) -> str:
    queue = Queue.objects.select_related("project").filter(pk=job.arguments["queue"]).first()
    return reverse("queue", args=[queue.project.slug, queue.pk]) if queue else ""


def _details(jobs: Sequence[Job]) -> Mapping[UUID, str]:
    names = {
        str(pk): name
        for pk, name in Queue.objects.filter(pk__in=[job.arguments["queue"] for job in jobs]).values_list(
            "pk", "name"
        )
    }
    return {job.pk: names[job.arguments["queue"]] for job in jobs if job.arguments["queue"] in names}


KIND = Kind(NAME, run, title=_("Asking again"), result_url=_url, details=_details)

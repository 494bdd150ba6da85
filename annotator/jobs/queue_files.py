"""What the jobs that read a queue's uploaded files share."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from annotator.jobs import uploads as uploaded
from annotator.jobs.work import Work
from annotator.models import ItemImport, Job
from annotator.services.queue_files import ITEMS


def upload_of(work: Work) -> ItemImport:
    """With its queue and project."""
    rows = ItemImport.objects.select_related("queue__project")
    return uploaded.check_is_there(ITEMS, rows.filter(pk=work.arguments["upload"]).first())


def page(job: Job) -> str:
    """Where its outcome is shown."""
    assert job.project is not None  # noqa: S101 - asked for with one
    return reverse(
        "queue-upload-file", args=[job.project.slug, job.arguments["queue"], job.arguments["upload"]]
    )


def names(jobs: Sequence[Job]) -> dict[UUID, str]:
    """The file of each import."""
    return dict(ItemImport.objects.filter(job__in=jobs).values_list("job_id", "name"))

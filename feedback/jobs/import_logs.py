"""The job that reads an uploaded log file."""

from collections.abc import Sequence
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs import uploads as uploaded
from annotator.jobs.registry import Kind
from annotator.jobs.work import Work
from annotator.models import Job
from annotator.reading.errors import Rejected
from annotator.reading.plans import Chunk
from feedback.models import LogImport
from feedback.services import imports, uploads
from feedback.services.imports import Outcome
from feedback.services.uploads import LOGS


def run(work: Work) -> None:
    """Arguments: {"upload": id}."""
    row = LogImport.objects.select_related("project").filter(pk=work.arguments["upload"]).first()
    upload = uploaded.check_is_there(LOGS, row)
    plan = uploads.plan_of(upload)

    def store(chunk: Chunk, outcome: Outcome) -> tuple[Outcome, Sequence[Rejected]]:
        stored = imports.store_chunk(upload.project, plan, chunk)
        return outcome.with_chunk(stored), stored.rejected

    uploaded.read(work, LOGS, upload, plan, outcome=Outcome, store=store)


def page(job: Job) -> str:
    """Where its outcome is shown."""
    assert job.project is not None  # noqa: S101 - asked for with one
    return reverse("log-import-file", args=[job.project.slug, job.arguments["upload"]])


def names(jobs: Sequence[Job]) -> dict[UUID, str]:
    """The file of each import."""
    return dict(LogImport.objects.filter(job__in=jobs).values_list("job_id", "name"))


KIND = Kind(
    LOGS.job_kind, run, title=_("Import of logs"), result_url=page, details=names, amount=filesizeformat
)

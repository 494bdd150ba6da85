"""The job that reads an uploaded log file."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job
from feedback.ingest.files import BadFile
from feedback.models import LogImport
from feedback.services import imports, uploads
from feedback.services.imports import Outcome, Rejects


def run(work: Work) -> None:
    """Arguments: {"upload": id}. The cursor: the last line read, and how large the rejects were."""
    upload = LogImport.objects.select_related("project").filter(pk=work.arguments["upload"]).first()
    if upload is None or not uploads.file_of(upload).exists():
        raise PermanentError("The uploaded file is gone: upload it again.")
    cursor = work.cursor or {"line": 0, "rejects": 0}
    try:
        _read(work, upload, cursor["line"], Rejects(uploads.rejects_of(upload), keep=cursor["rejects"]))
    except BadFile as bad:
        raise PermanentError(str(bad)) from bad
    work.finish()  # before its file goes: an attempt after a kill would miss it and fail
    uploads.file_of(upload).unlink(missing_ok=True)


def _read(work: Work, upload: LogImport, after_line: int, rejects: Rejects) -> None:
    plan = uploads.plan_of(upload)
    outcome = Outcome(**work.result) if work.result else Outcome()
    for part in imports.chunks(plan, after_line=after_line):
        with work.chunk() as chunk:
            stored = imports.store_chunk(upload.project, plan, part)
            rejects.add(part, stored.rejected)
            outcome = outcome.with_chunk(stored)
            work.result = asdict(outcome)
            chunk.done, chunk.total = part.position, upload.size
            chunk.cursor = {"line": part.line, "rejects": rejects.size}


def page(job: Job) -> str:
    """Where its outcome is shown."""
    assert job.project is not None  # noqa: S101 - asked for with one
    return reverse("log-import-file", args=[job.project.slug, job.arguments["upload"]])


def names(jobs: Sequence[Job]) -> dict[UUID, str]:
    """The file of each import."""
    return dict(LogImport.objects.filter(job__in=jobs).values_list("job_id", "name"))


KIND = Kind(
    uploads.KIND, run, title=_("Import of logs"), result_url=page, details=names, amount=filesizeformat
)

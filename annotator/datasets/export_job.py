"""The background job that packs a version in one format. A killed attempt begins anew: rows are frozen."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.datasets import exporting
from annotator.datasets.frozen import Gone
from annotator.exports import file
from annotator.exports.job import Progress
from annotator.jobs import leases
from annotator.jobs.registry import Kind
from annotator.jobs.work import LeaseLost, PermanentError, Work
from annotator.models import DatasetExport, Job
from annotator.ways_out.model import Refused

NAME = "annotator.dataset_export"


def run(work: Work) -> None:
    export = DatasetExport.objects.select_related("version__dataset__project").filter(job=work.job).first()
    if export is None:
        raise PermanentError(str(_("The export was deleted.")))
    if export.sha256:
        return
    target = exporting.path_of(export.pk)
    target.parent.mkdir(parents=True, exist_ok=True)
    file.forget_parts(target)
    exporting.forget_folders(target)
    part = file.part_of(target, work.job.attempts)
    try:
        asked = exporting.ask(export.version, export.format, export.splits, export.options)
        progress = Progress(work, asked.rows)
        told = exporting.pack(asked, part, progress=progress.say)
    except Refused as why:
        raise PermanentError(str(why)) from why
    except Gone as why:
        raise PermanentError(str(_("The version was deleted."))) from why
    sha256, size = exporting.sha256_of(part), part.stat().st_size
    with work.chunk() as chunk:
        if leases.renew(work.job) is None:  # holds the job's row: nobody else can publish now
            raise LeaseLost
        file.publish(part, target)
        kept = DatasetExport.objects.filter(pk=export.pk).update(manifest=told, bytes=size, sha256=sha256)
        if not kept:  # deleted while it was packed: whoever deleted it found no file yet
            target.unlink(missing_ok=True)
            raise PermanentError(str(_("The export was deleted.")))
        work.result = {"export": str(export.pk), "bytes": size}
        chunk.done = chunk.total = asked.rows
        chunk.last = True
    file.forget_parts(target)


def _url(job: Job) -> str:
    export = DatasetExport.objects.select_related("version__dataset__project").filter(job=job).first()
    return reverse("dataset-export", args=[export.version.dataset.project.slug, export.pk]) if export else ""


def _details(jobs: Sequence[Job]) -> dict[UUID, str]:
    found = DatasetExport.objects.filter(job__in=jobs).values_list(
        "job_id", "version__dataset__name", "version__number", "format"
    )
    return {job: f"{name} {number}, {form}" for job, name, number, form in found}


KIND = Kind(NAME, run, title=_("Export of a dataset"), result_url=_url, details=_details)

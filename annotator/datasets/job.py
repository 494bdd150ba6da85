"""The background job that makes a version of a dataset."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.datasets import filters, make
from annotator.exports import rows
from annotator.exports.job import Progress
from annotator.jobs import leases
from annotator.jobs.registry import Kind
from annotator.jobs.work import LeaseLost, PermanentError, Work
from annotator.models import DatasetVersion, Item, Job

NAME = "annotator.dataset"


def run(work: Work) -> None:
    """Read everything from one snapshot, then write the rows. A killed attempt begins anew."""
    version = DatasetVersion.objects.select_related("dataset__project").filter(job=work.job).first()
    if version is None:
        raise PermanentError(str(_("The version was deleted.")))
    if version.made_at is not None:
        return
    _forget_rows(work, version)
    project, wanted = version.dataset.project, filters.read(version.filters)
    progress = Progress(work, 2 * Item.objects.filter(queue__project=project).count())
    with work.keep_alive(), rows.separate() as using:
        made = make.plan(project, wanted, using=using, progress=progress.say)
    progress.total = 2 * len(made.rows)

    try:
        make.freeze(version, made, hold=lambda: _hold(work), progress=progress.say)
    finally:
        made.rows.close()
    with work.chunk() as chunk:
        version.made_at = timezone.now()
        version.save(update_fields=["rows", "sha256", "counts", "queues", "made_at"])
        work.result = {"version": str(version.pk), "rows": version.rows}
        chunk.done = chunk.total = version.rows or 0
        chunk.last = True


def _hold(work: Work) -> None:
    """Until the transaction ends: holds the job's row, so that nobody else can write meanwhile."""
    if leases.renew(work.job) is None:
        raise LeaseLost


def _forget_rows(work: Work, version: DatasetVersion) -> None:
    """What an attempt that was killed has written."""
    with transaction.atomic():
        _hold(work)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM annotator_datasetrow WHERE version_id = %s", [version.pk])


def _url(job: Job) -> str:
    found = DatasetVersion.objects.select_related("dataset__project").filter(job=job).first()
    if found is None:
        return ""
    return reverse("dataset-version", args=[found.dataset.project.slug, found.dataset_id, found.number])


def _details(jobs: Sequence[Job]) -> dict[UUID, str]:
    found = DatasetVersion.objects.filter(job__in=jobs).values_list("job_id", "dataset__name", "number")
    return {job: f"{name} {number}" for job, name, number in found}


KIND = Kind(NAME, run, title=_("Version of a dataset"), result_url=_url, details=_details)

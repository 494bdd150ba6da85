"""The background job that makes an export file."""

from time import monotonic

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.exports import file, filters, rows
from annotator.jobs import leases, stop
from annotator.jobs.registry import Kind
from annotator.jobs.work import Cancelled, GivenBack, LeaseLost, PermanentError, Work
from annotator.models import Export, Job
from annotator.queries.labels import current_labels

NAME = "annotator.export"
SAY_EVERY = 5.0  # seconds between two words on progress; a row may weigh next to nothing, or a megabyte


def run(work: Work) -> None:
    """Write the file from one snapshot. A killed attempt begins anew: half a snapshot is none."""
    export = Export.objects.select_related("queue__project").filter(job=work.job).first()
    if export is None:
        raise PermanentError(str(_("The export was deleted.")))
    target = file.path_of(export.pk)
    target.parent.mkdir(parents=True, exist_ok=True)
    file.forget_parts(target)
    part = file.part_of(target, work.job.attempts)
    wanted = filters.read(work.arguments.get("filters", {}))
    progress = Progress(work, current_labels(export.queue).count())
    with rows.separate() as using:
        described = file.write(part, export.queue, wanted, using=using, progress=progress.say)
    with work.chunk() as chunk:
        if leases.renew(work.job) is None:  # holds the job's row: nobody else can publish now
            raise LeaseLost
        file.publish(part, target)
        Export.objects.filter(pk=export.pk).update(
            rows=described["rows"], sha256=described["sha256"], manifest=described
        )
        work.result = {"export": str(export.pk), "rows": described["rows"], "bytes": described["bytes"]}
        chunk.done = chunk.total = described["rows"]
        chunk.last = True
    file.forget_parts(target)


class Progress:
    """Progress and a renewed lease, on a connection apart from the one that reads the snapshot.

    Not a chunk: a chunk may end this worker's turn, and the next would begin from nothing.
    """

    def __init__(self, work: Work, total: int) -> None:
        self.work, self.total = work, total
        self._every = min(SAY_EVERY, settings.JOB_LEASE_SECONDS / 3)
        self._due = monotonic() + self._every

    def say(self, done: int) -> None:
        if monotonic() < self._due:
            return
        self._due = monotonic() + self._every
        job = self.work.job
        job.done, job.total = done, max(done, self.total)
        asked = leases.save(job, result=self.work.result, spare=None)
        if asked is None:
            raise LeaseLost
        if asked:
            raise Cancelled
        if stop.asked():
            leases.give_back(job)
            raise GivenBack


def _url(job: Job) -> str:
    export = Export.objects.select_related("queue__project").filter(job=job).first()
    return reverse("export", args=[export.queue.project.slug, export.pk]) if export else ""


KIND = Kind(NAME, run, title=_("Export of labels"), result_url=_url)

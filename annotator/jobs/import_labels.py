"""The job that reads an uploaded file of labels that were given elsewhere."""

from collections.abc import Sequence

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from annotator.jobs import queue_files
from annotator.jobs import uploads as uploaded
from annotator.jobs.registry import Kind
from annotator.jobs.work import Work
from annotator.reading.errors import Rejected
from annotator.reading.plans import Chunk
from annotator.services import sent_labels
from annotator.services.queue_files import LABELS, label_reader, plan_of
from annotator.services.sent_labels import LabelOutcome


def run(work: Work) -> None:
    """Arguments: {"upload": id, "queue": its queue's}."""
    upload = queue_files.upload_of(work)
    plan, reader = plan_of(upload), label_reader(upload.queue)

    def store(chunk: Chunk, told: LabelOutcome) -> tuple[LabelOutcome, Sequence[Rejected]]:
        return sent_labels.store_chunk(upload.queue, reader, plan, chunk, told)

    uploaded.read(work, LABELS, upload, plan, outcome=LabelOutcome, store=store)


KIND = Kind(
    LABELS.job_kind,
    run,
    title=_("Import of labels"),
    result_url=queue_files.page,
    details=queue_files.names,
    amount=filesizeformat,
)

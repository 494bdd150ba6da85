"""The job that reads an uploaded file of items."""

from collections.abc import Sequence

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from annotator.jobs import queue_files
from annotator.jobs import uploads as uploaded
from annotator.jobs.registry import Kind
from annotator.jobs.work import Work
from annotator.reading.errors import Rejected
from annotator.reading.plans import Chunk
from annotator.services import import_items
from annotator.services.import_items import ItemOutcome
from annotator.services.queue_files import ITEMS, item_reader, plan_of


def run(work: Work) -> None:
    """Arguments: {"upload": id, "queue": its queue's}."""
    upload = queue_files.upload_of(work)
    plan, reader = plan_of(upload), item_reader(upload.queue)

    def store(chunk: Chunk, told: ItemOutcome) -> tuple[ItemOutcome, Sequence[Rejected]]:
        return import_items.store_chunk(upload.queue, reader, plan, chunk, told)

    uploaded.read(work, ITEMS, upload, plan, outcome=ItemOutcome, store=store)


KIND = Kind(
    ITEMS.job_kind,
    run,
    title=_("Import of items"),
    result_url=queue_files.page,
    details=queue_files.names,
    amount=filesizeformat,
)

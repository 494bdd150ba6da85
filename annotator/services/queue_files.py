"""Uploaded files of items and of labels on their way into a queue.

Both lie on one shelf: what a file holds is said when it is started, by the kind of its job.
"""

from zoneinfo import ZoneInfo

from django.db import transaction

from annotator.items.labels import LabelReader
from annotator.items.records import ItemReader
from annotator.models import ItemImport, Job, Queue, User
from annotator.queries.chains import chain_of
from annotator.reading.plans import Plan
from annotator.reading.records import Limits
from annotator.services import uploads
from annotator.services.uploads import Shelf

FOLDER = "queue-files"
ITEMS = Shelf(ItemImport, folder_name=FOLDER, job_kind="import_items")
LABELS = Shelf(ItemImport, folder_name=FOLDER, job_kind="import_labels")
SHELVES = {"items": ITEMS, "labels": LABELS}

Reader = ItemReader | LabelReader


def item_reader(queue: Queue) -> ItemReader:
    return ItemReader(queue.kind, _kinds(queue), _limits(queue))


def label_reader(queue: Queue) -> LabelReader:
    return LabelReader(_kinds(queue), _limits(queue))


def reader_of(what: str, queue: Queue) -> Reader:
    return item_reader(queue) if what == "items" else label_reader(queue)


def _kinds(queue: Queue) -> dict[str, str]:
    return {asked.key: asked.kind for asked in chain_of(queue)}


def _limits(queue: Queue) -> Limits:
    return uploads.limits(_zone(queue))


def _zone(queue: Queue) -> ZoneInfo:
    return ZoneInfo(queue.project.time_zone)


def plan_of(upload: ItemImport) -> Plan:
    return ITEMS.plan_of(upload, zone=_zone(upload.queue))


@transaction.atomic
def start(upload: ItemImport, *, what: str, chosen: dict[str, str], by: User) -> Job:
    """The job that reads it as items or as labels: whichever was asked first."""
    row = ItemImport.objects.select_for_update(of=("self",)).select_related("job").get(pk=upload.pk)
    if row.job is not None:
        return row.job
    queue = upload.queue
    return SHELVES[what].start(row, project=queue.project, chosen=chosen, by=by, queue=str(queue.pk))

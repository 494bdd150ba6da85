"""Labels that were given elsewhere, into a queue."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from annotator import access
from annotator.api.auth import ByKeyOrPage, Caller
from annotator.api.batches import described, read_batch
from annotator.items.labels import LabelReader, SentLabel
from annotator.models import Scope
from annotator.queries.chains import chain_of
from annotator.reading.errors import Rejected
from annotator.reading.records import Limits
from annotator.services import sent_labels, uploads

router = Router(tags=["queues"])
_ANY = LabelReader({"good": "binary"}, Limits()).json_schema()


class BadLabel(Schema):
    index: int = Field(description="Place in the list, or number of the line from 0.")
    external_id: str | None = Field(None, description="The item's, where the record could be read.")
    field: str | None = Field(None, description="The field to blame, if it is one.")
    error: str


class LabelsImportedOut(Schema):
    accepted: int = Field(description="Stored now.")
    surplus: int = Field(description="Of the accepted: they fill no place, others had answered.")
    duplicates: int = Field(description="There already: nothing changed.")
    unknown: list[BadLabel] = Field(
        description="What does not fit the queue: no such item, a question that is not asked of it, or an"
        " answer that was taken back since."
    )
    errors: list[BadLabel] = Field(description="What is no label of this queue by itself.")
    repaired: int = Field(description="Characters replaced by U+FFFD.")


@router.post(
    "/queues/{uuid:queue_id}/labels",
    auth=ByKeyOrPage(Scope.QUEUES),
    response=LabelsImportedOut,
    operation_id="post_queue_labels",
    summary="Import labels that were given elsewhere",
    openapi_extra={"requestBody": described(_ANY)},
)
def post_queue_labels(request: HttpRequest, queue_id: UUID) -> dict[str, Any]:
    """A list of labels, or one a line (NDJSON); gzip is fine. Each is judged by itself.

    A label names its item, its rater and its answer; `question` may be left out where the queue
    asks one, `created_at` where it is now. It is marked as imported, and fills a place of its item
    while one is free. A rater has one answer to a question of an item: the same again is a
    duplicate, another one is refused. So the same batch may be sent again after a fault. Where an
    answer was taken back or asked again, one that was given after that is stored.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]
    queue = caller.queue(queue_id, access.OWNERS)
    now = timezone.now()
    kinds = {asked.key: asked.kind for asked in chain_of(queue)}
    reader = LabelReader(kinds, uploads.limits(), from_file=False)
    sent, bad = read_batch(
        request, lambda index, record: sent_labels.in_its_time(reader.of_json(index, record), now)
    )
    stored = sent_labels.store(queue, sent)
    names = {one.index: one for one in sent}
    return {
        "accepted": stored.added,
        "surplus": stored.surplus,
        "duplicates": stored.known,
        "unknown": [_told(one, names) for one in stored.unknown],
        "errors": [_told(one, names) for one in bad],
        "repaired": sum(one.repaired for one in sent),
    }


def _told(bad: Rejected, sent: dict[int, SentLabel]) -> dict[str, Any]:
    of = sent.get(bad.index)
    return {
        "index": bad.index,
        "external_id": of.external_id if of else None,
        "field": bad.field,
        "error": bad.error,
    }

"""Items into a queue."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest
from msgspec import Raw
from ninja import Router

from annotator import access
from annotator.api.auth import ByKey, KeyRequest
from annotator.api.batches import split
from annotator.api.errors import Refused
from annotator.api.queues_schema import ITEMS_BODY, AddedOut
from annotator.items.records import ItemReader
from annotator.models import Queue, Scope
from annotator.queries.chains import chain_of
from annotator.reading import hygiene
from annotator.reading.errors import BadRecord
from annotator.services.items import NewItem, add_items
from annotator.services.sent_items import new_item, why_not
from annotator.services.uploads import limits

router = Router(tags=["queues"])

MOST_RATERS = 100  # that pre-labels of one request name
SHOWN = 1000  # errors and conflicts that an answer names; the counts are whole

_wrapped = msgspec.json.Decoder(dict[str, Raw]).decode
_name = msgspec.json.Decoder(dict[str, Any]).decode


class Sent(NamedTuple):
    items: list[NewItem]
    rejected: list[dict[str, Any]]
    repaired: int


@router.post(
    "/queues/{uuid:queue_id}/items",
    auth=ByKey(Scope.QUEUES),
    response=AddedOut,
    operation_id="post_items",
    summary="Fill a queue",
    openapi_extra={"requestBody": ITEMS_BODY},
)
def post_items(request: KeyRequest, queue_id: UUID) -> dict[str, Any]:
    """Add one item, a list of them (also as `{"items": […]}`), or one a line (NDJSON); gzip is fine.

    Good items go in, the others are named in `errors`. An item is known by its `external_id`: what
    is there already counts as a duplicate and stays as it is, so the same call may be repeated
    after 503 or a lost connection; one that came with other texts is named in `conflicts`.

    A queue of yes/no questions takes `input` and `output`; one of pairs takes `left` and `right`
    (and `left_variant`, `right_variant`: what made them). A pair that gives a model away, that is
    an error or breaks off, or whose sides are the same, is `held`: nobody is asked before an owner
    looked at it. `gold` is `{question: right answer}`: such an item measures raters.
    """
    queue = request.auth.queue(queue_id, access.OWNERS)
    if refusal := why_not(queue):
        raise Refused(409, refusal)
    sent = _read(queue, request, request.auth.key.name)
    if len({before.name for item in sent.items for before in item.prelabels}) > MOST_RATERS:
        raise Refused(422, f"The pre-labels of one request name at most {MOST_RATERS} raters.")
    added = add_items(queue, sent.items)
    return {
        "accepted": added.added,
        "duplicates": added.known,
        "held": added.held,
        "conflicts": added.conflicts[:SHOWN],
        "rejected": len(sent.rejected),
        "errors": sent.rejected[:SHOWN],
        "repaired": sent.repaired,
    }


def _read(queue: Queue, request: HttpRequest, rater: str) -> Sent:
    reader = ItemReader(
        queue.kind, {asked.key: asked.kind for asked in chain_of(queue)}, limits(), from_file=False
    )
    items: list[NewItem] = []
    rejected: list[dict[str, Any]] = []
    repaired = 0
    for index, record in split(request, _unwrapped):
        try:
            one = reader.of_json(index, record)
            items.append(new_item(one, origin="api", rater=rater))
            repaired += one.repaired
        except BadRecord as bad:
            why = {"field": bad.field, "error": str(bad)}
            rejected.append({"index": index, "external_id": _external_id(record), **why})
    return Sent(items, rejected, repaired)


def _unwrapped(body: bytes) -> bytes:
    """The list in `{"items": […]}`; anything else as it is."""
    if body.lstrip()[:1] != b"{":
        return body
    whole, _ = hygiene.repaired(body)  # changes no length
    try:
        found = _wrapped(whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body  # whoever reads it next says what is wrong
    if found.keys() != {"items"} or bytes(found["items"])[:1] != b"[":
        return body
    text = bytes(found["items"])
    start = whole.index(text)
    return body[start : start + len(text)]


def _external_id(record: bytes) -> str | None:
    """Of a record that is not stored, if it has one that can be read."""
    try:
        found = _name(record[: settings.INGEST_MAX_RECORD_BYTES]).get("external_id")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found[:256] if isinstance(found, str) else None

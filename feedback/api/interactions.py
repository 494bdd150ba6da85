"""Interactions into the log."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from annotator.api.auth import ByKey, KeyRequest
from annotator.api.batches import JSON, LINES
from annotator.api.errors import Refused
from annotator.models import Scope
from annotator.reading.errors import BadBody
from annotator.reading.records import Limits
from annotator.web.body import read_body
from feedback.api.interactions_schema import REQUEST_BODY, Answer, Refusal
from feedback.ingest import batch
from feedback.ingest.batch import Batch
from feedback.services import interactions

router = Router(tags=["interactions"])


@router.post(
    "/interactions",
    auth=ByKey(Scope.INGEST),
    response={202: Answer, (400, 401, 403, 413, 415, 503): Refusal},
    openapi_extra={"requestBody": REQUEST_BODY},
    operation_id="post_interactions",
    summary="Log interactions",
)
def post_interactions(request: KeyRequest) -> Status[dict[str, Any]]:
    """Store one interaction, a list of them, or one a line (NDJSON); gzip is fine.

    Answered after the records are stored. Good records of a batch go in, the others are named
    in `rejected` by their index: the place in the list, or the number of the line from 0.
    Sending the same batch again changes nothing: what was there counts as `duplicates`. So try
    again after 503 and after a lost connection. A record is the same when `id` and
    `occurred_at` are; give both. The same with other content is rejected, the first is kept.

    A record without `occurred_at`, or with one more than a day ahead, is shown under the time
    of receipt; the latter are listed in `ahead`, and their metadata keep what was sent.
    U+0000 and lone surrogates become U+FFFD, counted in `repaired`. Of a key that a payload
    has twice the last one counts.
    """
    sent = _batch(request)
    stored = interactions.store(request.auth.key.project, sent.records)
    rejected = sorted([*sent.rejected, *stored.rejected], key=lambda bad: bad.index)
    return Status(
        202,
        {
            "accepted": stored.accepted,
            "duplicates": stored.duplicates,
            "rejected": [{"index": bad.index, "field": bad.field, "error": bad.error} for bad in rejected],
            "ids": [{"index": index, "id": made} for index, made in stored.made_ids],
            "ahead": stored.ahead,
            "repaired": stored.repaired,
        },
    )


def _batch(request: HttpRequest) -> Batch:
    body = read_body(request, limit=settings.INGEST_MAX_BYTES, types=(*JSON, *LINES))
    split = batch.of_json if request.content_type in JSON else batch.of_lines
    limits = Limits(settings.INGEST_MAX_RECORD_BYTES, settings.INGEST_MAX_DEPTH)
    try:
        return split(body, cap=settings.INGEST_MAX_RECORDS, limits=limits)
    except BadBody as bad:
        raise Refused(413 if bad.too_large else 400, str(bad)) from bad

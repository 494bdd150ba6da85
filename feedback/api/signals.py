"""Signals about interactions."""

from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from annotator.api.batches import described, read_batch
from annotator.api.errors import Refused
from annotator.reading.records import Limits
from annotator.web.pace import seconds_to_wait
from feedback.api.interactions_schema import Refusal, RejectedRecord
from feedback.api.sender import ByKeyOrToken, Sender, SenderRequest
from feedback.services import signals
from feedback.signals.record import SignalReader, json_schema, keep_order

router = Router(tags=["signals"])


class SignalsOut(Schema):
    accepted: int = Field(description="Stored now.")
    duplicates: int = Field(description="Events that were there already: nothing changed.")
    rejected: list[RejectedRecord]
    repaired: int = Field(description="Characters replaced by U+FFFD.")


@router.post(
    "/signals",
    auth=ByKeyOrToken(),
    response={202: SignalsOut, (400, 401, 403, 413, 415, 429, 503): Refusal},
    openapi_extra={"requestBody": described(json_schema())},
    operation_id="post_signals",
    summary="Send signals",
)
def post_signals(request: SenderRequest) -> Status[dict[str, Any]]:
    """Store one signal, a list of them, or one a line (NDJSON); gzip is fine.

    With an API key each names its `interaction`, which may be logged later. With a feedback token,
    from an end user's browser, all are about the token's. An event is known by its `event_id`:
    the same one again changes nothing, so send again after 503, 429 and a lost connection. A
    change of mind is a new event: of several verdicts the newest counts, by `occurred_at`.
    """
    sender = request.auth
    limits = Limits(settings.SIGNAL_MAX_BYTES, settings.INGEST_MAX_DEPTH)
    reader = SignalReader(limits, signals.meanings(sender.project), timezone.now(), sender.interaction)
    limit = settings.SIGNAL_PAGE_BYTES if sender.interaction is not None else None
    sent, rejected = read_batch(request, reader.read, limit=limit)
    _keep_pace(sender, len(sent) + len(rejected))
    keep_order(sent)
    stored = signals.store(sender.project, sent, by_token=sender.interaction is not None)
    return Status(
        202,
        {
            "accepted": stored.accepted,
            "duplicates": stored.duplicates,
            "rejected": [{"index": bad.index, "field": bad.field, "error": bad.error} for bad in rejected],
            "repaired": sum(one.repaired for one in sent),
        },
    )


def _keep_pace(sender: Sender, events: int) -> None:
    """A token is in a stranger's hands; a key is the host's own affair."""
    if sender.interaction is None:
        return
    name = blake2b(sender.token.encode(), digest_size=12).hexdigest()
    wait = seconds_to_wait(f"token:{name}", most=settings.SIGNALS_PER_MINUTE, cost=events)
    if wait:
        raise Refused(429, "That was too much for one page: try again later.", retry_after=wait)

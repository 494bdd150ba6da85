"""One record: from the bytes that were sent to what is stored."""

from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import msgspec

from annotator.reading import times
from annotator.reading.errors import BadRecord, gettext_noop
from annotator.reading.field_types import IDENTIFIER, SHORT
from annotator.reading.records import Limits, Opened, with_unknown
from feedback.ingest import preview, same
from feedback.ingest.schema import INTERACTION, Sent


class Record(msgspec.Struct, gc=False):
    """A record fit to be stored. Payloads are JSON text, as it was sent."""

    index: int  # its place in what was sent
    external_id: str | None
    occurred_at: datetime | None
    environment: str
    feature: str
    model: str
    prompt_version: str
    variant: str
    end_user: str
    session: str
    latency_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    error: str
    finish_reason: str
    input_preview: str
    output_preview: str
    input: str
    output: str | None
    context: str | None
    metadata: str | None
    content_hash: UUID
    input_hash: int
    output_hash: int | None
    repaired: int


_canonical = msgspec.json.Encoder(order="deterministic").encode


def read(index: int, sent: bytes, limits: Limits) -> Record:
    """The record in `sent`, else BadRecord with the field and the reason."""
    return _record(index, INTERACTION.opened(sent, limits), limits)


def keep_sent_time(record: Record, when: datetime) -> None:
    """Note in the metadata a time that lies too far ahead to be the record's own."""
    inside = (record.metadata or "{}").strip()[1:-1].strip()
    note = f'"sent_occurred_at":"{when.isoformat().replace("+00:00", "Z")}"'
    record.metadata = "{" + ",".join(filter(None, (inside, note))) + "}"


def _record(index: int, opened: Opened[Sent], limits: Limits) -> Record:
    sent = opened.fields
    input_text, input_value = INTERACTION.payload("input", sent.input)
    output_text, output_value = INTERACTION.payload("output", sent.output)
    context_text, context_value = INTERACTION.payload("context", sent.context)
    metadata_text, metadata_value = INTERACTION.payload("metadata", sent.metadata)
    if input_text is None:
        raise BadRecord("input", gettext_noop("is missing"))
    if opened.unknown or metadata_value:
        metadata_text, metadata_value = with_unknown(metadata_text, metadata_value, opened.unknown)
    values = (
        sent.environment or "production",
        INTERACTION.text("feature", sent.feature, SHORT),
        INTERACTION.text("model", sent.model, SHORT),
        INTERACTION.text("prompt_version", sent.prompt_version, SHORT),
        INTERACTION.text("variant", sent.variant, SHORT),
        INTERACTION.text("user", sent.user, IDENTIFIER),
        INTERACTION.text("session", sent.session, IDENTIFIER),
        sent.latency_ms,
        INTERACTION.count("input_tokens", sent.input_tokens),
        INTERACTION.count("output_tokens", sent.output_tokens),
        sent.cost_usd,
        sent.error or "",
        INTERACTION.text("finish_reason", sent.finish_reason, SHORT),
    )
    content = _canonical((values, input_value, output_value, context_value, metadata_value))
    return Record(
        index,
        None if sent.id is None else INTERACTION.text("id", sent.id, IDENTIFIER),
        None if sent.occurred_at is None else times.moment("occurred_at", sent.occurred_at, limits.zone),
        *values,
        preview.of_input(input_value),
        preview.of_output(output_value),
        input_text,
        output_text,
        context_text,
        metadata_text,
        UUID(bytes=blake2b(content, digest_size=16).digest()),
        same.input_hash(input_value),
        same.output_hash(output_value),
        opened.repaired,
    )

"""One record: from the bytes that were sent to what is stored."""

import json
import re
from datetime import datetime, tzinfo
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Raw

from feedback.ingest import hygiene, preview, schema, times
from feedback.ingest.errors import BadRecord, gettext_noop
from feedback.ingest.schema import Sent

MAX_KEYS = 1000
MAX_KEY = 256  # characters


class Limits(NamedTuple):
    """What one record may weigh. `zone` is that of times without one; None refuses them."""

    record_bytes: int = 1024 * 1024
    depth: int = 100
    zone: tzinfo | None = None


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
    repaired: int


_QUOTED = {name: b'"%b"' % name.encode() for name in schema.FIELDS}
_AS_KEY = {name: re.compile(quoted + rb"\s*:") for name, quoted in _QUOTED.items()}
_all_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_any = msgspec.json.Decoder().decode
_canonical = msgspec.json.Encoder(order="deterministic").encode


def read(index: int, sent: bytes, limits: Limits) -> Record:
    """The record in `sent`, else BadRecord with the field and the reason."""
    if len(sent) > limits.record_bytes:
        raise BadRecord(None, gettext_noop("is larger than %(limit)s bytes"), limit=limits.record_bytes)
    line, repaired = hygiene.repaired(sent)
    hygiene.check_depth(line, limits.depth)
    try:
        fields = schema.decode(line)
        keys = _all_fields(line)
        _check_repeats(line, keys)
    except RecursionError:
        raise hygiene.too_deep(limits.depth) from None
    except UnicodeDecodeError as error:
        raise schema.not_utf8(error) from None
    return _record(index, fields, _unknown(keys), limits, repaired)


def keep_sent_time(record: Record, when: datetime) -> None:
    """Note in the metadata a time that lies too far ahead to be the record's own."""
    inside = (record.metadata or "{}").strip()[1:-1].strip()
    note = f'"sent_occurred_at":"{when.isoformat().replace("+00:00", "Z")}"'
    record.metadata = "{" + ",".join(filter(None, (inside, note))) + "}"


def _record(index: int, sent: Sent, unknown: dict[str, Raw], limits: Limits, repaired: int) -> Record:
    input_text, input_value = _payload("input", sent.input)
    output_text, output_value = _payload("output", sent.output)
    context_text, context_value = _payload("context", sent.context)
    metadata_text, metadata_value = _payload("metadata", sent.metadata)
    if input_text is None:
        raise BadRecord("input", gettext_noop("is missing"))
    if unknown or metadata_value:
        metadata_text, metadata_value = _with_unknown(metadata_text, metadata_value, unknown)
    values = (
        sent.environment or "production",
        _short("feature", sent.feature),
        _short("model", sent.model),
        _short("prompt_version", sent.prompt_version),
        _short("variant", sent.variant),
        _text("user", sent.user, schema.IDENTIFIER),
        _text("session", sent.session, schema.IDENTIFIER),
        sent.latency_ms,
        _count("input_tokens", sent.input_tokens),
        _count("output_tokens", sent.output_tokens),
        sent.cost_usd,
        sent.error or "",
        _short("finish_reason", sent.finish_reason),
    )
    content = _canonical((values, input_value, output_value, context_value, metadata_value))
    return Record(
        index,
        None if sent.id is None else _text("id", sent.id, schema.IDENTIFIER),
        None if sent.occurred_at is None else times.moment(sent.occurred_at, limits.zone),
        *values,
        preview.of_input(input_value),
        preview.of_output(output_value),
        input_text,
        output_text,
        context_text,
        metadata_text,
        UUID(bytes=blake2b(content, digest_size=16).digest()),
        repaired,
    )


def _payload(name: str, raw: Raw) -> tuple[str | None, Any]:
    """The JSON text and its value; (None, None) for null and for nothing sent."""
    data = bytes(raw)
    if not data or data == b"null":
        return None, None
    if data[0] not in (b"{" if name == "metadata" else b'"[{'):
        raise schema.wrong(name)
    value = _value(name, raw)
    return data.decode(), value


def _value(name: str, raw: Raw) -> Any:
    """Reading it proves that everybody else can: UTF-8, numbers within range, depth."""
    try:
        return _any(raw)
    except UnicodeDecodeError as error:
        raise schema.not_utf8(error, name) from None
    except msgspec.ValidationError:
        raise BadRecord(
            name, gettext_noop("holds a number beyond what can be stored; send it as text")
        ) from None
    except msgspec.DecodeError as error:
        raise schema.not_json(error, name) from None
    except RecursionError:
        raise BadRecord(name, gettext_noop("is nested too deep")) from None


def _text(name: str, value: str | float | None, limit: int) -> str:
    if isinstance(value, str):
        return value
    text = "" if value is None else str(value)
    if len(text) > limit:
        raise schema.wrong(name)
    return text


def _short(name: str, value: str | float | None) -> str:
    return _text(name, value, schema.SHORT)


def _count(name: str, value: float | None) -> int | None:
    if value is None:
        return None
    if not value.is_integer():
        raise schema.wrong(name)
    return int(value)


def _check_repeats(line: bytes, keys: dict[str, Raw]) -> None:
    """Refuse a record that gives one of our fields twice: which one was meant?"""
    if len(keys) > MAX_KEYS:
        raise BadRecord(None, gettext_noop("has more than %(limit)s fields"), limit=MAX_KEYS)
    # A cheap look first: payloads hold the same words, so that a hit is only a suspicion.
    # `\u00` may spell any of our letters.
    if b"\\u00" not in line and not any(key in _QUOTED and _twice(line, key) for key in keys):
        return
    pairs: list[tuple[str, Any]] = []

    def last_is_outermost(found: list[tuple[str, Any]]) -> None:
        pairs[:] = found

    json.loads(line, object_pairs_hook=last_is_outermost, parse_int=float)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen and key in schema.KNOWN:
            raise BadRecord(key, gettext_noop("is given twice"))
        seen.add(key)


def _twice(line: bytes, key: str) -> bool:
    return line.count(_QUOTED[key]) > 1 and len(_AS_KEY[key].findall(line)) > 1


def _unknown(keys: dict[str, Raw]) -> dict[str, Raw]:
    found = {key: raw for key, raw in keys.items() if key not in schema.KNOWN}
    for key in found:
        if len(key) > MAX_KEY:
            raise BadRecord(
                None, gettext_noop("has a field name of more than %(limit)s characters"), limit=MAX_KEY
            )
    return found


def _with_unknown(
    text: str | None, value: dict[str, Any] | None, unknown: dict[str, Raw]
) -> tuple[str | None, dict[str, Any] | None]:
    """Metadata with the unknown fields added under their names; nothing is overwritten."""
    own = value or {}
    if len(own) + len(unknown) > MAX_KEYS:
        raise BadRecord("metadata", gettext_noop("has more than %(limit)s fields"), limit=MAX_KEYS)
    if any(len(key) > MAX_KEY for key in own):
        raise BadRecord(
            "metadata", gettext_noop("has a field name of more than %(limit)s characters"), limit=MAX_KEY
        )
    if not unknown:
        return text, value
    added = {key if key not in own else f"record.{key}": raw for key, raw in unknown.items()}
    values = {key: _value(key[:MAX_KEY], raw) for key, raw in added.items()}
    inside = [text.strip()[1:-1]] if text and own else []
    inside += [f"{json.dumps(key)}:{bytes(raw).decode()}" for key, raw in added.items()]
    return "{" + ",".join(inside) + "}", {**own, **values}

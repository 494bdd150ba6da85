"""Which column of a file is which field of a record."""

import re
from collections.abc import Collection, Iterable

import msgspec
from msgspec import Raw

from feedback.ingest import schema
from feedback.ingest.errors import BadRecord

# What other tools call our fields. The first match wins; a field's own name always does.
ALIASES = {
    "id": ("external_id", "uuid", "request_id", "trace_id", "span_id", "call_id", "interaction_id", "run_id"),
    "occurred_at": ("timestamp", "time", "created_at", "created", "start_time", "date", "datetime", "ts"),
    "feature": ("service", "app", "product", "use_case", "endpoint"),
    "input": ("prompt", "question", "query", "messages", "request", "user_message", "instruction", "text"),
    "output": ("response", "answer", "completion", "reply", "generation", "result", "assistant_message"),
    "context": ("documents", "contexts", "sources", "retrieved"),
    "model": ("model_name", "llm"),
    "prompt_version": ("prompt_id", "template_version"),
    "variant": ("experiment", "arm", "ab_group"),
    "environment": ("env",),
    "user": ("user_id", "end_user", "customer_id"),
    "session": ("session_id", "conversation_id", "thread_id", "chat_id"),
    "latency_ms": ("duration_ms",),
    "input_tokens": ("prompt_tokens", "tokens_in"),
    "output_tokens": ("completion_tokens", "tokens_out"),
    "cost_usd": ("cost", "price_usd"),
    "error": ("error_message", "exception"),
    "finish_reason": ("stop_reason",),
    "metadata": ("meta", "attributes", "extra"),
}
NUMBERS = {"latency_ms", "input_tokens", "output_tokens", "cost_usd"}
# Seconds or milliseconds since 1970 as a CSV has them. Any other number is no time that could be
# meant for sure: 2024 is a year, 202411201530 a spelling of a date.
EPOCH = re.compile(r"(?:\d{9,10}|\d{13})(?:\.\d+)?")

_fields = msgspec.json.Decoder(dict[str, Raw]).decode


def guess(columns: Iterable[str]) -> dict[str, str]:
    """Field → column, each column at most once."""
    spelled = {_plain(column): column for column in reversed(list(columns))}
    found: dict[str, str] = {}
    for names in ([(field, (field,)) for field in schema.FIELDS], ALIASES.items()):
        for field, candidates in names:
            free = (spelled[n] for n in candidates if n in spelled and spelled[n] not in found.values())
            if field not in found and (column := next(free, None)):
                found[field] = column
    return found


def of_json(record: bytes, mapping: dict[str, str], seen: Collection[str]) -> bytes:
    """The record with its keys renamed; values stay as they were sent.

    `seen` are the keys that the mapping was made of. One that came up later, such as the error
    of the first call that failed, goes where its name says if nothing else went there.
    """
    try:
        sent = _fields(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return record  # the reader of records says what is wrong with it
    renamed = {column: field for field, column in mapping.items() if field != column}
    if late := [key for key in sent if key not in seen and key not in renamed]:
        found = guess(late).items()
        renamed |= {key: field for field, key in found if key != field and mapping.get(field) not in sent}
    if not renamed:
        return record
    taken = set(renamed.values())  # a key of that name that was not chosen goes to the metadata
    return msgspec.json.encode(
        {renamed.get(key) or (f"record.{key}" if key in taken else key): raw for key, raw in sent.items()}
    )


def of_cells(cells: dict[str, str], mapping: dict[str, str]) -> bytes:
    """A CSV row as a record. Empty cells say nothing; columns that are no field become metadata."""
    record: dict[str, object] = {}
    used = set(mapping.values())
    for field, column in mapping.items():
        if cell := cells.get(column, ""):
            record[field] = _value(field, cell)
    for column, cell in cells.items():
        if cell and column not in used:
            record[column if column not in schema.KNOWN else f"record.{column}"] = cell
    return msgspec.json.encode(record)


def _value(field: str, cell: str) -> object:
    """Lists and objects in a cell are JSON; numbers are numbers; everything else is text."""
    text = cell.strip()
    if field in schema.PAYLOADS and text[:1] in ("[", "{"):
        try:
            msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return cell
        return Raw(text.encode())
    if field in NUMBERS:
        try:
            return float(text)
        except ValueError:
            raise schema.wrong(field) from None
    if field == "occurred_at":
        return float(text) if EPOCH.fullmatch(text) else text
    if field == "metadata":
        raise BadRecord(field, schema.RULES[field])
    return cell.strip().lower() if field == "environment" else cell


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_").rpartition(".")[2]


def texts(record: bytes) -> dict[str, str]:
    """The values of a JSON record as a person reads them; nothing of one that is broken."""
    try:
        sent = _fields(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {key: bytes(raw).decode(errors="replace").strip('"') for key, raw in sent.items()}

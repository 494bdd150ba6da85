"""Records as they travel: ids and times are made here, so that sending again changes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Literal, Protocol, TypedDict, Union

from genba import _json

INTERACTIONS = "/api/v1/interactions"
SIGNALS = "/api/v1/signals"
SUGGESTIONS = "/api/v1/suggestions"
TOKENS = "/api/v1/feedback/tokens"

Moment = Union[datetime, str, float]
Environment = Literal["production", "shadow", "development"]
Kind = Literal[
    "thumbs_up",
    "thumbs_down",
    "comment",
    "correction",
    "rating",
    "shown",
    "accepted",
    "edited",
    "rejected",
    "ignored",
    "regenerated",
    "kept",
    "copied",
    "downloaded",
    "varied",
    "viewed",
    "left",
    "edited_in_place",
]


class HasId(Protocol):
    """A suggestion, a call, or anything of the host's that knows its interaction."""

    @property
    def id(self) -> str: ...


class Fields(TypedDict, total=False):
    """What may be said of an interaction beside its input and output."""

    id: str | None
    occurred_at: Moment | None
    feature: str | None
    context: object
    model: str | None
    prompt_version: str | int | None
    variant: str | None
    environment: Environment | None
    user: str | int | None
    session: str | int | None
    latency_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    error: str | BaseException | None
    finish_reason: str | None
    metadata: Mapping[str, object] | None


def new_id() -> str:
    """128 bits of the system's chance: a forked child has other ones than its parent."""
    return os.urandom(16).hex()


def id_of(interaction: str | HasId) -> str:
    """The external id of what has one: a suggestion, a call, or the id itself."""
    return interaction if isinstance(interaction, str) else str(interaction.id)


def interaction(input: object, output: object, fields: Mapping[str, object]) -> tuple[str, bytes]:
    """Its external id, and its line."""
    record = _said(fields)
    name = record["id"] = str(record.get("id") or new_id())
    record["occurred_at"] = _moment(record.get("occurred_at"))
    record["input"] = _payload(input)
    if output is not None:
        record["output"] = _payload(output)
    return name, _json.line(record)


def signal(
    interaction: str, kind: str, event_id: str | None, occurred_at: Moment | None, value: Mapping[str, object]
) -> tuple[str, bytes]:
    """Its event id, and its line."""
    name = str(event_id or new_id())
    record: dict[str, object] = {
        "event_id": name,
        "kind": kind,
        "interaction": interaction,
        "occurred_at": _moment(occurred_at),
    }
    if value:
        record["value"] = _said(value)
    return name, _json.line(record)


def request(
    task: str, name: str, input: object, candidates: Sequence[str] | None, more: Mapping[str, object]
) -> bytes:
    """The body that asks for a suggestion."""
    record = {"task": task, "id": name, "input": _payload(input), **_said(more)}
    if candidates is not None:
        record["candidates"] = list(candidates)
    return _json.line(record)


def token_request(interaction: str, occurred_at: Moment | None) -> bytes:
    when = {} if occurred_at is None else {"occurred_at": _moment(occurred_at)}
    return _json.line({"interaction": interaction, **when})


def _said(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _payload(value: object) -> object:
    """Genba takes texts, lists and objects; a bare number is a text of it."""
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def _moment(given: object) -> object:
    """With a zone. A time without one is the host's own local time."""
    if given is None:
        return datetime.now(timezone.utc).isoformat()
    if isinstance(given, datetime):
        return (given if given.tzinfo else given.astimezone()).isoformat()
    return given

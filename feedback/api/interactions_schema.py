"""How the API describes what it takes and answers. The records' fields are in `ingest.schema`."""

from typing import Any

from ninja import Schema
from pydantic import Field

from feedback.ingest.schema import json_schema


class RejectedRecord(Schema):
    index: int = Field(description="Place in the list, or number of the line from 0.")
    field: str | None = Field(None, description="The field to blame, if it is one.")
    error: str


class MadeId(Schema):
    index: int
    id: str


class Answer(Schema):
    accepted: int = Field(description="Stored now.")
    duplicates: int = Field(description="There already, with the same content.")
    rejected: list[RejectedRecord]
    ids: list[MadeId] = Field(description="Ids made for records that came without one.")
    ahead: list[int] = Field(description="Indexes of records dated more than a day ahead.")
    repaired: int = Field(description="Characters replaced by U+FFFD.")


class Refusal(Schema):
    """Nothing of the request was stored."""

    code: str
    message: str


ONE = {
    "id": "call-8127",
    "occurred_at": "2026-11-20T09:30:00.250Z",
    "feature": "order-help",
    "input": [{"role": "user", "content": "Where is my order?"}],
    "output": "It ships tomorrow.",
    "model": "claude-sonnet-4-5",
    "prompt_version": "7",
    "user": "u-31",
    "latency_ms": 840,
    "input_tokens": 412,
    "output_tokens": 9,
}
FAILED = {
    "id": "call-8128",
    "occurred_at": "2026-11-20T09:30:02Z",
    "input": "Cancel it, please.",
    "error": "TimeoutError after 30 s",
}
LINES = (
    '{"id": "call-8127", "occurred_at": "2026-11-20T09:30:00.250Z", "input": "Where is my order?",'
    ' "output": "It ships tomorrow."}\n'
    '{"id": "call-8128", "occurred_at": "2026-11-20T09:30:02Z", "input": "Cancel it, please.",'
    ' "error": "TimeoutError after 30 s"}\n'
)


def _request_body() -> dict[str, Any]:
    record = json_schema()
    return {
        "required": True,
        "description": "UTF-8; may be compressed with Content-Encoding: gzip.",
        "content": {
            "application/json": {
                "schema": {"oneOf": [record, {"type": "array", "items": record, "minItems": 1}]},
                "examples": {
                    "one": {"summary": "One interaction", "value": ONE},
                    "list": {"summary": "A list; the second has no output", "value": [ONE, FAILED]},
                },
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One such object a line."},
                "example": LINES,
            },
        },
    }


REQUEST_BODY = _request_body()

"""The fields of an interaction as it is sent: the one definition.

The decoder, the messages about a wrong field and the OpenAPI schema are made from it.
Payloads stay raw bytes here, so that they are stored as they were sent.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct, field

from annotator.reading.errors import gettext_noop
from annotator.reading.records import RecordKind

IDENTIFIER, SHORT = 256, 200  # characters

Id = Annotated[str, Meta(min_length=1, max_length=IDENTIFIER)] | int | None
Name = Annotated[str, Meta(max_length=IDENTIFIER)] | int | None
Short = Annotated[str, Meta(max_length=SHORT)] | int | float | None
Amount = Annotated[float, Meta(ge=0)] | None
Count = Annotated[float, Meta(ge=0, le=2**53)] | None
Environment = Literal["production", "shadow", "development"] | None

_MESSAGES = {"type": "array", "description": "chat messages: objects with role and content", "items": {}}
_SHAPES: list[dict[str, Any]] = [{"type": "string"}, _MESSAGES, {"type": "object"}]
Payload = Annotated[Raw, Meta(extra_json_schema={"anyOf": _SHAPES})]
PayloadOrNull = Annotated[Raw, Meta(extra_json_schema={"anyOf": [*_SHAPES, {"type": "null"}]})]
ObjectOrNull = Annotated[Raw, Meta(extra_json_schema={"type": ["object", "null"]})]


class Sent(Struct, gc=False):
    """One record on the wire. Only `input` is required."""

    id: Annotated[
        Id,
        Meta(
            description="Your own id of the call. The same id and time sent again change nothing."
            " Without one a random id is made and told in the answer."
        ),
    ] = None
    occurred_at: Annotated[
        str | float | None,
        Meta(
            description="ISO 8601 with a zone, or seconds or milliseconds since 1970."
            " Left out: the time of receipt.",
            examples=["2026-11-20T09:30:00.250Z"],
        ),
    ] = None
    feature: Annotated[Short, Meta(description="The part of the product, e.g. refund-bot.")] = None
    input: Annotated[Payload, Meta(description="What the product was asked.")] = field(default_factory=Raw)
    output: Annotated[
        PayloadOrNull, Meta(description="What it answered. Left out or null: there was no output.")
    ] = field(default_factory=Raw)
    context: Annotated[PayloadOrNull, Meta(description="The documents given to the model.")] = field(
        default_factory=Raw
    )
    model: Short = None
    prompt_version: Short = None
    variant: Annotated[Short, Meta(description="The arm of an experiment.")] = None
    environment: Annotated[Environment, Meta(description="Left out: production.")] = None
    user: Annotated[Name, Meta(description="Your id of the end user.")] = None
    session: Annotated[Name, Meta(description="The conversation the call belongs to.")] = None
    latency_ms: Amount = None
    input_tokens: Count = None
    output_tokens: Count = None
    cost_usd: Amount = None
    error: Annotated[str | None, Meta(description="What went wrong, if something did.")] = None
    finish_reason: Short = None
    metadata: Annotated[
        ObjectOrNull, Meta(description="Anything else. Unknown fields of the record are kept here too.")
    ] = field(default_factory=Raw)


FIELDS = Sent.__struct_fields__
PAYLOADS = ("input", "output", "context", "metadata")

_SHORT = gettext_noop("must be text of at most 200 characters")
_NAME = gettext_noop("must be text of at most 256 characters")
_AMOUNT = gettext_noop("must be a number, 0 or more")
_COUNT = gettext_noop("must be a whole number, 0 or more")
RULES = {
    "id": gettext_noop("must be text of 1 to 256 characters"),
    "occurred_at": gettext_noop("must be a time in ISO 8601, or seconds or milliseconds since 1970"),
    "environment": gettext_noop("must be production, shadow or development"),
    "input": gettext_noop("must be text, a list of messages or an object"),
    "output": gettext_noop("must be text, a list of messages, an object or null"),
    "context": gettext_noop("must be text, a list, an object or null"),
    "metadata": gettext_noop("must be an object"),
    "error": gettext_noop("must be text"),
    "user": _NAME,
    "session": _NAME,
    **dict.fromkeys(("feature", "model", "prompt_version", "variant", "finish_reason"), _SHORT),
    **dict.fromkeys(("latency_ms", "cost_usd"), _AMOUNT),
    **dict.fromkeys(("input_tokens", "output_tokens"), _COUNT),
}

INTERACTION = RecordKind(Sent, RULES)


def json_schema() -> dict[str, Any]:
    """JSON Schema of one record, for the API's description."""
    (_, parts) = msgspec.json.schema_components([Sent], ref_template="#/{name}")
    schema: dict[str, Any] = parts["Sent"]
    for properties in schema["properties"].values():
        properties.pop("default", None)
    return {**schema, "title": "Interaction", "required": ["input"], "additionalProperties": True}

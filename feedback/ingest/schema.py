"""The fields of an interaction as it is sent: the one definition.

The decoder, the messages about a wrong field and the OpenAPI schema are made from it.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Raw, Struct, field

from annotator.reading import field_types as types
from annotator.reading.errors import gettext_noop
from annotator.reading.field_types import (
    Amount,
    Count,
    Id,
    Name,
    ObjectOrNull,
    Payload,
    PayloadOrNull,
    Short,
)
from annotator.reading.records import RecordKind

Environment = Literal["production", "shadow", "development"] | None


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

RULES = {
    "id": types.ID_RULE,
    "occurred_at": types.TIME_RULE,
    "environment": gettext_noop("must be production, shadow or development"),
    "input": types.PAYLOAD_RULE,
    "output": types.PAYLOAD_OR_NULL_RULE,
    "context": types.CONTEXT_RULE,
    "metadata": types.OBJECT_RULE,
    "error": types.TEXT_RULE,
    **dict.fromkeys(("user", "session"), types.NAME_RULE),
    **dict.fromkeys(("feature", "model", "prompt_version", "variant", "finish_reason"), types.SHORT_RULE),
    **dict.fromkeys(("latency_ms", "cost_usd"), types.AMOUNT_RULE),
    **dict.fromkeys(("input_tokens", "output_tokens"), types.COUNT_RULE),
}

INTERACTION = RecordKind(Sent, RULES)


def json_schema() -> dict[str, Any]:
    """JSON Schema of one record, for the API's description."""
    return INTERACTION.json_schema("Interaction", required=["input"])

"""The fields of an item as it is sent: the one definition, of single outputs and of pairs."""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

from annotator.reading import field_types as types
from annotator.reading.errors import gettext_noop
from annotator.reading.field_types import Id, ObjectOrNull, PayloadOrNull, Short

RATER = 150  # characters

_ANSWERS = {"type": ["object", "null"], "additionalProperties": {"type": "string"}}
_PRELABELS: dict[str, Any] = {
    "type": ["array", "null"],
    "items": {
        "type": "object",
        "required": ["answer"],
        "properties": {
            "question": {"type": "string", "description": "Its key; may be left out where one is asked."},
            "answer": {"type": "string"},
            "confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
            "rater": {"type": "string", "maxLength": RATER, "description": "The model or rule."},
        },
    },
}


class Prelabel(Struct):
    """A pre-label on the wire."""

    answer: str | bool | int | float
    question: str | None = None
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None
    rater: Annotated[str, Meta(max_length=RATER)] | None = None


class Common(Struct):
    """What every item may have."""

    external_id: Annotated[Id, Meta(description="Your own id. The same id again adds nothing.")] = None
    input: Annotated[PayloadOrNull, Meta(description="What the product was asked.")] = field(
        default_factory=Raw
    )
    context: Annotated[PayloadOrNull, Meta(description="The documents given to the model.")] = field(
        default_factory=Raw
    )
    error: Annotated[str | None, Meta(description="What went wrong, if something did.")] = None
    metadata: Annotated[
        ObjectOrNull, Meta(description="Anything else. Unknown fields of the item are kept here too.")
    ] = field(default_factory=Raw)
    gold: Annotated[
        Raw, Meta(description="The right answers, by the question's key.", extra_json_schema=_ANSWERS)
    ] = field(default_factory=Raw)
    prelabels: Annotated[
        Raw, Meta(description="What a model or a rule would answer.", extra_json_schema=_PRELABELS)
    ] = field(default_factory=Raw)
    reason: Annotated[Short, Meta(description="Why the item is here, in words.")] = None
    stratum: Annotated[Short, Meta(description="The group that it was drawn from.")] = None
    inclusion_probability: Annotated[
        Annotated[float, Meta(gt=0, le=1)] | None,
        Meta(description="The chance with which it was drawn; left out: not drawn by chance."),
    ] = None


class Single(Common):
    """An item of a yes/no queue on the wire. It has an input or an output."""

    output: Annotated[PayloadOrNull, Meta(description="What it answered.")] = field(default_factory=Raw)


class Pair(Common):
    """An item of an A/B queue on the wire. `left` and `right` are required."""

    left: Annotated[PayloadOrNull, Meta(description="One answer.")] = field(default_factory=Raw)
    right: Annotated[PayloadOrNull, Meta(description="The other.")] = field(default_factory=Raw)
    left_variant: Annotated[Short, Meta(description="What made it: a model, a prompt version.")] = None
    right_variant: Short = None


STRUCTS: dict[str, type[Common]] = {"binary": Single, "pairwise": Pair}
PAYLOADS = ("input", "output", "left", "right", "context")

PROBABILITY_RULE = gettext_noop("must be a number above 0, at most 1")
CONFIDENCE_RULE = gettext_noop("must be a number from 0 to 1")
RULES = {
    "external_id": types.ID_RULE,
    **dict.fromkeys(("input", "output", "left", "right"), types.PAYLOAD_OR_NULL_RULE),
    "context": types.CONTEXT_RULE,
    "error": types.TEXT_RULE,
    "metadata": types.OBJECT_RULE,
    "gold": gettext_noop("must be an object: the answer to each question, by its key"),
    "prelabels": gettext_noop(
        "must be a list of objects, each with question, answer, confidence from 0 to 1, and rater"
    ),
    **dict.fromkeys(("reason", "stratum", "left_variant", "right_variant"), types.SHORT_RULE),
    "inclusion_probability": PROBABILITY_RULE,
}

# What other tools call our fields.
_COMMON_ALIASES = {
    "external_id": ("id", "item_id", "uuid", "example_id"),
    "input": (
        *("prompt", "question", "article", "document", "instruction", "query", "messages", "request"),
        *("user_message", "source", "text"),
    ),
    "context": ("documents", "contexts", "sources", "retrieved"),
    "error": ("error_message", "exception"),
    "metadata": ("meta", "attributes", "extra"),
}
ALIASES = {
    "binary": {
        **_COMMON_ALIASES,
        "output": ("response", "answer", "completion", "summary", "reply", "generation"),
    },
    "pairwise": {
        **_COMMON_ALIASES,
        "left": ("answer_a", "output_a", "response_a", "completion_a", "summary_a", "chosen"),
        "right": ("answer_b", "output_b", "response_b", "completion_b", "summary_b", "rejected"),
        "left_variant": ("model_a", "variant_a"),
        "right_variant": ("model_b", "variant_b"),
    },
}

"""What goes in and out of the endpoints that make and fill queues."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from annotator.chain_faults import MOST_STEPS
from annotator.items.records import ItemReader
from annotator.reading.records import Limits

Key = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,60}$")]
Share = Annotated[float, Field(ge=0, le=1)]
BinaryOrPair = Literal["yes", "no", "left", "right", "tie", "both_bad"]


class Strict(BaseModel):
    """A misspelt setting is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid")


class AfterIn(Strict):
    question: Key = Field(description="The key of an earlier question of this queue.")
    answer: BinaryOrPair


class StepIn(Strict):
    """One question of the chain, in order."""

    key: Key = Field(description="The project's question with this key, or a new one.")
    text: str = Field(
        "",
        max_length=300,
        description="The wording. Left out: the newest there is. Another one is a new version,"
        " in all queues that ask it.",
    )
    guideline: str = Field("", max_length=20_000, description="Markdown: when one answer, when the other.")
    desirable: Literal["", "yes", "no"] = Field("", description="The answer that is hoped for.")
    after: AfterIn | None = Field(None, description="Asked only where that question got that answer.")
    stops_on: BinaryOrPair | None = Field(None, description="This answer ends the item: no later question.")


class QueueIn(Strict):
    name: str = Field(min_length=1, max_length=120)
    kind: Literal["binary", "pairwise"] = "binary"
    overlap: StrictInt = Field(1, ge=1, le=10, description="How many raters answer each item.")
    questions: list[StepIn] = Field(min_length=1, max_length=MOST_STEPS)
    order: Literal["given", "random", "uncertain"] = Field(
        "given", description="As they come, at random, or the most uncertain first."
    )
    by_pass: StrictBool = Field(False, description="Each question over all items, then the next.")
    marks: StrictBool = Field(False, description="Whether raters may mark spans of the output.")
    gold_rate: Share = Field(0, description="Gold items shown per answered item.")
    mirror_share: Share = Field(0, description="Of pairs that each rater sees again, sides swapped.")
    hidden_share: Share = Field(0.2, description="Of pre-labels that are not shown.")
    random_share: Share = Field(0.2, description="Of items that the uncertain order leaves in place.")
    seed: StrictInt | None = Field(None, ge=0, lt=2**31, description="What chance decides follows from it.")
    people: list[str] | None = Field(
        None, max_length=500, description="User names: only they label here. Left out: everybody who labels."
    )


class BadItem(Schema):
    index: int = Field(description="Place in the list, or number of the line from 0.")
    external_id: str | None
    field: str | None = Field(None, description="The field to blame, if it is one.")
    error: str


class AddedOut(Schema):
    accepted: int = Field(description="Stored now.")
    duplicates: int = Field(description="There already, by external_id: nothing changed.")
    held: int = Field(description="Of the accepted: held back, because of what was found in them.")
    conflicts: list[str] = Field(
        description="external_ids of duplicates that came with other texts; the first ones stay."
    )
    rejected: int
    errors: list[BadItem] = Field(description="The rejected ones.")
    repaired: int = Field(description="Characters replaced by U+FFFD.")


ONE = {
    "external_id": "ticket-8127",
    "input": "Where is my order?",
    "output": "It ships tomorrow.",
    "prelabels": [{"question": "good", "answer": "yes", "confidence": 0.92, "rater": "small-1"}],
}
PAIR = {
    "external_id": "ticket-8127/7-8",
    "input": "Where is my order?",
    "left": "It ships tomorrow.",
    "right": "I cannot know that.",
    "left_variant": "prompt-7",
    "right_variant": "prompt-8",
}


def _items_body() -> dict[str, Any]:
    kinds = {"binary": {"good": "binary"}, "pairwise": {"better": "pairwise"}}
    records = [
        ItemReader(kind, asked, Limits(), from_file=False).json_schema() for kind, asked in kinds.items()
    ]
    listed = {"type": "array", "minItems": 1, "items": {"anyOf": records}}
    wrapped = {"type": "object", "required": ["items"], "properties": {"items": listed}}
    return {
        "required": True,
        "description": "UTF-8; may be compressed with Content-Encoding: gzip.",
        "content": {
            "application/json": {
                "schema": {"anyOf": [*records, listed, wrapped]},
                "examples": {
                    "one": {"summary": "One item, pre-labelled", "value": ONE},
                    "pairs": {"summary": "A list of pairs", "value": [PAIR]},
                },
            },
            "application/x-ndjson": {"schema": {"type": "string", "description": "One such object a line."}},
        },
    }


ITEMS_BODY = _items_body()

"""Whether a text is JSON, and of what shape: an object with which keys of which types, or a list of what.

What begins like JSON and does not read as such is “broken”: an answer cut off, a comma too many.
"""

from typing import Any

from annotator.reading.errors import gettext_noop
from drift.structure.feature import SIDES, Feature, Measure, Shape, Side, asked_or_answer
from drift.structure.rows import BROKEN, NO_JSON, Row, Text

TEXT, IN_PIECES = "text", "broken"
KEYS, LETTERS = 8, 24  # of a shape's name: the first keys by name, so many characters of each
READABLE = ("messages", "content", "parts", "text", "documents")  # what has these is read as its texts


def shape(text: Text) -> str:
    """“text”, “broken”, “object: answer text, score number”, “list of objects: …”."""
    if text.json == NO_JSON:
        return TEXT
    return IN_PIECES if text.json == BROKEN else _name(text.json)


def _of(side: Side) -> Measure:
    """Of what was logged as JSON, not as a text or a message, the shape that it has."""
    text_of = asked_or_answer(side)

    def measured(row: Row) -> str | None:
        payload = row.sent if side == Side.INPUT else row.answered
        if _is_data(payload):
            return _name(payload)
        text = text_of(row)
        return None if text.blank else shape(text)

    return measured


def _is_data(payload: Any) -> bool:
    if isinstance(payload, list):
        return (
            bool(payload)
            and not any(isinstance(one, str) for one in payload)
            and all(_is_data(one) for one in payload[:5] if isinstance(one, dict))
        )
    return isinstance(payload, dict) and not any(
        name in payload for name in (*READABLE, "role", "tool_calls")
    )


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return f"object: {_keys(value)}" if value else "object"
    kinds = sorted({_kind(one) for one in value})
    if kinds == ["object"]:
        return f"list of objects: {_keys(value[0])}"
    return f"list of {kinds[0]}s" if len(kinds) == 1 else "list"


def _keys(value: dict[str, Any]) -> str:
    names = [f"{key[:LETTERS]} {_kind(value[key])}" for key in sorted(value)[:KEYS]]
    return ", ".join(names) + (", …" if len(value) > KEYS else "")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes/no"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


FEATURES = tuple(
    Feature(
        f"{side}.json", side, Shape.CATEGORY, gettext_noop("JSON and its shape"), _of(side), 0.02, free=True
    )
    for side in SIDES
)

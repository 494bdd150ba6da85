"""The words that a payload shows, whatever its shape."""

import json
from typing import Any

MOST = 200_000  # characters that are looked through: beyond, a text says its name no more


def words_of(payload: Any) -> str:
    """A text as it is; of chat messages what the assistant says; anything else as JSON."""
    if payload is None:
        return ""
    if isinstance(payload, str):
        return payload[:MOST]
    if isinstance(payload, list) and payload and all(_is_message(one) for one in payload):
        said = [one["content"] for one in payload if one.get("role") != "user"]
        return "\n\n".join(words_of(one) for one in said)[:MOST]
    if payload in ([], {}):
        return ""
    return json.dumps(payload, ensure_ascii=False)[:MOST]


def _is_message(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("content"), (str, list)) and "role" in one


def line(text: str, start: int, end: int, *, around: int = 30) -> str:
    """The found words with a little of what stands around them, on one line."""
    cut = text[max(0, start - around) : end + around]
    return " ".join(cut.split())[:200]

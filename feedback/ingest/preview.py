"""The few words of a payload that lists show, so that they never read the payload."""

import json
from typing import Any

LENGTH = 240
READ = 4 * LENGTH  # before white space is squeezed
_TEXT_KEYS = (
    "content",
    "text",
    "value",
    "message",
    "prompt",
    "question",
    "query",
    "answer",
    "output",
    "input",
)
_LIST_KEYS = ("messages", "parts", "choices", "content")
_DEPTH = 6
_pieces = json.JSONEncoder(ensure_ascii=False).iterencode


def of_input(value: Any) -> str:
    """The last thing the user said, else the last text there is."""
    messages = value.get("messages") if isinstance(value, dict) else value
    if isinstance(messages, list):
        for message in reversed(messages):
            if isinstance(message, dict) and message.get("role") in {"user", "human"}:
                return _shown(message)
    return _shown(value)


def of_output(value: Any) -> str:
    """The last text of the answer."""
    return _shown(value)


def _shown(value: Any) -> str:
    """Its text; of a list or an object without any, the JSON itself."""
    text = _squeeze(_text(value, _DEPTH))
    return _squeeze(_json(value)) if not text and isinstance(value, (list, dict)) else text


def _json(value: Any) -> str:
    """As much of it as is read: what was sent may be large."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) >= READ:
            break
    return text


def _text(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return value
    if depth == 0:
        return ""
    if isinstance(value, list):
        return _of_list(value, depth)
    if isinstance(value, dict):
        return _of_object(value, depth)
    return "" if value is None else str(value)


def _of_list(values: list[Any], depth: int) -> str:
    """The last message's text; of content parts, all text parts together."""
    parts = [v for v in values if isinstance(v, dict) and "role" not in v]
    if parts and len(parts) == len(values):
        return "\n".join(filter(None, (_text(part, depth - 1) for part in parts[:20])))
    for value in reversed(values[-20:]):
        if text := _text(value, depth - 1):
            return text
    return ""


def _of_object(value: dict[str, Any], depth: int) -> str:
    for key in _TEXT_KEYS:
        if isinstance(found := value.get(key), str) and found:
            return found
    for key in (*_LIST_KEYS, *_TEXT_KEYS):
        if isinstance(found := value.get(key), (list, dict)) and (text := _text(found, depth - 1)):
            return text
    if "type" in value and "role" not in value:
        return ""  # a part without text: an image, a tool call
    return ", ".join(f"{k}: {v}" for k, v in list(value.items())[:8] if isinstance(v, (str, int, float)))


def _squeeze(text: str) -> str:
    return " ".join(text[:READ].split())[:LENGTH]

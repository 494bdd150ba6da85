"""Payloads as chat messages of text: what every trainer's rows are made of."""

from typing import Any

import msgspec

from annotator.datasets.content import Row
from annotator.ways_out.model import EMPTY, NOT_TEXT, PROMPT_ORDER, TOOL_CALLS, Drop

Message = dict[str, str]
Messages = list[Message]

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
}
_CALLS = ("tool_calls", "function_call")
_LISTS = frozenset({"documents", "docs", "chunks", "passages", "results"})
_DOCUMENTS = ("text", "content", "page_content", "body", "document", "passage", "snippet")
_TEXT_PARTS = frozenset({"text", "input_text", "output_text"})


def as_text(payload: Any) -> str:
    """A payload as one text: what is no text is JSON, a conversation is its turns."""
    if isinstance(payload, str):
        return payload
    if payload is None:
        return ""
    messages = _messages(payload)
    if messages is EMPTY:
        return ""
    if isinstance(messages, list):
        if len(messages) == 1:
            return messages[0]["content"]
        return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)
    return msgspec.json.encode(payload).decode()


def prompt(payload: Any) -> Messages | Drop:
    """All messages before the answer: the system's first, the last one from the user or a tool."""
    if isinstance(payload, str):
        return [{"role": "user", "content": payload}] if payload.strip() else EMPTY
    found = _messages(payload)
    if isinstance(found, Drop):
        return found
    if found is None:
        text = as_text(payload)
        return [{"role": "user", "content": text}] if text.strip() else EMPTY
    if found[-1]["role"] not in {"user", "tool"} or any(m["role"] == "system" for m in found[1:]):
        return PROMPT_ORDER
    if not found[-1]["content"].strip():
        return EMPTY
    return found


def answer(payload: Any) -> Messages | Drop:
    """One message from the assistant."""
    if isinstance(payload, str):
        return [{"role": "assistant", "content": payload}] if payload.strip() else EMPTY
    found = _messages(payload)
    if isinstance(found, Drop):
        return found
    if found is None:
        text = as_text(payload)
        return [{"role": "assistant", "content": text}] if text.strip() else EMPTY
    if any(message["role"] == "tool" for message in found):
        return TOOL_CALLS
    if len(found) != 1 or found[0]["role"] != "assistant":
        return NOT_TEXT
    return found if found[0]["content"].strip() else EMPTY


def asked(row: Row, *, context: bool) -> Messages | Drop:
    """The row's prompt, with what the model was given before it when `context`."""
    found = prompt(row.input)
    if not context or isinstance(found, Drop) or not (given := context_text(row.context).strip()):
        return found
    if found[0]["role"] == "system":
        first = {"role": "system", "content": f"{found[0]['content']}\n\n{given}"}
        return [first, *found[1:]]
    return [{"role": "system", "content": given}, *found]


def context_text(payload: Any) -> str:
    """Documents one after another, an empty line between."""
    if isinstance(payload, dict) and len(payload) == 1:
        ((name, inside),) = payload.items()
        if name in _LISTS and isinstance(inside, list):
            payload = inside
    if isinstance(payload, list) and not isinstance(_messages(payload), list):
        return "\n\n".join(_document(one) for one in payload)
    return _document(payload)


def _document(payload: Any) -> str:
    if isinstance(payload, dict):
        for key in _DOCUMENTS:
            if isinstance(payload.get(key), str):
                return str(payload[key])
    return as_text(payload)


def _messages(payload: Any) -> Messages | Drop | None:
    """Messages of role and text; None when the payload is no conversation."""
    if isinstance(payload, dict):
        payload = _listed(payload) if payload else []
    if not isinstance(payload, list):
        return None
    if not payload:
        return EMPTY
    if not all(isinstance(one, dict) and isinstance(one.get("role"), str) for one in payload):
        return None
    read: Messages = []
    for one in payload:
        if any(one.get(key) for key in _CALLS):
            return TOOL_CALLS
        role = _ROLES.get(one["role"].strip().lower())
        text = _content(one.get("content", one.get("parts")))
        if role is None or text is None:
            return NOT_TEXT
        read.append({"role": role, "content": text})
    return read


def _listed(payload: dict[str, Any]) -> list[Any]:
    """The messages of a request, with its `system` beside them as their first; or the payload as one."""
    inner = payload.get("messages")
    if not isinstance(inner, list):
        return [payload]
    system = payload.get("system")
    return [{"role": "system", "content": system}, *inner] if system else inner


def _content(content: Any) -> str | None:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = []
    for part in content:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict) and part.get("type", "text") in _TEXT_PARTS and _is_text(part):
            texts.append(part["text"])
        else:
            return None
    return "\n".join(texts)


def _is_text(part: dict[str, Any]) -> bool:
    return isinstance(part.get("text"), str)

"""Payloads as chat messages of text: what every trainer's rows are made of.

Messages have role and content, and nothing more unless `calls` is asked for: then those with calls of tools and
their answers have what `annotator.ways_out.tools` says.
"""

from typing import Any

import msgspec

from annotator.datasets.content import Row
from annotator.ways_out import tools
from annotator.ways_out.model import EMPTY, NOT_TEXT, PROMPT_ORDER, TOOL_CALLS, TOOL_SHAPE, Drop

Message = dict[str, Any]
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
_LISTS = frozenset({"documents", "docs", "chunks", "passages", "results"})
_DOCUMENTS = ("text", "content", "page_content", "body", "document", "passage", "snippet")
_TEXT_PARTS = frozenset({"text", "input_text", "output_text"})
_OTHER_PARTS = frozenset(
    {
        "image",
        "image_url",
        "input_image",
        "audio",
        "input_audio",
        "file",
        "input_file",
        "document",
        "blob",
        "uri",
    }
)


def as_text(payload: Any) -> str:
    """A payload as one text: what is no text is JSON, a conversation is its turns."""
    if isinstance(payload, str):
        return payload
    if payload is None:
        return ""
    messages = _messages(payload)
    if messages is EMPTY:
        return ""
    if isinstance(messages, list) and not tools.how_many(messages):
        if len(messages) == 1:
            return str(messages[0]["content"])
        return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)
    return msgspec.json.encode(payload).decode()


def prompt(payload: Any, *, calls: bool = False) -> Messages | Drop:
    """All messages before the answer: the system's first, the last one from the user or a tool."""
    found = _spoken(payload, "user", calls)
    if isinstance(found, Drop) or isinstance(payload, str):
        return found
    if found[-1]["role"] not in {"user", "tool"} or any(m["role"] == "system" for m in found[1:]):
        return PROMPT_ORDER
    if not found[-1]["content"].strip():
        return EMPTY
    return tools.linked(found) if calls else found


def answer(payload: Any, *, calls: bool = False, before: int = 0) -> Messages | Drop:
    """One message from the assistant; with `calls` it may be calls of tools, or those, their answers and so on
    until the assistant has the last word. `before`: how many calls the prompt has."""
    found = _spoken(payload, "assistant", calls)
    if isinstance(found, Drop) or isinstance(payload, str):
        return found
    if not calls and any(message["role"] == "tool" for message in found):
        return TOOL_CALLS
    last = found[-1]
    if last["role"] != "assistant" or (len(found) > 1 and not tools.how_many(found)):
        return NOT_TEXT
    if found[0]["role"] != "assistant" or any(one["role"] not in {"assistant", "tool"} for one in found):
        return NOT_TEXT
    if not last["content"].strip() and not last.get("tool_calls"):
        return EMPTY
    return tools.linked(found, before=before, done=False) if calls else found


def _spoken(payload: Any, role: str, calls: bool) -> Messages | Drop:
    """The messages, or one of `role` with all of it."""
    if isinstance(payload, str):
        return [{"role": role, "content": payload}] if payload.strip() else EMPTY
    found = _messages(payload, role)
    if found is None:
        text = as_text(payload)
        return [{"role": role, "content": text}] if text.strip() else EMPTY
    if found is TOOL_SHAPE and not calls:
        return TOOL_CALLS
    if isinstance(found, Drop) or calls or not tools.any_in(found):
        return found
    if tools.how_many(found):
        return TOOL_CALLS
    return [{"role": message["role"], "content": message["content"]} for message in found]


def has_calls(payload: Any) -> bool:
    found = _messages(payload)
    return isinstance(found, list) and tools.how_many(found) > 0


def asked(row: Row, *, context: bool, calls: bool = False) -> Messages | Drop:
    """The row's prompt, with what the model was given before it when `context`."""
    found = prompt(row.input, calls=calls)
    if not context or isinstance(found, Drop) or not (given := context_text(row.context).strip()):
        return found
    if found[0]["role"] == "system":
        first = {"role": "system", "content": f"{found[0]['content']}\n\n{given}"}
        return [first, *found[1:]]
    return [{"role": "system", "content": given}, *found]


def turns(payload: Any) -> list[tuple[str, str]] | None:
    """(role, text) of each message in its order, of whatever was logged; None when it is no conversation.

    What is no text (pictures, calls of tools and what they answered) is left out, and never a reason to read none.
    """
    if isinstance(payload, dict):
        payload = _listed(payload)
    if not isinstance(payload, list) or not payload:
        return None
    if all(map(_is_part, payload)):
        payload = [{"role": "user", "content": payload}]
    if not all(isinstance(one, dict) and isinstance(one.get("role"), str) for one in payload):
        return None
    return [(_role(one["role"]), _said_in(one)) for one in payload]


def _role(logged: str) -> str:
    name = logged.strip().lower()
    return _ROLES.get(name, name)


def _said_in(one: Message) -> str:
    content = one.get("content", one.get("parts"))
    parts = content if isinstance(content, list) else [content]
    return "\n".join(text for part in parts if (text := _text(part)) is not None)


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


def _messages(payload: Any, role: str = "user") -> Messages | Drop | None:
    """Messages of role and text; None when the payload is no conversation. Parts of a message without one
    around them are a message of `role`."""
    if isinstance(payload, dict):
        payload = _listed(payload) if payload else []
    if not isinstance(payload, list):
        return None
    if not payload:
        return EMPTY
    if all(map(_is_part, payload)):
        return _read({"role": role, "content": payload})
    if not all(isinstance(one, dict) and isinstance(one.get("role"), str) for one in payload):
        return None
    read: Messages = []
    for one in payload:
        found = _read(one)
        if isinstance(found, Drop):
            return found
        read += found
    return read


def _is_part(one: Any) -> bool:
    """Whether it is a part of a message; data may have a type too."""
    if not isinstance(one, dict) or "role" in one or not isinstance(one.get("type"), str):
        return False
    kind = one["type"]
    return kind in _OTHER_PARTS | tools.CALLS | tools.RESULTS or (
        kind in _TEXT_PARTS and _text(one) is not None
    )


def _listed(payload: dict[str, Any]) -> list[Any]:
    """The messages of a request, with its `system` beside them as their first; or the payload as one."""
    inner = payload.get("messages")
    if not isinstance(inner, list):
        return [payload]
    system = payload.get("system")
    return [{"role": "system", "content": system}, *inner] if system else inner


def _read(one: Message) -> Messages | Drop:
    """A logged message: answers of tools are messages of their own, before what else was said in it."""
    role = _ROLES.get(one["role"]) or _ROLES.get(one["role"].strip().lower())
    if role != "tool" and isinstance(one.get("content"), str) and not any(map(one.get, tools.BESIDE)):
        return [{"role": role, "content": one["content"]}] if role else NOT_TEXT
    called = tools.calls_beside(one)
    if isinstance(called, Drop):
        return called
    content = one.get("content", one.get("parts"))
    if content is None and called:
        content = ""
    if role is None or not isinstance(content, str | list):
        return NOT_TEXT
    texts: list[str] = []
    answers: Messages = []
    for part in [content] if isinstance(content, str) else content:
        if isinstance(part, dict) and tools.kind_of(part) in tools.CALLS:
            call = tools.call_of(part)
            if isinstance(call, Drop):
                return call
            called.append(call)
        elif isinstance(part, dict) and tools.kind_of(part) in tools.RESULTS:
            said = _result(part)
            if said is None:
                return NOT_TEXT
            answers.append(_answer_of_tool(said, part))
        elif (text := _text(part)) is not None:
            texts.append(text)
        else:
            return NOT_TEXT
    message: Message = {"role": role, "content": "\n".join(texts)}
    if role == "tool" and texts:
        message = _answer_of_tool(message["content"], one)
    if called:
        message["tool_calls"] = called
    return [*answers, message] if texts or called or not answers else answers


def _answer_of_tool(text: str, logged: Message) -> Message:
    name = logged.get("name")
    beside = {"tool_call_id": tools.result_id(logged), "name": name if isinstance(name, str) else ""}
    return {"role": "tool", "content": text, **beside}


def _text(part: Any) -> str | None:
    """OpenTelemetry has the text of a part under `content`."""
    if isinstance(part, dict) and tools.kind_of(part, "text") in _TEXT_PARTS:
        part = part.get("text", part.get("content"))
    return part if isinstance(part, str) else None


def _result(part: Message) -> str | None:
    """What a tool answered: text, parts of text, or anything else as JSON; None where a part is no text."""
    payload = tools.result_payload(part)
    if not isinstance(payload, list) or not all(isinstance(one, dict) and "type" in one for one in payload):
        return as_text(payload)
    texts = [_text(one) for one in payload]
    return None if None in texts else "\n".join(filter(None, texts))

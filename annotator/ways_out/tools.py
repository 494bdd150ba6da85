"""Calls of tools, their answers and what tools there were, as they were logged. Pure.

Read: OpenAI (`tool_calls`, the older `function_call`, role `tool`), Anthropic (`tool_use`, `tool_result`) and
OpenTelemetry (`tool_call`, `tool_call_response`). Inside all are OpenAI's, with arguments as text:

    {"role": "assistant", "content": "", "tool_calls": [{"id": "call_1", "type": "function",
        "function": {"name": "order", "arguments": "{\"number\":17}"}}]}
    {"role": "tool", "content": "sent", "tool_call_id": "call_1", "name": "order"}
"""

from typing import Any

import msgspec

from annotator.ways_out.model import TOOL_SHAPE, Drop

Message = dict[str, Any]
Messages = list[Message]

CALLS = frozenset({"tool_use", "tool_call"})
RESULTS = frozenset({"tool_result", "tool_call_response"})
BESIDE = ("tool_calls", "function_call")  # keys of a message
OFFERED = ("tools", "functions", "tool_definitions")  # beside the messages of a request
_SAID = ("name", "description", "parameters", "strict")  # of a function

_encode = msgspec.json.encode


def kind_of(part: Message, usual: str = "") -> str:
    """Its `type`, which anybody may have logged as anything."""
    kind = part.get("type", usual)
    return kind if isinstance(kind, str) else ""


def call_of(one: Any) -> dict[str, Any] | Drop:
    """A call in any of the shapes. The id is empty where none was logged."""
    inner = one.get("function", one) if isinstance(one, dict) else None
    if not isinstance(inner, dict) or not _named(inner):
        return TOOL_SHAPE
    arguments = _arguments(inner.get("arguments", inner.get("input")))
    if arguments is None:
        return TOOL_SHAPE
    function = {"name": inner["name"], "arguments": arguments}
    return {"id": _id(one.get("id")), "type": "function", "function": function}


def calls_beside(message: Message) -> list[dict[str, Any]] | Drop:
    """Calls that lie beside the content of a message."""
    logged = message.get("tool_calls") or []
    if message.get("function_call"):
        logged = [message["function_call"]]
    if not isinstance(logged, list):
        return TOOL_SHAPE
    found = []
    for one in logged:
        call = call_of(one)
        if isinstance(call, Drop):
            return call
        found.append(call)
    return found


def result_id(one: Message) -> str:
    """Of the call that is answered; empty where none was logged."""
    return _id(one.get("tool_call_id", one.get("tool_use_id", one.get("id"))))


def result_payload(part: Message) -> Any:
    for key in ("content", "response", "result"):
        if key in part:
            return part[key]
    return ""


def linked(messages: Messages, *, before: int = 0, done: bool = True) -> Messages | Drop:
    """Each answer with the id and name of its call; calls without an id get one by their number.

    `before`: calls that the conversation had already. All calls are answered before anybody else speaks, and
    at the end too if `done`: services refuse anything else.
    """
    if not any_in(messages):
        return messages
    open_calls: dict[str, str] = {}
    known: set[str] = set()
    made: Messages = []
    for message in messages:
        if message["role"] == "tool":
            name = message.get("name", "")
            call = _answered(message.get("tool_call_id", ""), name, open_calls)
            if call is None:
                return TOOL_SHAPE
            found = {"tool_call_id": call, "name": open_calls.pop(call)}
            made.append({"role": "tool", "content": message["content"], **found})
            continue
        if open_calls:
            return TOOL_SHAPE
        if calls := message.get("tool_calls"):
            if message["role"] != "assistant":
                return TOOL_SHAPE
            calls = [
                {**call, "id": call["id"] or f"call_{before + len(known) + at}"}
                for at, call in enumerate(calls, 1)
            ]
            open_calls = {call["id"]: call["function"]["name"] for call in calls}
            if len(open_calls) < len(calls) or known & set(open_calls):
                return TOOL_SHAPE
            known |= set(open_calls)
            made.append({**message, "tool_calls": calls})
            continue
        made.append(message)
    return TOOL_SHAPE if open_calls and done else made


def _answered(call: str, name: str, open_calls: dict[str, str]) -> str | None:
    """The id of the call that an answer is for: by its id, else by the tool's name, else the first."""
    if call:
        return call if call in open_calls else None
    return next((one for one, its in open_calls.items() if not name or name == its), None)


def any_in(messages: Messages) -> bool:
    """Whether a tool was called or answers."""
    return max(map(len, messages)) > 2  # role and content


def how_many(messages: Messages) -> int:
    return sum(len(message.get("tool_calls", ())) for message in messages)


def offered(payload: Any) -> tuple[list[dict[str, Any]], int]:
    """(functions that could be called, in OpenAI's shape; how many tools were something else)."""
    if not isinstance(payload, dict) or not _request(payload) or not any(map(payload.get, OFFERED)):
        return [], 0
    logged = next(payload[key] for key in OFFERED if payload.get(key))
    if not isinstance(logged, list | tuple):
        return [], 1
    found = [tool for tool in map(_tool, logged) if tool is not None]
    return found, len(logged) - len(found)


def unsaid(payload: Any, said: bool) -> bool:
    """Whether there were tools that a line does not name. `said`: it names those that are functions."""
    known, others = offered(payload)
    return others > 0 or bool(known and not said)


def one_at_a_time(payload: Any) -> dict[str, bool]:
    """What the request said of calls side by side, if it did."""
    said = payload.get("parallel_tool_calls") if _request(payload) else None
    return {"parallel_tool_calls": said} if isinstance(said, bool) else {}


def _request(payload: Any) -> bool:
    return isinstance(payload, dict) and isinstance(payload.get("messages"), list)


def _tool(one: Any) -> dict[str, Any] | None:
    if not isinstance(one, dict) or kind_of(one, "function") not in {"function", "custom"}:
        return None
    inner = one.get("function", one)
    if not isinstance(inner, dict) or not _named(inner):
        return None
    inner = {"parameters": inner.get("input_schema"), **inner}
    if isinstance(inner["parameters"], str):
        inner["parameters"] = _decoded(inner["parameters"])
    if inner["parameters"] is not None and not isinstance(inner["parameters"], dict):
        return None
    said = {key: inner[key] for key in _SAID if inner.get(key) is not None}
    return {"type": "function", "function": said}


def as_objects(messages: Messages) -> Messages:
    """With arguments as JSON objects: what chat templates go through."""
    return [_each_call(message, _object) if "tool_calls" in message else message for message in messages]


def nameless(messages: Messages) -> Messages:
    """Answers of tools without the tool's name, which services know by the call."""
    if not any_in(messages):
        return messages
    return [
        {key: value for key, value in one.items() if key != "name"} if one["role"] == "tool" else one
        for one in messages
    ]


def _each_call(message: Message, change: Any) -> Message:
    return {**message, "tool_calls": [change(call) for call in message["tool_calls"]]}


def _object(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    return {**call, "function": {**function, "arguments": arguments_of(call)}}


def arguments_of(call: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(call["function"]["arguments"])
    return found


def _arguments(logged: Any) -> str | None:
    """As text, to the letter where it was text; None if that is no JSON object."""
    if logged is None or logged == "":
        return "{}"
    if isinstance(logged, dict):
        return _encode(logged).decode()
    return logged if isinstance(logged, str) and isinstance(_decoded(logged), dict) else None


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def _named(inner: dict[str, Any]) -> bool:
    return isinstance(inner.get("name"), str) and bool(inner["name"].strip())


def _id(logged: Any) -> str:
    return logged if isinstance(logged, str) else ""

"""One conversation with calls of tools as three services log it, and what each format's lines have of it."""

from typing import Any

NUMBER = '{"number": 17}'  # as the model wrote it: the space stays where arguments are text
TOOL = {
    "type": "function",
    "function": {
        "name": "order",
        "description": "Looks up an order.",
        "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}},
    },
}
ORDER: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Where is my order 17?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "order", "arguments": NUMBER}}
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sent\u2028<b>Monday</b>"},
    ],
    "tools": [TOOL],
    "parallel_tool_calls": False,
}
ANTHROPIC: dict[str, Any] = {
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "Where is my order 17?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "c1", "name": "order", "input": {"number": 17}}],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "c1",
                    "content": [{"type": "text", "text": "sent\u2028<b>Monday</b>"}],
                }
            ],
        },
    ],
    "tools": [
        {
            "name": "order",
            "description": "Looks up an order.",
            "input_schema": TOOL["function"]["parameters"],  # type: ignore[index]
        }
    ],
}
TELEMETRY: list[dict[str, Any]] = [
    {"role": "system", "parts": [{"type": "text", "content": "Be brief."}]},
    {"role": "user", "parts": [{"type": "text", "content": "Where is my order 17?"}]},
    {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "c1", "name": "order", "arguments": {"number": 17}}],
    },
    {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": "c1", "response": "sent\u2028<b>Monday</b>"}],
    },
]
CALL = {
    "role": "assistant",
    "content": "Let me look.",
    "tool_calls": [
        {"id": "c9", "type": "function", "function": {"name": "refund", "arguments": '{"sum":{"eur":5}}'}}
    ],
}


def called(name: str, arguments: Any, call: str = "c1", text: str = "") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": text,
        "tool_calls": [{"id": call, "type": "function", "function": function}],
    }


def answered(text: str, call: str = "c1", **more: str) -> dict[str, Any]:
    return {"role": "tool", "content": text, "tool_call_id": call, **more}

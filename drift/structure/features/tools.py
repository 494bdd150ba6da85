"""Calls of tools in an answer, and their results in what was asked."""

from annotator.reading.errors import gettext_noop
from drift.structure.feature import Feature, Shape, Side
from drift.structure.rows import Row, messages_of, objects_within


def _called(row: Row) -> float | None:
    """How many tools the answer calls, in the shapes of the common providers."""
    if row.answered is None:
        return None
    count = 0
    for one in objects_within(row.answered):
        calls = one.get("tool_calls")
        count += len(calls) if isinstance(calls, list) else 0
        count += one.get("type") in ("tool_use", "function_call", "tool_call") or "functionCall" in one
    return count


def _calls(row: Row) -> bool | None:
    count = _called(row)
    return None if count is None else count > 0


def _many(row: Row) -> float | None:
    return _called(row) or None


def _results(row: Row) -> bool | None:
    messages = messages_of(row.sent)
    if not messages:
        return None
    return any(
        str(one.get("role")).lower() in ("tool", "function")
        or (isinstance(one.get("content"), list) and any(_is_result(part) for part in one["content"]))
        for one in messages
    )


def _is_result(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "tool_result"


FEATURES = (
    Feature("output.tools", Side.OUTPUT, Shape.SHARE, gettext_noop("Calls a tool"), _calls, 0.03),
    Feature(
        "output.tool_calls", Side.OUTPUT, Shape.AMOUNT, gettext_noop("Tools an answer calls, where it does"), _many,
        1.2, unit="calls",
    ),
    Feature("input.tool_results", Side.INPUT, Shape.SHARE, gettext_noop("Holds results of tools"), _results, 0.03),
)  # fmt: skip

"""Chat: messages as turns, their parts, the tools they call."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.web.payload.budget import Budget
from annotator.web.payload.markdown import image_mark
from annotator.web.payload.markup import Html, element, escape, fold, together
from annotator.web.payload.plain import as_json, json_html
from annotator.web.payload.text import text_html

ROLES = {
    "system": gettext_lazy("System"),
    "developer": gettext_lazy("Developer"),
    "user": gettext_lazy("User"),
    "human": gettext_lazy("User"),
    "assistant": gettext_lazy("Assistant"),
    "ai": gettext_lazy("Assistant"),
    "model": gettext_lazy("Assistant"),
    "tool": gettext_lazy("Tool"),
    "function": gettext_lazy("Tool"),
}
_SIDES = {"system": "system", "developer": "system", "user": "user", "human": "user", "tool": "tool"}
_READ = frozenset({"role", "content", "parts", "tool_calls", "function_call", "name", "tool_call_id"})


def messages_of(value: object) -> list[dict[str, Any]] | None:
    """The chat messages that a payload is, or None."""
    if isinstance(value, dict) and _is_message(value):
        return [value]
    if isinstance(value, list) and value and all(_is_message(message) for message in value):
        return value
    return None


def _is_message(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("role"), str)
        and any(key in value for key in ("content", "parts", "tool_calls", "function_call"))
    )


def turns_html(messages: list[dict[str, Any]], budget: Budget) -> Html:
    turns: list[Html] = []
    for at, message in enumerate(messages):
        if not budget.block():
            words = _("%(count)s more messages") % {"count": len(messages) - at}
            turns.append(fold(escape(words, budget), json_html(messages[at:], budget)))
            break
        turns.append(_turn(message, budget))
    return element("div", together(turns), css="payload-turns")


def _turn(message: dict[str, Any], budget: Budget) -> Html:
    role = message["role"].strip().lower()
    named = message.get("name") or message.get("tool_call_id")
    label = escape(str(ROLES.get(role, message["role"][:60] or "?")), budget)
    if isinstance(named, str) and named:
        label = Html(f"{label} {element('span', escape(named[:80], budget), css='payload-name')}")
    inner = together(_inside(message, budget))
    side = _SIDES.get(role, "assistant")
    return element(
        "div",
        together((element("div", label, css="payload-role"), inner)),
        css=f"payload-turn payload-turn-{side}",
    )


def _inside(message: dict[str, Any], budget: Budget) -> Iterator[Html]:
    content = message.get("content", message.get("parts"))
    calls = [*_listed(message.get("tool_calls")), *_listed(message.get("function_call"))]
    if content is not None or not calls:
        yield _content(content, budget)
    for call in calls:
        yield _call(call, budget)
    more = {key: value for key, value in message.items() if key not in _READ and value not in (None, [], "")}
    if more:
        yield fold(escape(_("More fields"), budget), json_html(more, budget))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _content(content: object, budget: Budget) -> Html:
    if isinstance(content, str):
        return text_html(content, budget)
    if isinstance(content, list):
        return together(_part(part, budget) for part in content)
    if content is None:
        return element("p", escape(_("Nothing"), budget), css="payload-none")
    return json_html(content, budget)


def _part(part: object, budget: Budget) -> Html:
    if isinstance(part, str):
        return text_html(part, budget)
    if not isinstance(part, dict) or not budget.block():
        return json_html(part, budget)
    kind = part.get("type")
    if isinstance(part.get("text"), str) and set(part) <= {"type", "text", "annotations", "cache_control"}:
        return text_html(part["text"], budget)
    if kind in {"tool_use", "function_call", "tool_call"}:
        return _call(part, budget)
    if kind == "tool_result" and "content" in part:
        label = element("div", escape(_("Tool answers"), budget), css="payload-call")
        return together((label, _content(part["content"], budget)))
    if kind in {"image", "image_url", "input_image"}:
        return element("p", image_mark("", _image_address(part), budget))
    return json_html(part, budget)


def _image_address(part: dict[str, Any]) -> str:
    for holder in (part.get("image_url"), part.get("source"), part.get("url")):
        address = holder.get("url") if isinstance(holder, dict) else holder
        if isinstance(address, str) and not address.startswith("data:"):
            return address
    return ""


def _call(call: object, budget: Budget) -> Html:
    if not isinstance(call, dict):
        return json_html(call, budget)
    function = call.get("function")
    inner: dict[str, Any] = function if isinstance(function, dict) else call
    name = inner.get("name")
    given = inner.get("arguments", inner.get("input", inner.get("args")))
    if not isinstance(name, str) or given is None:
        return json_html(call, budget)
    spelt = as_json(given) if isinstance(given, str) else None
    label = Html(f"{escape(_('Calls'), budget)} {element('code', escape(name[:200], budget))}")
    shown = (
        text_html(given, budget)
        if isinstance(given, str) and spelt is None
        else json_html(spelt or given, budget)
    )
    return together((element("div", label, css="payload-call"), shown))

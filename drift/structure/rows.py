"""One interaction as features see it. Pure."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from feedback.assertions import texts

READ = 4_000  # characters: what a text is like shows in them; its length and its JSON are of all of it
MOST_JSON = 400_000  # characters: a longer text is not read as JSON
NO_JSON, BROKEN = "no JSON", "broken JSON"
_FENCE = re.compile(r"\A\s*```[a-zA-Z0-9]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_BEGINS = re.compile(r"\A\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\]])")
DIMENSIONS = ("prompt_version", "model", "variant", "feature")


class Text:
    """A text, and what more than one feature asks of it. Never longer in the caches than `READ`."""

    def __init__(self, whole: str) -> None:
        self.whole = whole

    @cached_property
    def head(self) -> str:
        return self.whole[:READ]

    @cached_property
    def json(self) -> Any:
        """What it spells as JSON, an object or a list, also within a code fence; else NO_JSON, or BROKEN for
        what begins so and does not read as such."""
        body = self.whole
        if len(body) > MOST_JSON:
            return NO_JSON
        if fenced := _FENCE.match(body):
            body = fenced[1]
        if not _BEGINS.match(body):
            return NO_JSON
        try:
            return json.loads(body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            return BROKEN

    @cached_property
    def prose(self) -> str:
        """Its beginning; of JSON that of the texts in it, without names and signs."""
        if self.json in (NO_JSON, BROKEN):
            return self.head
        return "\n".join(_texts_within(self.json))[:READ]

    @cached_property
    def letters(self) -> Counter[str]:
        """How often each character stands in its prose."""
        return Counter(self.prose)

    @cached_property
    def blank(self) -> bool:
        return not self.whole.strip()

    @cached_property
    def cache(self) -> dict[str, Any]:
        """For features of one family, by their own names."""
        return {}


@dataclass(frozen=True)
class Row:
    """`at`: seconds since 1970. `asked`: what is looked at of the input, `sent` and `answered` the payloads.
    Numbers that were not logged are None."""

    id: str
    at: float
    asked: Text
    sent: Any
    answered: Any
    error: str = ""
    finish_reason: str = ""
    latency_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    came_with: Mapping[str, str] = field(default_factory=dict)  # of each of DIMENSIONS, or of none

    @cached_property
    def answer(self) -> Text:
        """All that a person would read of the output; empty where there is none."""
        return Text(texts.of(self.answered))

    @property
    def hour(self) -> int:
        """Hours since 1970."""
        return int(self.at // 3600)


def asked(sent: Any, rule: Mapping[str, Any]) -> str:
    """The text that is looked at, by the project's rule: what was said last, the whole conversation, or what
    lies at a path. As it was sent, with its lines; where the rule finds nothing, all of it."""
    if rule.get("kind") == "conversation":
        return texts.of(sent)
    if rule.get("kind") == "field":
        found = _at(sent, str(rule.get("path", "")))
        return texts.of(sent if found is None else found)
    return last_turn(sent)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif (
            isinstance(value, list) and name.lstrip("-").isdecimal() and -len(value) <= int(name) < len(value)
        ):
            value = value[int(name)]
        else:
            return None
    return value


def last_turn(sent: Any) -> str:
    """What the user said last; of anything but chat messages, all of it."""
    messages = messages_of(sent)
    for one in reversed(messages):
        if str(one.get("role", "")).lower() in ("user", "human"):
            return texts.of(one.get("content", one.get("parts")))
    return texts.of(sent)


def messages_of(sent: Any) -> list[dict[str, Any]]:
    """The chat messages of a payload; none where it holds no such thing."""
    found = sent.get("messages") if isinstance(sent, dict) else sent
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, dict) and "role" in one]


def objects_within(value: Any, most: int = 2_000) -> "list[dict[str, Any]]":
    """The objects in a payload, the outer ones first; of a huge one the first `most` values are looked at."""
    found, waiting, seen = [], [value], 0
    while waiting and seen < most:
        one = waiting.pop(0)
        seen += 1
        if isinstance(one, dict):
            found.append(one)
            waiting.extend(inner for inner in one.values() if isinstance(inner, (dict, list)))
        elif isinstance(one, list):
            waiting.extend(inner for inner in one if isinstance(inner, (dict, list)))
    return found


def _texts_within(value: Any, most: int = 500) -> list[str]:
    """The texts in a value, in their order; of a huge one the first."""
    found: list[str] = []
    waiting = [value]
    for _ in range(4 * most):
        if not waiting or len(found) >= most:
            break
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, (dict, list)):
            waiting.extend(reversed(list(one.values()) if isinstance(one, dict) else one))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")

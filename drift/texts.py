"""Which text of an input is embedded, by a rule of the project. Pure.

An input is what was logged: text, chat messages in any of the usual shapes, or other JSON. Where a rule finds
nothing, all texts in the input stand in: `Made.fell_back` says so, and whoever reads many counts it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from annotator.datasets import words
from annotator.ways_out import messages
from feedback.ingest import same

Kind = Literal["last_user", "conversation", "field"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 8_000  # characters: no model in use reads more of them than this
DEEPEST, LONGEST = 10, 200  # names in a path, and its characters
_SPELLS_JSON = re.compile(r"\s*[{\[]")


class BadRule(ValueError):
    """Not a rule. The text is a code: `kind` or `path`."""


@dataclass(frozen=True)
class Rule:
    """`last_user`: what was asked last. `conversation`: all that was said but the instructions, newest first, so
    that what a model has no room for is the oldest. `field`: what lies at `path`, names and numbers of places
    with dots between: `question.text`, `messages.-1.content`."""

    kind: Kind = "last_user"
    path: str = ""

    def as_json(self) -> dict[str, str]:
        """One spelling for each rule: vectors of one rule are one space."""
        return {"kind": self.kind, "path": self.path} if self.kind == "field" else {"kind": self.kind}


class Made(NamedTuple):
    text: str  # on one line, at most MOST characters; empty where there is none
    fell_back: bool = False


@dataclass
class Counts:
    """Of many inputs: without text, and with a text that the rule did not find."""

    read: int = 0
    empty: int = 0
    fell_back: int = 0

    def add(self, made: Made) -> Made:
        self.read += 1
        self.empty += not made.text
        self.fell_back += made.fell_back
        return made


def rule_of(stored: Mapping[str, Any]) -> Rule:
    """Of its JSON; nothing is the rule that most projects have. Raises BadRule."""
    kind = stored.get("kind", "last_user")
    if kind not in KINDS:
        raise BadRule("kind")
    if kind != "field":
        return Rule(kind)
    path = stored.get("path")
    names = path.strip().split(".") if isinstance(path, str) else []
    if not 0 < len(names) <= DEEPEST or len(str(path)) > LONGEST or not all(map(str.strip, names)):
        raise BadRule("path")
    return Rule(kind, ".".join(map(str.strip, names)))


def made(payload: Any, rule: Rule) -> Made:
    """The input's text. JSON that was logged as a text is read as what it spells."""
    payload = _spelled(payload)
    if rule.kind == "field":
        text = made(_at(payload, rule.path), Rule()).text
        return Made(text) if text else _standing_in(words.text_of(payload))
    if isinstance(payload, str):
        return Made(_plain(payload))
    turns = messages.turns(payload)
    if turns is None:
        return _standing_in(words.text_of(payload))
    said = [text for role, text in reversed(turns) if text.strip() and _is_asked(role, rule)]
    if said:
        return Made(_plain("\n".join(said) if rule.kind == "conversation" else said[0]))
    return _standing_in("\n".join(text for _role, text in turns))


def key_of(text: str) -> int:
    """The same for texts that differ in case and white space only: eight bytes, signed."""
    return same.output_hash(text) or 0


def _is_asked(role: str, rule: Rule) -> bool:
    return role == "user" if rule.kind == "last_user" else role != "system"


def _standing_in(text: str) -> Made:
    line = _plain(text)
    return Made(line, fell_back=bool(line))


def _at(payload: Any, path: str) -> Any:
    """What lies there; None where nothing does."""
    for name in path.split("."):
        payload = _spelled(payload)
        if isinstance(payload, dict):
            payload = payload.get(name)
        elif isinstance(payload, list) and re.fullmatch(r"-?\d{1,6}", name):
            at = int(name)
            payload = payload[at] if -len(payload) <= at < len(payload) else None
        else:
            return None
    return payload


def _spelled(payload: Any) -> Any:
    """The object or list that a text spells, else itself."""
    if not isinstance(payload, str) or not _SPELLS_JSON.match(payload):
        return payload
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return payload
    return found if found and isinstance(found, dict | list) else payload


def _plain(text: str) -> str:
    """On one line. Of a long text the beginning alone is looked at."""
    line = " ".join(text[: 4 * MOST].split())[:MOST]
    return line if line.isascii() else line.encode("utf-8", "replace").decode()

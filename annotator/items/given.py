"""The answers that come with an item: gold, and pre-labels."""

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw

from annotator.items import answers, schema
from annotator.items.questions import Asked
from annotator.reading import json_text
from annotator.reading.errors import BadRecord, gettext_noop

GOLD, PRELABEL, CONFIDENCE = "gold:", "prelabel:", "confidence:"  # and a question's key

_prelabels = msgspec.json.Decoder(list[schema.Prelabel] | None).decode
_confidence = msgspec.json.Decoder(float | None).decode


@dataclass(frozen=True, slots=True)
class GivenPrelabel:
    """What a model or a rule would answer. An empty `rater`: the file does not say which."""

    question: str  # its key
    answer: str
    confidence: float | None = None
    rater: str = ""


def columns(asked: Asked) -> tuple[str, ...]:
    """Names of columns that hold one question's gold, pre-label or confidence."""
    return tuple(prefix + key for key in asked.kinds for prefix in (GOLD, PRELABEL, CONFIDENCE))


def gold(raw: Raw, more: dict[str, Raw], asked: Asked, *, spelled: bool) -> dict[str, str]:
    """By question; of the object in `gold`, and of the columns."""
    sent = _value("gold", raw)
    if spelled and asked.only and sent is not None and not isinstance(sent, (dict, list)):
        sent = {asked.only: sent}  # its answer alone
    if not isinstance(sent, dict | None):
        raise BadRecord("gold", schema.RULES["gold"])
    found = {asked.one("gold", key): answer for key, answer in (sent or {}).items()}
    for name, column in _of(GOLD, more).items():
        if found.get(name) is not None and column is not None:
            raise BadRecord(GOLD + name, gettext_noop("is given twice"))
        found[name] = column if column is not None else found.get(name)
    return {
        key: answers.read(GOLD + key, answer, asked.kinds[key], spelled=spelled)
        for key, answer in found.items()
        if answer is not None
    }


def prelabels(raw: Raw, more: dict[str, Raw], asked: Asked, *, spelled: bool) -> tuple[GivenPrelabel, ...]:
    """One at most for each question; of the list in `prelabels`, and of the columns."""
    found: dict[str, GivenPrelabel] = {}
    for sent in [*_list(raw), *_in_columns(more)]:
        key = asked.one("prelabels", sent.question)
        if key in found:
            raise BadRecord(PRELABEL + key, gettext_noop("is given twice"))
        answer = answers.read(PRELABEL + key, sent.answer, asked.kinds[key], spelled=spelled)
        found[key] = GivenPrelabel(key, answer, sent.confidence, (sent.rater or "").strip())
    return tuple(found.values())


def _list(raw: Raw) -> list[schema.Prelabel]:
    if not bytes(raw):
        return []
    try:
        return _prelabels(raw) or []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRecord("prelabels", schema.RULES["prelabels"]) from None


def _in_columns(more: dict[str, Raw]) -> list[schema.Prelabel]:
    sure = {
        name: _sureness(name, raw) for name, raw in _raw(CONFIDENCE, more).items() if bytes(raw) != b"null"
    }
    said = {name: answer for name, answer in _of(PRELABEL, more).items() if answer is not None}
    for name in sure:
        if name not in said:
            raise BadRecord(CONFIDENCE + name, gettext_noop("belongs to no pre-label"))
    return [schema.Prelabel(answer, name, sure.get(name)) for name, answer in said.items()]


def _sureness(name: str, raw: Raw) -> float | None:
    try:
        found: float | None = _confidence(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = -1
    if found is not None and not 0 <= found <= 1:
        raise BadRecord(CONFIDENCE + name, schema.CONFIDENCE_RULE)
    return found


def _of(prefix: str, more: dict[str, Raw]) -> dict[str, Any]:
    return {name: json_text.value(prefix + name, raw) for name, raw in _raw(prefix, more).items()}


def _raw(prefix: str, more: dict[str, Raw]) -> dict[str, Raw]:
    return {key.removeprefix(prefix): raw for key, raw in more.items() if key.startswith(prefix)}


def _value(name: str, raw: Raw) -> Any:
    return json_text.value(name, raw) if bytes(raw) else None

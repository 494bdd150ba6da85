"""The kinds of signals, and what each says about the output: the one registry.

Polarities follow what suggestion forms, assistants for code and text, image makers and chats have
in common. A project may give a kind another polarity; the event itself is kept as it came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.reading.errors import gettext_noop

STRONG_POSITIVE, POSITIVE, NEUTRAL = "strong_positive", "positive", "neutral"
NEGATIVE, STRONG_NEGATIVE = "negative", "strong_negative"

MOST = 2**31 - 1  # what a column of whole numbers holds; 24 days in milliseconds
READ_MS = 3000  # who looked that long has read the answer, and wants another all the same

Value = Mapping[str, Any]
Test = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= MOST


TEXT = (_is_text, gettext_noop("must be text"))
NUMBER = (_is_number, gettext_noop("must be a number from 0 to 2147483647"))


@dataclass(frozen=True)
class Kind:
    """`polarity` may look at the value. `needs` and `may` name the fields of the value with what
    each must be, and the words when it is not."""

    name: str
    polarity: str | Callable[[Value], str]
    needs: Mapping[str, tuple[Test, str]] = field(default_factory=dict)
    may: Mapping[str, tuple[Test, str]] = field(default_factory=dict)
    whole: tuple[Test, str] | None = None  # of fields that belong together, when each is right by itself
    implicit: bool = False  # not said by anybody, but seen
    verdict: bool = False  # on a suggestion

    def polarity_of(self, value: Value) -> str:
        return self.polarity(value) if callable(self.polarity) else self.polarity


def _is_on_its_scale(value: Value) -> bool:
    return bool(value.get("lowest", 0) <= value["score"] <= value["of"] > value.get("lowest", 0))


def _rated(value: Value) -> str:
    """Above the middle of the scale, which begins at 0 unless `lowest` says otherwise."""
    middle = (value["of"] + value.get("lowest", 0)) / 2
    if value["score"] == middle:
        return NEUTRAL
    return POSITIVE if value["score"] > middle else NEGATIVE


def _asked_again(value: Value) -> str:
    return STRONG_NEGATIVE if value.get("dwell_ms", 0) >= READ_MS else NEGATIVE


_MS = {"ms": NUMBER}
_EDIT = {"edit_distance": NUMBER, "suggested": TEXT}
_SCALE = (_is_on_its_scale, gettext_noop("has a score outside of its scale: from “lowest” (0) to “of”"))
_ALL = (
    Kind("thumbs_up", POSITIVE),
    Kind("thumbs_down", NEGATIVE),
    Kind("thumbs_cleared", NEUTRAL),
    Kind("comment", NEUTRAL, needs={"text": TEXT}),
    Kind("correction", NEGATIVE, needs={"text": TEXT}),
    Kind("rating", _rated, needs={"score": NUMBER, "of": NUMBER}, may={"lowest": NUMBER}, whole=_SCALE),
    Kind("shown", NEUTRAL, implicit=True),
    Kind("accepted", STRONG_POSITIVE, needs={"value": TEXT}, may=_MS, implicit=True, verdict=True),
    Kind("edited", POSITIVE, needs={"value": TEXT}, may={**_MS, **_EDIT}, implicit=True, verdict=True),
    Kind("rejected", NEGATIVE, may={**_MS, "value": TEXT}, implicit=True, verdict=True),
    Kind("ignored", NEGATIVE, may={**_MS, "value": TEXT}, implicit=True, verdict=True),
    Kind("regenerated", _asked_again, may={"new": TEXT, "dwell_ms": NUMBER}, implicit=True),
    Kind("kept", POSITIVE, implicit=True),
    Kind("copied", STRONG_POSITIVE, may={"characters": NUMBER}, implicit=True),
    Kind("downloaded", STRONG_POSITIVE, implicit=True),
    Kind("varied", POSITIVE, implicit=True),
    Kind("viewed", NEUTRAL, needs={"dwell_ms": NUMBER}, implicit=True),
    Kind("left", NEUTRAL, may={"dwell_ms": NUMBER}, implicit=True),
    Kind("edited_in_place", POSITIVE, may={"text": TEXT, "edit_distance": NUMBER}, implicit=True),
)
KINDS = {kind.name: kind for kind in _ALL}

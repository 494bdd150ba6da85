"""Marks: spans of an item's text that say what is wrong there. Pure.

Offsets count Unicode code points of a payload that is a string; `end` is exclusive.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

PARTS = ("input", "output", "left", "right")
MOST = 200  # marks on one answer


@dataclass(frozen=True, order=True)
class Mark:
    part: str
    start: int
    end: int
    kind: str  # key of a defect kind


def fault(marks: Sequence[Mark], lengths: Mapping[str, int | None], kinds: Collection[str]) -> str:
    """What is wrong with the first bad mark, or nothing. `lengths`: of each part that is a string."""
    for n, mark in enumerate(marks, 1):
        length = lengths.get(mark.part)
        if length is None:
            return f"Mark {n}: this item has no plain text as “{mark.part[:20]}” to mark."
        if not 0 <= mark.start < mark.end <= length:
            return f"Mark {n}: {mark.start}–{mark.end} is no span of {length} characters."
        if mark.kind not in kinds:
            known = ", ".join(sorted(kinds)) or "none"
            return f"Mark {n}: there is no defect kind “{mark.kind[:40]}”. Kinds: {known}."
    return ""


def as_json(marks: Sequence[Mark]) -> list[dict[str, Any]] | None:
    """As a label stores them, in the order of the text; None when there are none."""
    return [asdict(mark) for mark in sorted(marks)] or None


def from_json(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Mark, ...]:
    return tuple(sorted(Mark(**mark) for mark in stored or ()))

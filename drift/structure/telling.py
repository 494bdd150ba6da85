"""Which of a day's changes are told. Pure."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from drift.structure.features.languages import SMALL

LATIN = "latin"


class Change(Protocol):
    side: str
    feature: str
    facts: Any  # a mapping; "view": the name of the category that changed


C = TypeVar("C", bound=Change)


def each_once(changes: Iterable[C]) -> list[C]:
    """Without what says the same in other words: estimated tokens are made of the length, and a script comes with its
    language."""
    there = list(changes)
    longer = {one.side for one in there if one.feature == "length"}
    spoken = {(one.side, _view(one) in SMALL) for one in there if one.feature == "language"}
    return [
        one
        for one in there
        if not (one.feature == "tokens_estimated" and one.side in longer)
        if not (one.feature == "script" and (one.side, _view(one) == LATIN) in spoken)
    ]


def _view(change: Change) -> str:
    return str(change.facts.get("view", ""))

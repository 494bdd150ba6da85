"""Which of a day's changes are told. Pure."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Change(Protocol):
    side: str
    feature: str


C = TypeVar("C", bound=Change)


def without_estimates(changes: Iterable[C]) -> list[C]:
    """Without estimated tokens where the length tells it already: they are made of it."""
    there = list(changes)
    longer = {one.side for one in there if one.feature == "length"}
    return [one for one in there if one.feature != "tokens_estimated" or one.side not in longer]

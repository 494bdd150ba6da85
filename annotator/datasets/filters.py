"""What a dataset takes, and how it is divided. Pure: as JSON in the database, as fields in a form."""

from datetime import date
from typing import Any, Literal

import msgspec

RATER_KINDS = ("human", "end_user", "llm", "model", "rule")  # the first that answered speaks for an item
PEOPLE = ("human", "end_user")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Empty lists: all there are. Shares are in percent and make 100.

    `agreement`: the least share of an item's answers that must be the same, 0 to 1. `consensus`: only
    answers that several people gave, or that were adjudicated. `since` and `until` (that day included):
    when the newest of a row's labels was given, in UTC.
    """

    sources: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()  # ids
    questions: tuple[str, ...] = ()  # keys
    features: tuple[str, ...] = ()
    within: dict[str, tuple[str, ...]] = {}  # by name of a narrowing: its values
    rater_kinds: tuple[str, ...] = PEOPLE
    min_votes: int = 1
    agreement: float = 0.0
    consensus: bool = False
    since: date | None = None
    until: date | None = None
    duplicates: Literal["near", "exact", "keep"] = "near"  # which are left out
    train: int = 80
    dev: int = 10
    test: int = 10
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def read(stored: Any) -> Filters:
    """As `as_json` made them; what is left out is the default. Raises msgspec.ValidationError."""
    return msgspec.convert(stored, Filters)


def told(filters: Filters) -> dict[str, Any]:
    """Only what differs from the defaults."""
    usual = Filters().as_json()
    return {name: value for name, value in filters.as_json().items() if value != usual[name]}

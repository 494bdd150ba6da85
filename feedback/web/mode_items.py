"""A mode's items as its pages show them."""

from dataclasses import dataclass

from annotator.models import Item
from feedback.ingest import preview
from feedback.models import FailureMode
from feedback.queries.modes import ITEMS, items_of


@dataclass(frozen=True)
class Shown:
    """An item in a few words of its input and output."""

    item: Item
    input: str
    output: str


@dataclass(frozen=True)
class Pages:
    """One page of items; pages count from 1."""

    items: list[Shown]
    number: int
    more: bool

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.more else None


def mode_items(mode: FailureMode, wanted: str) -> Pages:
    """The page that a link names. Three queries."""
    number = max(int(wanted), 1) if wanted.isdecimal() and len(wanted) < 6 else 1
    start = (number - 1) * ITEMS
    rows = list(items_of(mode).select_related("queue__vibe_check")[start : start + ITEMS + 1])
    return Pages([_shown(row) for row in rows[:ITEMS]], number, len(rows) > ITEMS)


def _shown(item: Item) -> Shown:
    return Shown(item, preview.of_input(item.input), preview.of_output(item.output) or item.error)

"""The items of a check as its page shows them."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotator.web.render import documents_html, input_html, payload_html
from feedback.queries.checks import ITEMS, Looked, Seen, items_of


@dataclass(frozen=True)
class Shown:
    """One item with its texts as safe HTML."""

    seen: Seen
    input: SafeString
    output: SafeString
    context: SafeString


@dataclass(frozen=True)
class Pages:
    """One page of items; pages count from 1."""

    items: list[Shown]
    number: int
    last: int

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.last else None


def item_pages(looked: Looked, wanted: str) -> Pages:
    """The page that a link names; the nearest one there is."""
    last = max(1, -(-looked.drawn // ITEMS))
    number = min(max(int(wanted), 1), last) if wanted.isdecimal() and len(wanted) < 6 else 1
    return Pages([_shown(seen) for seen in items_of(looked.check, page=number - 1)], number, last)


def _shown(seen: Seen) -> Shown:
    item: Any = seen.item
    return Shown(
        seen,
        input_html(item.input),
        payload_html(item.output, error=item.error),
        documents_html(item.context),
    )

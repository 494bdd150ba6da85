"""The items of a check as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotator.web.render import documents_html, input_html, payload_html
from feedback.models import FailureMode
from feedback.queries.checks import ITEMS, Looked, Seen, items_of
from feedback.queries.said import Said, said_of


@dataclass(frozen=True)
class Shown:
    """One item with its texts as safe HTML."""

    seen: Seen
    input: SafeString
    output: SafeString
    context: SafeString
    modes: Sequence[FailureMode]
    expected: list[SafeString]  # what it should have been


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
    rows = items_of(looked.check, page=number - 1)
    said = said_of(seen.item.pk for seen in rows)
    return Pages([_shown(seen, said.get(seen.item.pk, Said())) for seen in rows], number, last)


def _shown(seen: Seen, said: Said) -> Shown:
    item: Any = seen.item
    return Shown(
        seen,
        input_html(item.input),
        payload_html(item.output, error=item.error),
        documents_html(item.context),
        said.modes,
        [payload_html(row.text) for row in said.expectations],
    )

"""What people said of items beside their answers: how they fail, and what they should have been."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.models import Item
from feedback.models import Assertion, Expectation, FailureMode
from feedback.queries.modes import modes_on


@dataclass(frozen=True)
class Said:
    """Of one item. Expectations come with their raters, the newest first."""

    modes: Sequence[FailureMode] = ()
    expectations: Sequence[Expectation] = ()

    def __bool__(self) -> bool:
        return bool(self.modes or self.expectations)


def said_of(items: Iterable[int]) -> dict[int, Said]:
    """Of those of these items of which anything was said. Three queries, four where modes were merged."""
    wanted = list(items)
    modes = modes_on(wanted)
    rows = Expectation.objects.filter(item__in=wanted, current=True).select_related("rater__user")
    expectations: dict[int, list[Expectation]] = {}
    for row in rows.order_by("-pk"):
        expectations.setdefault(row.item_id, []).append(row)
    found = {*modes, *expectations}
    return {pk: Said(modes.get(pk, ()), expectations.get(pk, ())) for pk in found}


def made_from(item: Item) -> list[Assertion]:
    """The assertions that somebody made from this item."""
    return list(Assertion.objects.filter(item=item, retired_at=None).order_by("pk"))

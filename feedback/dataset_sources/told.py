"""What people said of an item beside its answer, read for datasets: one person's word each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from annotator.datasets.content import Provenance
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Left
from annotator.datasets.votes import within
from annotator.models import Item, Rater

CHUNK = 500

M = TypeVar("M", bound=Model)


def chosen(found: QuerySet[M], filters: Filters) -> QuerySet[M]:
    """Rows with an item and a rater, of the kinds, queues and features that are wanted."""
    found = found.filter(rater__kind__in=filters.rater_kinds)
    if filters.queues:
        found = found.filter(item__queue__in=filters.queues)
    return found.select_related("item", "rater")


def by_page(found: QuerySet[M]) -> Iterator[list[M]]:
    """In the order of ids, some at a time."""
    ordered, last = found.order_by("pk"), 0
    while page := list(ordered.filter(pk__gt=last)[:CHUNK]):
        last = page[-1].pk
        yield page


def left(item: Item, at: datetime, filters: Filters) -> Left | None:
    """Why an item gives no row, if it gives none. An item of another feature is none at all."""
    if filters.consensus or filters.min_votes > 1:
        return Left("one_answer")
    return None if within(at.astimezone(UTC).date(), filters) else Left("other_day")


def is_wanted(item: Item, filters: Filters) -> bool:
    return not filters.features or metadata_of(item).get("feature", "") in filters.features


def metadata_of(item: Item) -> dict[str, Any]:
    return item.metadata if isinstance(item.metadata, dict) else {}


def told_of(item: Item, at: datetime) -> dict[str, Any]:
    """The item's metadata, and when it was labelled."""
    said = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {**metadata_of(item), "labelled_at": said}


def provenance(item: Item, rater: Rater, labels: tuple[int, ...] = ()) -> Provenance:
    return Provenance(
        item=item.pk,
        external_id=item.external_id,
        queue=str(item.queue_id),
        origin=item.origin,
        reason=item.reason,
        inclusion_probability=item.inclusion_probability,
        labels=labels,
        raters=(rater.pk,),
        rater_kinds=(rater.kind,),
        consensus="single",
    )

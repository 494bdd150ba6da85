"""What people said of an item beside its answer, read for datasets: one person's word each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from annotator.datasets.content import Provenance
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading
from annotator.datasets.votes import within
from annotator.models import Item, Rater
from feedback.models import Expectation, Sighting

CHUNK = 500
TEXTS = ("input", "context", "output")
FEATURE = Coalesce(
    KeyTextTransform("feature", "item__metadata"),
    KeyTextTransform("feature", KeyTransform("left", "item__metadata")),
)
LABELS = """
    SELECT DISTINCT l.item_id, l.rater_id, l.id, v.number
    FROM unnest(%s::bigint[], %s::bigint[]) told (item, rater)
    JOIN annotator_label l ON l.item_id = told.item AND l.rater_id = told.rater
    JOIN annotator_questionversion v ON v.id = l.question_version_id
    WHERE l.answer IN ('yes', 'no') AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)
    ORDER BY l.id"""

Labels = tuple[tuple[int, int], ...]  # (id, number of the wording)
M = TypeVar("M", Expectation, Sighting)


def chosen(reading: Reading, found: QuerySet[M]) -> QuerySet[M]:
    """Rows with an item and a rater, of the kinds, queues and features that are wanted."""
    filters = reading.filters
    found = found.using(reading.using.alias).filter(rater__kind__in=filters.rater_kinds)
    if filters.queues:
        found = found.filter(item__queue__in=[UUID(queue) for queue in filters.queues])
    if filters.features:
        found = found.filter(In(FEATURE, list(filters.features)))
    if not reading.texts:
        found = found.defer(*(f"item__{name}" for name in TEXTS))
    return found.select_related("item", "rater")


def any_since(reading: Reading, found: QuerySet[M], since: datetime) -> bool:
    """Whether anything of this was said since."""
    return chosen(reading, found).filter(created_at__gt=since).exists()


def by_page(reading: Reading, found: QuerySet[M]) -> Iterator[tuple[M, Labels]]:
    """In the order of ids, each with the labels that its rater gave the item; read some at a time."""
    ordered, last = chosen(reading, found).order_by("pk"), 0
    while page := list(ordered.filter(pk__gt=last)[:CHUNK]):
        last = page[-1].pk
        labels = _labels(reading, [(one.item_id, one.rater_id) for one in page])
        for one in page:
            yield one, labels.get((one.item_id, one.rater_id), ())


def _labels(reading: Reading, told: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Labels]:
    """Of these items and raters the answers that stand, in order."""
    found: dict[tuple[int, int], Labels] = {}
    with reading.using.cursor() as cursor:
        cursor.execute(LABELS, [list(each) for each in zip(*told, strict=True)])
        for item, rater, label, version in cursor.fetchall():
            found[item, rater] = (*found.get((item, rater), ()), (label, version))
    return found


def texts_of(reading: Reading, item: Item) -> dict[str, Any]:
    """What it was asked and what it answered; nothing where only counts are wanted."""
    return {name: getattr(item, name) for name in TEXTS} if reading.texts else {}


def left(item: Item, at: datetime, filters: Filters) -> Left | None:
    """Why an item gives no row, if it gives none."""
    if filters.consensus or filters.min_votes > 1:
        return Left("one_answer")
    return None if within(at.astimezone(UTC).date(), filters) else Left("other_day")


def metadata_of(item: Item) -> dict[str, Any]:
    return item.metadata if isinstance(item.metadata, dict) else {}


def told_of(item: Item, at: datetime) -> dict[str, Any]:
    """The item's metadata, and when it was labelled."""
    said = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {**metadata_of(item), "labelled_at": said}


def provenance(item: Item, rater: Rater, labels: Labels) -> Provenance:
    return Provenance(
        item=item.pk,
        external_id=item.external_id,
        queue=str(item.queue_id),
        origin=item.origin,
        reason=item.reason,
        inclusion_probability=item.inclusion_probability,
        question_version=max((version for _label, version in labels), default=0),
        labels=tuple(label for label, _version in labels),
        raters=(rater.pk,),
        rater_kinds=(rater.kind,),
        consensus="single",
    )

"""What outputs should have been: an input with the output that somebody wrote for it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Row
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading, Source
from feedback.dataset_sources import told
from feedback.models import Expectation


def rows(reading: Reading) -> Iterator[Row | Left]:
    """One for each expectation that stands; what the product answered is what it took the place of."""
    for one, labels in told.by_page(reading, _standing(reading)):
        yield told.left(one.item, one.created_at, reading.filters) or _row(reading, one, labels)


def _standing(reading: Reading) -> QuerySet[Expectation]:
    return Expectation.objects.filter(current=True, item__queue__project=reading.project)


def news(reading: Reading, since: datetime) -> bool:
    return told.any_since(reading, _standing(reading), since)


def _row(reading: Reading, one: Expectation, labels: told.Labels) -> Row:
    texts = told.texts_of(reading, one.item)
    return Row(
        key=f"expectations:{one.item_id}:{one.rater_id}",
        kind="demonstration",
        input=texts.get("input"),
        context=texts.get("context"),
        output=one.text,
        rejected=texts.get("output"),
        why="expected",
        metadata=told.told_of(one.item, one.created_at),
        provenance=told.provenance(one.item, one.rater, labels),
    )


SOURCE = Source(
    "expectations",
    _("What outputs should have been"),
    _("Written beside “no” in a check: the right output, in place of the one that failed."),
    "demonstration",
    rows,
    news=news,
)

"""Outputs with the way in which they fail, as a class: to teach a program to tell failures apart."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Row
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading, Source
from feedback.dataset_sources import told
from feedback.models import FailureMode, Sighting
from feedback.queries.merged import roots_of


def rows(reading: Reading) -> Iterator[Row | Left]:
    """One for each mode that somebody saw in an item, whoever saw it first; a merged mode is what it became."""
    seen: set[tuple[int, int]] = set()
    using = reading.using.alias
    roots = roots_of(reading.project, using)
    modes = FailureMode.objects.using(using).filter(project=reading.project)
    names = dict(modes.values_list("pk", "name"))
    for one, labels in told.by_page(reading, _standing(reading)):
        key = (one.item_id, roots[one.mode_id])
        if key not in seen:
            seen.add(key)
            left = told.left(one.item, one.created_at, reading.filters)
            yield left or _row(reading, one, key[1], names, labels)


def _standing(reading: Reading) -> QuerySet[Sighting]:
    return Sighting.objects.filter(current=True, present=True, mode__project=reading.project)


def news(reading: Reading, since: datetime) -> bool:
    return told.any_since(reading, _standing(reading), since)


def _row(reading: Reading, one: Sighting, mode: int, names: dict[int, str], labels: told.Labels) -> Row:
    return Row(
        key=f"failure_modes:{one.item_id}:{mode}",
        kind="rated",
        **told.texts_of(reading, one.item),
        value=names[mode],
        metadata=told.told_of(one.item, one.created_at),
        provenance=told.provenance(one.item, one.rater, labels),
    )


SOURCE = Source(
    "failure_modes",
    _("Failure modes"),
    _("An output with the way in which it fails as its class. Only where it is chosen."),
    "rated",
    rows,
    usual=False,
    news=news,
)

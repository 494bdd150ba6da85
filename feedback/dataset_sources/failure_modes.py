"""Outputs with the way in which they fail, as a class: to teach a program to tell failures apart."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Row
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading, Source
from feedback.dataset_sources import told
from feedback.models import FailureMode, Sighting
from feedback.queries.merged import roots_of


def rows(reading: Reading) -> Iterator[Row | Left]:
    """One for each mode that somebody saw in an item, whoever saw it first; a merged mode is what it became."""
    wanted, seen = reading.filters, set()
    roots = roots_of(reading.project)
    names = dict(FailureMode.objects.filter(project=reading.project).values_list("pk", "name"))
    found = Sighting.objects.filter(current=True, present=True, mode__project=reading.project)
    for page in told.by_page(told.chosen(found, wanted)):
        for one in page:
            key = (one.item_id, roots[one.mode_id])
            if key in seen or not told.is_wanted(one.item, wanted):
                continue
            seen.add(key)
            yield told.left(one.item, one.created_at, wanted) or _row(one, roots[one.mode_id], names)


def _row(one: Sighting, mode: int, names: dict[int, str]) -> Row:
    return Row(
        key=f"failure_modes:{one.item_id}:{mode}",
        kind="rated",
        input=one.item.input,
        context=one.item.context,
        output=one.item.output,
        value=names[mode],
        metadata=told.told_of(one.item, one.created_at),
        provenance=told.provenance(one.item, one.rater),
    )


SOURCE = Source(
    "failure_modes",
    _("Failure modes"),
    _("An output with the way in which it fails as its class. Only where it is chosen."),
    "rated",
    rows,
    usual=False,
)

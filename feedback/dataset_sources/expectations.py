"""What outputs should have been: an input with the output that somebody wrote for it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Row
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading, Source
from feedback.dataset_sources import told
from feedback.models import Expectation


def rows(reading: Reading) -> Iterator[Row | Left]:
    """One for each expectation that stands; what the product answered is what it took the place of."""
    wanted = reading.filters
    found = Expectation.objects.filter(current=True, item__queue__project=reading.project)
    for page in told.by_page(told.chosen(found, wanted)):
        for one in page:
            if told.is_wanted(one.item, wanted):
                yield told.left(one.item, one.created_at, wanted) or _row(one)


def _row(one: Expectation) -> Row:
    return Row(
        key=f"expectations:{one.item_id}:{one.rater_id}",
        kind="demonstration",
        input=one.item.input,
        context=one.item.context,
        output=one.text,
        rejected=one.item.output,
        why="expected",
        metadata=told.told_of(one.item, one.created_at),
        provenance=told.provenance(one.item, one.rater),
    )


SOURCE = Source(
    "expectations",
    _("What outputs should have been"),
    _("Written beside “no” in a check: the right output, in place of the one that failed."),
    "demonstration",
    rows,
)

"""Which of two outputs is better: one row for each pair and question, ties too.

Also what end users kept of an answer that they asked for again: their labels are in a queue of pairs.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Row
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Left
from annotator.datasets.reading import Labelled, items_of, queues_of
from annotator.datasets.registry import Reading, Source
from annotator.datasets.votes import answered, by_question, in_time
from annotator.models import QueueKind
from annotator.queries.chains import Asked, chain_of


def rows(reading: Reading) -> Iterator[Row | Left]:
    wanted = reading.filters.questions
    for queue in queues_of(reading, QueueKind.PAIRWISE):
        chain = {one.id: one for one in chain_of(queue) if not wanted or one.key in wanted}
        if not chain:
            continue
        for labelled in items_of(reading, queue):
            for question in by_question(labelled.said):
                if question in chain:
                    yield _row(labelled, chain[question], reading.filters)


def _row(labelled: Labelled, one: Asked, filters: Filters) -> Row | Left:
    found = answered(by_question(labelled.said)[one.id], filters)
    if isinstance(found, str):
        return Left(found)
    if not in_time([found], filters):
        return Left("other_day")
    texts = labelled.texts
    return Row(
        key=f"preferences:{labelled.item}:{one.id}",
        kind="preference",
        input=texts.get("input"),
        context=texts.get("context"),
        left=texts.get("left"),
        right=texts.get("right"),
        left_variant=labelled.variants[0],
        right_variant=labelled.variants[1],
        winner=found.answer,
        question=one.key,
        answers={one.key: found.answer},
        votes=dict(found.votes),
        agreement=found.agreement,
        metadata=labelled.told([found]),
        provenance=labelled.provenance([found]),
    )


SOURCE = Source(
    "preferences",
    _("Choices between two outputs"),
    _("Pairs with the one that people preferred, also answers that end users asked for again."),
    "preference",
    rows,
)

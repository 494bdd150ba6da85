"""The data sets' human labels as labels of the demo's raters, marked as imported."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from annotator.models import Item, Label, Place, Queue, Rater
from annotator.queries.chains import chain_of


@dataclass(frozen=True)
class Given:
    """One answer. How long it took is not known."""

    item: Item
    rater: Rater
    answer: str
    at: datetime
    note: str = ""


def import_labels(queue: Queue, given: Iterable[Given]) -> None:
    """Store answers to the queue's one question, each filling a place of its item."""
    (asked,) = chain_of(queue)
    answers = list(given)
    free: dict[int, list[Place]] = {}
    for place in Place.objects.filter(queue=queue, done_at=None).order_by("item", "n"):
        free.setdefault(place.item_id, []).append(place)
    Label.objects.bulk_create(
        Label(
            queue=queue,
            item=one.item,
            question_id=asked.id,
            question_version_id=asked.version_id,
            rater=one.rater,
            answer=one.answer,
            note=one.note,
            idempotency_key=f"import {one.item.pk}",
            imported=True,
            created_at=one.at,
        )
        for one in answers
    )
    filled = [(free[one.item.pk].pop(0), one) for one in answers]
    for place, one in filled:
        place.owner, place.done_at = one.rater, one.at
    Place.objects.bulk_update([place for place, _one in filled], ["owner", "done_at"], batch_size=500)

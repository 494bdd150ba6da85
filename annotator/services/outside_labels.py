"""Answers of those who hold no places: what they say is set, and follows what they said before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.db import transaction

from annotator.models import Answer, Label, Queue, Rater
from annotator.queries.chains import chain_of


@dataclass(frozen=True)
class OutsideLabel:
    """What a rater says of an item at a time; `answer` undo: nothing any more."""

    item: int
    answer: str
    at: datetime


@transaction.atomic
def set_labels(queue: Queue, rater: Rater, labels: Iterable[OutsideLabel]) -> int:
    """Bring the rater's standing answers to the queue's first question to what is sent. Returns how many
    rows that took: none for what stands already. Whoever calls holds off others that set the same.

    The labels fill no place, so that people are asked all the same.
    """
    asked = chain_of(queue)[0]
    wanted = {one.item: one for one in labels}
    newest = _newest(queue, rater, asked.id, list(wanted))
    rows = []
    for item, one in sorted(wanted.items()):
        before = newest.get(item)
        if one.answer == (before.answer if before else Answer.UNDO):
            continue
        rows.append(
            Label(
                queue=queue,
                item_id=item,
                question_id=asked.id,
                question_version_id=asked.version_id,
                rater=rater,
                answer=one.answer,
                idempotency_key=_key(item, asked.id, before),
                supersedes=before,
                surplus=True,
                imported=True,
                created_at=one.at,
            )
        )
    Label.objects.bulk_create(rows)
    return len(rows)


def _newest(queue: Queue, rater: Rater, question: int, items: list[int]) -> dict[int, Label]:
    rows = Label.objects.filter(queue=queue, rater=rater, question=question, item__in=items)
    return {row.item_id: row for row in rows.order_by("pk").only("pk", "item_id", "answer")}


def _key(item: int, question: int, before: Label | None) -> str:
    """One for each state of the history that a label can follow."""
    what = f"{item}\n{question}\n{before.pk if before else ''}"
    return f"outside-{blake2b(what.encode(), digest_size=20).hexdigest()}"

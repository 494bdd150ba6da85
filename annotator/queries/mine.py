"""How far one person is in a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Answer, Place, Queue, User
from annotator.queries.chains import Asked
from annotator.queries.labels import current_labels, newest_labels

PAYLOADS = ("item__input", "item__output", "item__context", "item__metadata")
MOST = 10_000  # counting further would cost a page more than the number is worth


@dataclass(frozen=True)
class Mine:
    """Items this person has answered and can still answer. `more`: counting stopped at MOST."""

    answered: int
    left: int

    @property
    def total(self) -> int:
        return self.answered + self.left

    @property
    def more(self) -> bool:
        return self.left > MOST or self.answered > MOST


def progress_for(queue: Queue, user: User) -> Mine:
    """Two queries, each over at most MOST items."""
    places = Place.objects.filter(queue=queue, extra=False)
    done = places.filter(owner__user=user, done_at__isnull=False)
    by_me = done.filter(item=OuterRef("item"))
    left = places.filter(done_at=None).exclude(Exists(by_me))
    return Mine(answered=_count(done), left=_count(left))


def progress_by_pass(queue: Queue, user: User, questions: int) -> Mine:
    """The same counted in answers, where an item comes once for each question. Four queries.

    Of an item that is answered nothing is left, however few of its questions were asked. Gold and
    mirrored copies stand outside, as they do elsewhere.
    """
    items = progress_for(queue, user)
    given = current_labels(queue).filter(rater__user=user, item__gold__isnull=True)
    given = given.exclude(item__copy_of__queue=queue)
    by_me = Place.objects.filter(item=OuterRef("item"), owner__user=user, done_at__isnull=False)
    begun = given.exclude(Exists(by_me)).values("pk")[: MOST + 1].count()
    answered = given.values("pk")[: MOST + 1].count()
    return Mine(answered=answered, left=max(items.left * questions - begun, 0))


RECENT = 2000  # of a queue's labels, looked through for a person's skips


def skipped_by(user: User, queue: Queue, chain: Sequence[Asked]) -> list[dict[str, Any]]:
    """What this person skipped lately and has not come back to, the oldest first.

    As static/js/label/past.js keeps an answer: the screen can take each of them back.
    """
    lately = queue.labels.order_by("-pk").values("pk")[:RECENT]
    found = newest_labels(queue).filter(
        pk__in=lately, rater__user=user, answer=Answer.SKIP, lease__isnull=False
    )
    at = {asked.key: n for n, asked in enumerate(chain)}
    return [
        {
            "item": None,
            "lease": str(label.lease_id),
            "external_id": label.item.name_for_raters(queue),
            "at": at[label.question.key],
            "question": label.question.key,
            "answer": label.answer,
            "note": label.note,
            "flagged": label.flagged,
        }
        for label in found.select_related("question", "item").defer(*PAYLOADS).order_by("pk")
        if label.question.key in at
    ]


def _count(places: QuerySet[Place]) -> int:
    return places.order_by("position").values("position").distinct()[: MOST + 1].count()

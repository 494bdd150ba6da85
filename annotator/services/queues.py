"""Making queues and filling them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max

from annotator.models import Item, Place, Project, Question, QuestionVersion, Queue, QueueQuestion, User

CHUNK = 1000


@dataclass(frozen=True)
class NewItem:
    """What an item copies from where it comes from. Payloads are JSON values."""

    external_id: str
    input: Any = None
    output: Any = None
    context: Any = None
    error: str = ""
    metadata: Any = None
    origin: str = ""
    reason: str = ""
    stratum: str = ""
    inclusion_probability: float | None = None


@transaction.atomic
def set_question(
    *, project: Project, key: str, text: str, guideline: str = "", desirable: str = ""
) -> QuestionVersion:
    """The question's version with these words; a new version if its newest says otherwise."""
    question, _ = Question.objects.select_for_update().get_or_create(project=project, key=key)
    newest = question.versions.order_by("-number").first()
    words = {"text": text, "guideline": guideline, "desirable": desirable}
    if newest and all(getattr(newest, name) == value for name, value in words.items()):
        return newest
    return question.versions.create(number=newest.number + 1 if newest else 1, **words)


@transaction.atomic
def make_queue(
    *,
    project: Project,
    name: str,
    questions: Sequence[Question],
    overlap: int = 1,
    origin: str = "",
    by: User | None = None,
) -> Queue:
    queue = Queue.objects.create(project=project, name=name, overlap=overlap, origin=origin, created_by=by)
    QueueQuestion.objects.bulk_create(
        QueueQuestion(queue=queue, question=question, position=n) for n, question in enumerate(questions)
    )
    return queue


def add_items(queue: Queue, items: Iterable[NewItem]) -> int:
    """Append items with their places; one that is there already (by external id) is left alone.

    Returns how many were new. Works in chunks of 1,000, each in its own transaction.
    """
    source, added = iter(items), 0
    while chunk := list(islice(source, CHUNK)):
        added += _add_chunk(queue, chunk)
    return added


@transaction.atomic
def _add_chunk(queue: Queue, chunk: list[NewItem]) -> int:
    Queue.objects.select_for_update().get(pk=queue.pk)  # positions are dealt by one at a time
    ids = [item.external_id for item in chunk]
    known = set(queue.items.filter(external_id__in=ids).values_list("external_id", flat=True))
    fresh = {item.external_id: item for item in chunk if item.external_id not in known}
    last = queue.items.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    items = Item.objects.bulk_create(
        Item(queue=queue, position=position, **vars(item))
        for position, item in enumerate(fresh.values(), first)
    )
    Place.objects.bulk_create(
        Place(queue=queue, item=item, position=item.position, n=n)
        for item in items
        for n in range(queue.overlap)
    )
    return len(items)

"""Labels written down as if they had been given: at a time, in so many milliseconds."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

from annotator.models import Item, Label, Queue, Rater
from annotator.services.raters import named_rater
from tests import make

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
_numbers = count(1)


def minutes(n: float) -> datetime:
    return MONDAY + timedelta(minutes=n)


def rater(queue: Queue, name: str, kind: str = "human") -> Rater:
    return named_rater(queue.project, name, kind)


def label(queue: Queue, item: Item, answer: str, by: Rater, *, question: str = "", **more) -> Label:
    """`question`: a key, else the queue's first one."""
    chain = queue.chain.select_related("question")
    found = (chain.get(question__key=question) if question else chain[0]).question
    more.setdefault("created_at", minutes(0))
    return Label.objects.create(
        queue=queue,
        item=item,
        question=found,
        question_version=found.versions.latest("number"),
        rater=by,
        answer=answer,
        idempotency_key=f"rated-{next(_numbers)}",
        **more,
    )


def items(queue: Queue) -> list[Item]:
    return list(queue.items.order_by("position"))


def person_of(queue: Queue, user) -> Rater:
    """The rater of somebody who signs in."""
    return Rater.objects.get_or_create(
        project=queue.project, user=user, defaults={"kind": "human", "name": user.username}
    )[0]


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"[ \n]+", " ", answer.content.decode())  # narrow spaces before % stay


def queue_of(project, n: int, *, name: str = "Rated", questions=("good",), **settings) -> Queue:
    queue = make.queue(project, items=n, name=name, questions=questions)
    for setting, value in settings.items():
        setattr(queue, setting, value)
    queue.save()
    return queue

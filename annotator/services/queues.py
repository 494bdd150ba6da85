"""Making queues. They are filled by `services.items`, and changed by `services.queue_settings`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from annotator import chain_faults
from annotator.models import (
    ItemOrder,
    Project,
    Question,
    Queue,
    QueueKind,
    QueuePerson,
    QueueQuestion,
    User,
    new_seed,
)
from annotator.services.defects import ensure_defect_kinds
from annotator.services.items import Added, NewItem, NewPrelabel, add_items
from annotator.services.questions import set_question

__all__ = [
    "Added",
    "BadChain",
    "ChainStep",
    "NewItem",
    "NewPrelabel",
    "add_items",
    "make_queue",
    "set_question",
]


@dataclass(frozen=True)
class ChainStep:
    """A question, and when it is asked: see `QueueQuestion`."""

    question: Question
    after: Question | None = None
    after_answer: str = ""
    stops_on: str = ""


class BadChain(ValueError):
    """These questions cannot be asked one after the other."""

    def __init__(self, faults: list[chain_faults.Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


@transaction.atomic
def make_queue(
    *,
    project: Project,
    name: str,
    questions: Sequence[Question | ChainStep],
    kind: str = QueueKind.BINARY,
    overlap: int = 1,
    order: str = ItemOrder.GIVEN,
    seed: int | None = None,
    by_pass: bool = False,
    marks: bool = False,
    gold_rate: float = 0,
    mirror_share: float = 0,
    hidden_share: float = 0.2,
    random_share: float = 0.2,
    restricted: bool = False,
    people: Iterable[User] = (),
    origin: str = "",
    by: User | None = None,
) -> Queue:
    """An empty queue. BadChain when its questions cannot be asked in this order."""
    steps = [step if isinstance(step, ChainStep) else ChainStep(step) for step in questions]
    _check(kind, steps)
    queue = Queue.objects.create(
        project=project,
        name=name,
        kind=kind,
        overlap=overlap,
        order=order,
        seed=new_seed() if seed is None else seed,
        by_pass=by_pass,
        marks=marks,
        gold_rate=gold_rate,
        mirror_share=mirror_share,
        hidden_share=hidden_share,
        random_share=random_share,
        restricted=restricted,
        origin=origin,
        created_by=by,
    )
    QueueQuestion.objects.bulk_create(
        QueueQuestion(queue=queue, position=n, **vars(step)) for n, step in enumerate(steps)
    )
    QueuePerson.objects.bulk_create(QueuePerson(queue=queue, user=user) for user in people)
    if marks:
        ensure_defect_kinds(project)
    return queue


def _check(kind: str, steps: list[ChainStep]) -> None:
    links = [
        chain_faults.Link(
            step.question.key, step.after.key if step.after else "", step.after_answer, step.stops_on
        )
        for step in steps
    ]
    found = chain_faults.faults(kind, links)
    found += [
        chain_faults.Fault(n, "key", "kind") for n, step in enumerate(steps) if step.question.kind != kind
    ]
    if found:
        raise BadChain(found)

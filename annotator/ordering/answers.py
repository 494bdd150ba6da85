"""What the classifier learns from: people's standing answers to a queue's first question."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotator.models import Answer, Item, Label, Queue, QueueKind, RaterKind
from annotator.queries.labels import newest_labels

ENOUGH = 10  # items with each of two answers
MOST = 2000  # items learned from, the newest: fitting takes their number cubed


def pair_of(queue: Queue) -> tuple[str, str]:
    """The two answers that are told apart."""
    return (Answer.LEFT, Answer.RIGHT) if queue.kind == QueueKind.PAIRWISE else (Answer.YES, Answer.NO)


def own_items(queue: Queue) -> QuerySet[Item]:
    """What the queue asks about: no gold, nothing held back, no pair that is shown again."""
    return Item.objects.filter(queue=queue, gold__isnull=True, held=False).filter(
        Q(copy_of=None) | ~Q(copy_of__queue=F("queue"))
    )


def labels_of(queue: Queue) -> QuerySet[Label]:
    """People's standing answers to the first question: one of the two."""
    return newest_labels(queue).filter(
        question=first_question(queue),
        answer__in=pair_of(queue),
        rater__kind=RaterKind.HUMAN,
        item__in=own_items(queue),
    )


def everything_answered(queue: Queue) -> bool:
    """Whether the first question has a person's answer for each item: then no choice is left in them."""
    said = newest_labels(queue).filter(
        item=OuterRef("pk"), question=first_question(queue), rater__kind=RaterKind.HUMAN
    )
    answered = Exists(said.exclude(answer__in=(Answer.SKIP, Answer.UNDO)))
    return not own_items(queue).exclude(answered).exists()


def first_question(queue: Queue) -> int | None:
    return queue.chain.order_by("position", "pk").values_list("question", flat=True).first()


@dataclass(frozen=True)
class Answers:
    """`first`: by item, whether its answer is the first of the two. Items that split evenly are left out."""

    first: Mapping[int, bool]
    labels: int  # they rest on
    newest: int  # id

    @property
    def counts(self) -> tuple[int, int]:
        """How many items got the first answer, and how many the second."""
        ones = sum(self.first.values())
        return ones, len(self.first) - ones

    @property
    def are_enough(self) -> bool:
        return min(self.counts) >= ENOUGH


def read(queue: Queue) -> Answers:
    """The newest answers: two queries."""
    rows = list(labels_of(queue).order_by("-pk").values_list("pk", "item_id", "answer"))
    first_answer = pair_of(queue)[0]
    votes: dict[int, Counter[bool]] = {}
    for _pk, item, answer in rows:
        if item in votes or len(votes) < MOST:
            votes.setdefault(item, Counter())[answer == first_answer] += 1
    first = {item: vote[True] > vote[False] for item, vote in votes.items() if vote[True] != vote[False]}
    return Answers(first, labels=len(rows), newest=rows[0][0] if rows else 0)

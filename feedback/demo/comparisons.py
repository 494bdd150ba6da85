"""The demo's queue of pairs: answers of 20 models compared by people, and some left to compare."""

from datetime import datetime, timedelta

from annotator.models import Project, Queue, QueueKind, RaterKind, User
from annotator.services.labeling import ImportedLabel, import_labels
from annotator.services.queues import NewItem, add_items, make_queue, set_question
from annotator.services.raters import named_rater
from feedback.demo import texts, words

PEOPLE = 3  # a pair
LEFT = 20  # pairs that are left to compare, the first
LOOK = timedelta(seconds=41)  # between two imported answers
SIDES = {"a": "left", "b": "right", "tie": "tie"}


def make_comparisons(project: Project, owner: User, at: datetime) -> Queue:
    version = set_question(
        project=project,
        key="better",
        text=words.PAIRS_QUESTION,
        guideline=words.PAIRS_GUIDELINE,
        kind=QueueKind.PAIRWISE,
    )
    queue = make_queue(
        project=project,
        name=words.PAIRS_QUEUE,
        questions=[version.question],
        kind=QueueKind.PAIRWISE,
        overlap=PEOPLE,
        origin="upload",
        by=owner,
    )
    pairs = list(texts.pairs())
    add_items(queue, [_as_item(pair) for pair in pairs])
    raters = {
        name: named_rater(project, f"LLMFAO {name}", kind=RaterKind.HUMAN)
        for name in sorted({name for pair in pairs for name in pair.votes})
    }
    import_labels(
        queue,
        [
            ImportedLabel(pair.id, "better", SIDES[winner], raters[name], at + LOOK * n)
            for n, pair in enumerate(pairs[LEFT:])
            for name, winner in pair.votes.items()
        ],
    )
    Queue.objects.filter(pk=queue.pk).update(created_at=at)
    return queue


def _as_item(pair: texts.Pair) -> NewItem:
    return NewItem(
        external_id=pair.id,
        input=pair.prompt,
        left=pair.left,
        right=pair.right,
        left_variant=pair.left_model,
        right_variant=pair.right_model,
        metadata={"source": "LLMFAO"},
        origin="upload",
    )

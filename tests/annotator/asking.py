"""Queues of every kind, as tests need them: chains, pairs, gold items, pre-labels."""

from annotator.models import Item, Place, Prelabel, Project, Queue, QueueQuestion
from annotator.services import queues
from annotator.services.raters import named_rater


def chain_queue(project: Project, *steps: dict, items: int = 3, overlap: int = 1, **more) -> Queue:
    """Each step {"key", "after"?: (key, answer), "stops_on"?: answer}."""
    queue = Queue.objects.create(project=project, name="Chain", overlap=overlap, **more)
    asked = {}
    for position, step in enumerate(steps):
        key = step["key"]
        asked[key] = queues.set_question(project=project, key=key, text=f"Is it {key}?").question
        after, after_answer = step.get("after", ("", ""))
        QueueQuestion.objects.create(
            queue=queue,
            question=asked[key],
            position=position,
            after=asked.get(after),
            after_answer=after_answer,
            stops_on=step.get("stops_on", ""),
        )
    fill(
        queue, [{"external_id": f"item-{n}", "input": f"In {n}", "output": f"Out {n}"} for n in range(items)]
    )
    return queue


def pair_queue(project: Project, *, items: int = 3, overlap: int = 1, **more) -> Queue:
    queue = Queue.objects.create(project=project, name="Pairs", kind="pairwise", overlap=overlap, **more)
    question = queues.set_question(project=project, key="better", text="Which is better?").question
    question.kind = "pairwise"
    question.save()
    QueueQuestion.objects.create(queue=queue, question=question)
    fill(queue, [pair(n) for n in range(items)])
    return queue


def pair(n: int) -> dict:
    return {
        "external_id": f"pair-{n}",
        "input": f"In {n}",
        "left": f"Left {n}",
        "right": f"Right {n}",
        "left_variant": "kestrel",
        "right_variant": "heron",
        "metadata": {"left_model": "kestrel"},
    }


def fill(queue: Queue, rows: list[dict], *, places: bool = True) -> list[Item]:
    first = queue.items.count()
    items = Item.objects.bulk_create(
        Item(queue=queue, position=n, **row) for n, row in enumerate(rows, first)
    )
    if places:
        Place.objects.bulk_create(
            Place(queue=queue, item=item, position=item.position, n=n)
            for item in items
            for n in range(queue.overlap)
        )
    return items


def prelabel(item: Item, key: str, answer: str, confidence: float = 0.8, name: str = "tiny") -> Prelabel:
    question = item.queue.questions.get(key=key)
    return Prelabel.objects.create(
        item=item,
        question=question,
        rater=named_rater(item.queue.project, name),
        answer=answer,
        confidence=confidence,
    )

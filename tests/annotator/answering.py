"""Labels without the API, for tests that look at many of them."""

from itertools import count

from annotator.models import Item, Label, Place, Queue, Rater, RaterKind
from annotator.services.raters import named_rater

_numbers = count()


def people(queue: Queue, *names: str, kind: str = RaterKind.HUMAN) -> list[Rater]:
    return [named_rater(queue.project, name, kind) for name in names]


def answer(item: Item, rater: Rater, said: str, *, question: str = "good", **more) -> Label:
    """What this rater says of the item; what they said before is taken over. Fills a free place."""
    asked = item.queue.project.questions.get(key=question)
    before = Label.objects.filter(item=item, question=asked, rater=rater).filter(superseded_by=None).first()
    made = Label.objects.create(
        queue=item.queue,
        item=item,
        question=asked,
        question_version=asked.versions.latest("number"),
        rater=rater,
        answer=said,
        idempotency_key=f"test-{next(_numbers)}",
        supersedes=before,
        **more,
    )
    made.refresh_from_db()
    mine = Place.objects.filter(item=item, owner=rater).first()
    if place := mine or Place.objects.filter(item=item, owner=None).order_by("n").first():
        place.owner, place.done_at = rater, made.created_at
        place.save()
    return made


def answers(queue: Queue, *rows: str, names: str = "abcdefghij") -> None:
    """One row for each item in order: `yyn` is yes of a, yes of b, no of c; `.` says nothing."""
    words = {"y": "yes", "n": "no", "s": "skip", "l": "left", "r": "right", "t": "tie", "b": "both_bad"}
    raters = people(queue, *names[: max(map(len, rows))])
    for item, row in zip(queue.items.order_by("position"), rows, strict=False):
        for rater, letter in zip(raters, row, strict=False):
            if letter != ".":
                answer(item, rater, words[letter])

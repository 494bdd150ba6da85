"""Items whose right answer is known: they measure people, and are asked outside of the overlap."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from annotator.chain_rules import Step, asked
from annotator.models import Item, Place, Queue, QueueQuestion


class NotGold(Exception):
    """Why this cannot be: a code, and the key of the question that it is about.

    Codes: `held`, `copy`, `nothing`, `missing`, `unasked`, `answer`.
    """

    def __init__(self, code: str, question: str = "") -> None:
        super().__init__(code, question)
        self.code, self.question = code, question


@transaction.atomic
def make_gold(item: Item, right: Mapping[str, str]) -> None:
    """From now on `right`, {question key: answer}, is what this item should get.

    Its places that nobody has filled or holds are asked for no more; what was answered stays.
    """
    queue, places = _lock(item)
    item.refresh_from_db(fields=["held", "copy_of"])
    if item.held:
        raise NotGold("held")
    if item.copy_of_id is not None:
        raise NotGold("copy")
    check(list(queue.chain.select_related("question").order_by("position", "pk")), right)
    Item.objects.filter(pk=item.pk).update(gold=dict(right))
    now = timezone.now()
    free = [place.pk for place in places if _is_free(place, now)]
    Place.objects.filter(pk__in=free, leases=None).delete()
    # The others are kept for the ledger: a late answer is known by the lease of its place.
    Place.objects.filter(pk__in=free).update(
        extra=True, owner=None, lease_id=None, lease_until=None, holder=""
    )


@transaction.atomic
def no_longer_gold(item: Item) -> None:
    """It is asked like all others again; what people have answered meanwhile counts."""
    queue, places = _lock(item)
    if not Item.objects.filter(pk=item.pk).exclude(gold__isnull=True).update(gold=None):
        return
    item.refresh_from_db(fields=["held"])
    if item.held:
        return
    missing = queue.overlap - sum(not place.extra for place in places)
    extra = sorted((place for place in places if place.extra), key=_answered_first)
    usable = [place for place in extra if place.done_at is not None or place.owner_id is None]
    back = usable[: max(missing, 0)]
    Place.objects.filter(pk__in=[place.pk for place in back]).update(extra=False, position=item.position)
    n = max((place.n for place in places), default=-1) + 1
    Place.objects.bulk_create(
        Place(queue_id=item.queue_id, item=item, position=item.position, n=n + more)
        for more in range(missing - len(back))
    )


def check(chain: Sequence[QueueQuestion], right: Mapping[str, str]) -> None:
    """Whether these are answers to all questions that such an item is asked, and to no other."""
    if not right:
        raise NotGold("nothing")
    keys = {step.question_id: step.question.key for step in chain}
    answers = {question: right[key] for question, key in keys.items() if right.get(key)}
    wanted = list(asked([_step(step) for step in chain], answers))
    for step in wanted:
        if step.question not in answers:
            raise NotGold("missing", keys[step.question])
        if answers[step.question] not in step.answers:
            raise NotGold("answer", keys[step.question])
    given = {keys[question] for question in answers} | (right.keys() - set(keys.values()))
    if unasked := given - {keys[step.question] for step in wanted}:
        raise NotGold("unasked", min(unasked))


def _step(step: QueueQuestion) -> Step:
    return Step(
        step.question_id,
        kind=step.question.kind,
        after=step.after_id,
        after_answer=step.after_answer,
        stops_on=step.stops_on,
    )


def _lock(item: Item) -> tuple[Queue, list[Place]]:
    """The queue first, as whoever adds items or changes it does, then the places in everybody's order."""
    queue = Queue.objects.select_for_update(no_key=True).get(pk=item.queue_id)
    return queue, list(Place.objects.filter(item=item).order_by("item_id", "n").select_for_update())


def _is_free(place: Place, now: datetime) -> bool:
    if place.done_at is not None or place.extra:
        return False
    return place.owner_id is None or place.lease_until is None or bool(place.lease_until <= now)


def _answered_first(place: Place) -> tuple[bool, int]:
    return place.done_at is None, place.n

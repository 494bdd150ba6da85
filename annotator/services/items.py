"""Filling a queue: items with their places, pre-labels and mirrored copies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.db import transaction

from annotator.chance import is_mirrored
from annotator.models import Item, ItemOrder, Place, Prelabel, Queue, QueueKind, Rater, RaterKind
from annotator.pairs import checks
from annotator.services.positions import positions
from annotator.services.raters import named_rater

CHUNK = 1000
LONGEST_ID = 256
MIRROR = "~mirror"


@dataclass(frozen=True)
class NewPrelabel:
    """What `name`, a model or a rule, would answer to a question; `confidence` from 0 to 1."""

    question: str  # its key
    answer: str
    confidence: float | None = None
    name: str = "model"
    kind: str = RaterKind.MODEL


@dataclass(frozen=True)
class NewItem:
    """What an item copies from where it comes from. Payloads are JSON values.

    `gold` is {question key: right answer}: such an item is for measuring people, and gets no
    place of its own. `unasked`: nobody is asked about it before `let_in`; it carries what others said.
    """

    external_id: str
    input: Any = None
    output: Any = None
    left: Any = None
    right: Any = None
    left_variant: str = ""
    right_variant: str = ""
    context: Any = None
    error: str = ""
    metadata: Any = None
    origin: str = ""
    reason: str = ""
    stratum: str = ""
    inclusion_probability: float | None = None
    gold: dict[str, str] | None = None
    prelabels: Sequence[NewPrelabel] = ()
    unasked: bool = False


COLUMNS = tuple(field.name for field in fields(NewItem) if field.name not in {"prelabels", "unasked"})
TEXTS = ("input", "output", "left", "right", "left_variant", "right_variant", "context", "error")


@dataclass(frozen=True)
class Added:
    """What became of the items: new, there already, and of the new ones held back."""

    added: int = 0
    known: int = 0
    held: int = 0
    conflicts: tuple[str, ...] = ()  # external ids of known ones that came with other texts

    def __add__(self, other: "Added") -> "Added":
        return Added(
            self.added + other.added,
            self.known + other.known,
            self.held + other.held,
            self.conflicts + other.conflicts,
        )


def add_items(queue: Queue, items: Iterable[NewItem]) -> Added:
    """Append items with their places; one that is there already (by external id) is left alone.

    Works in chunks of 1,000, each in its own transaction. A pair that has findings is held: it
    gets no place before somebody looked at it.
    """
    source, all_of_it = iter(items), Added()
    while chunk := list(islice(source, CHUNK)):
        all_of_it += _add_chunk(queue, chunk, _raters(queue, chunk))
    return all_of_it


def _raters(queue: Queue, chunk: list[NewItem]) -> dict[tuple[str, str], Rater]:
    """Made outside of the chunk's transaction, so that they are remembered."""
    named = {(before.kind, before.name) for item in chunk for before in item.prelabels}
    return {(kind, name): named_rater(queue.project, name, kind) for kind, name in sorted(named)}


@transaction.atomic
def _add_chunk(queue: Queue, chunk: list[NewItem], raters: dict[tuple[str, str], Rater]) -> Added:
    queue = (
        Queue.objects.select_for_update(of=("self",), no_key=True).select_related("project").get(pk=queue.pk)
    )
    fresh, known, conflicts = _split(queue, chunk)
    places = positions(queue, fresh)
    items = Item.objects.bulk_create(
        _item(queue, new, position) for new, position in zip(fresh.values(), places, strict=True)
    )
    open_items(queue, [item for item in items if not item.held])
    if raters:
        _add_prelabels(queue, items, fresh, raters)
    return Added(len(items), known, sum(item.held for item in items), tuple(conflicts))


def _split(queue: Queue, chunk: list[NewItem]) -> tuple[dict[str, NewItem], int, list[str]]:
    """The new ones by external id, how many were there, and which of those with other texts."""
    ids = {item.external_id for item in chunk}
    rows = queue.items.filter(external_id__in=ids).values_list("external_id", *TEXTS)
    there: dict[str, tuple[Any, ...]] = {external_id: tuple(texts) for external_id, *texts in rows}
    fresh: dict[str, NewItem] = {}
    known, conflicts = 0, []
    for item in chunk:
        texts = tuple(getattr(item, name) for name in TEXTS)
        if item.external_id not in there:
            fresh[item.external_id] = item
            there[item.external_id] = texts
            continue
        known += 1
        if there[item.external_id] != texts:
            conflicts.append(item.external_id)
    return fresh, known, conflicts


def _item(queue: Queue, new: NewItem, position: int) -> Item:
    found = checks.of_pair(new.left, new.right) if queue.kind == QueueKind.PAIRWISE else []
    return Item(
        queue=queue,
        position=position,
        findings=found or None,
        held=bool(found) or new.unasked,
        **{name: getattr(new, name) for name in COLUMNS},
    )


def open_items(queue: Queue, items: Sequence[Item]) -> None:
    """Give items their places, and pairs the copies that are shown again. Gold has neither."""
    asked = [item for item in items if not item.gold]
    Place.objects.bulk_create(
        Place(queue=queue, item=item, position=item.position, n=n)
        for item in asked
        for n in range(queue.overlap)
    )
    if queue.kind == QueueKind.PAIRWISE and queue.mirror_share:
        Item.objects.bulk_create(_mirrors(queue, asked), ignore_conflicts=True)


def _mirrors(queue: Queue, items: Iterable[Item]) -> Iterator[Item]:
    """The same texts: it is the showing that swaps them. The engine gives them places."""
    for item in items:
        if is_mirrored(queue.seed, item.external_id, queue.mirror_share):
            same = {name: getattr(item, name) for name in COLUMNS if name != "gold"}
            same["external_id"] = mirror_id(item.external_id)
            yield Item(queue=queue, position=item.position, copy_of=item, **same)


def mirror_id(external_id: str) -> str:
    """The external id of a pair's mirrored copy; a very long one is cut and told apart by a hash."""
    if len(external_id) + len(MIRROR) <= LONGEST_ID:
        return external_id + MIRROR
    told = "~" + blake2b(external_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return external_id[: LONGEST_ID - len(told) - len(MIRROR)] + told + MIRROR


def _add_prelabels(
    queue: Queue, items: Iterable[Item], fresh: dict[str, NewItem], raters: dict[tuple[str, str], Rater]
) -> None:
    """A question that the queue does not ask is left out; of two for one question, the last counts."""
    questions = dict(queue.questions.values_list("key", "pk"))
    rows: dict[tuple[int, int], Prelabel] = {}
    for item in items:
        for before in fresh[item.external_id].prelabels:
            if before.question not in questions:
                continue
            question = questions[before.question]
            rows[item.pk, question] = Prelabel(
                item=item,
                question_id=question,
                rater=raters[before.kind, before.name],
                answer=before.answer,
                confidence=before.confidence,
            )
    Prelabel.objects.bulk_create(rows.values())


@transaction.atomic
def let_in(queue: Queue, items: Iterable[int]) -> int:
    """Held items are asked like all others from now on. Returns how many."""
    queue = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    held = list(queue.items.filter(pk__in=items, held=True).select_for_update().order_by("position", "pk"))
    if queue.order != ItemOrder.GIVEN:  # somebody else may have got its lot meanwhile
        for item, position in zip(held, positions(queue, [item.external_id for item in held]), strict=True):
            item.position = position
        Item.objects.bulk_update(held, ["position"])
    queue.items.filter(pk__in=[item.pk for item in held]).update(held=False)
    open_items(queue, held)
    return len(held)

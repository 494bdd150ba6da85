"""Bringing labels that were given elsewhere: of people, with their own times."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from annotator import labeling_rules as rules
from annotator.models import Item, Label, Place, Queue, Rater
from annotator.queries.chains import chain_of, steps_of

CHUNK = 1000


@dataclass(frozen=True)
class ImportedLabel:
    """`question` is a key of the queue's chain; `answer` one of its kind's, or skip; `rater` one of
    its project. `swapped`: a pair's right side was shown as A, if that is known."""

    external_id: str
    question: str
    answer: str
    rater: Rater
    created_at: datetime
    ms: int | None = None
    note: str = ""
    flagged: bool = False
    swapped: bool | None = None


@dataclass
class Imported:
    """`known`: there already; `unknown`: no such item or question, or not an answer."""

    added: int = 0
    surplus: int = 0
    known: int = 0
    unknown: int = 0


def import_labels(queue: Queue, rows: Iterable[ImportedLabel]) -> Imported:
    """Store labels as imported; each fills a place of its item while one is free, else it is surplus.

    Importing the same rows again changes nothing. Chunks of 1,000, each in its own transaction.
    """
    source, told = iter(rows), Imported()
    while chunk := list(islice(source, CHUNK)):
        _import_chunk(queue, chunk, told)
    return told


@transaction.atomic
def _import_chunk(queue: Queue, chunk: list[ImportedLabel], told: Imported) -> None:
    chain = {asked.key: asked for asked in chain_of(queue)}
    items = _items(queue, {row.external_id for row in chunk})
    seats = _lock(list(items.values()))
    given = _given(list(items.values()))
    facts: dict[tuple[int, int], rules.Facts] = {}
    labels: list[Label] = []
    steps = steps_of(list(chain.values()))
    answers = {step.question: {*step.answers, "skip"} for step in steps}
    for row in sorted(chunk, key=lambda row: row.created_at):
        item, asked, rater = items.get(row.external_id), chain.get(row.question), row.rater.pk
        if item is None or asked is None or row.answer not in answers[asked.id]:
            told.unknown += 1
            continue
        seen = facts.setdefault(
            (item, rater), rules.Facts(rater, steps, seats[item], given.get((item, rater), {}))
        )
        if asked.id in seen.given:
            told.known += 1  # answered before, or answered and taken back
            continue
        if isinstance(rules.decide(seen, label=0, question=asked.id, answer=row.answer), rules.Refused):
            told.unknown += 1  # an earlier answer of the chain rules this question out
            continue
        labels.append(_label(queue, row, item=item, question=asked.id, version=asked.version_id))
    for label in labels:
        label.surplus = (
            label.answer not in rules.NO_ANSWERS and facts[label.item_id, label.rater_id].own_seat is None
        )
    Label.objects.bulk_create(labels)
    _seat(seats, labels)
    told.added += len(labels)
    told.surplus += sum(label.surplus for label in labels)


def _label(queue: Queue, row: ImportedLabel, *, item: int, question: int, version: int) -> Label:
    what = f"{queue.pk}\n{row.external_id}\n{row.question}"
    return Label(
        queue=queue,
        item_id=item,
        question_id=question,
        question_version_id=version,
        rater_id=row.rater.pk,
        answer=row.answer,
        note=rules.clean(row.note),
        flagged=row.flagged,
        swapped=row.swapped,
        ms=row.ms,
        idempotency_key=f"import-{hashlib.sha256(what.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}",
        imported=True,
        created_at=row.created_at,
    )


def _items(queue: Queue, external_ids: set[str]) -> dict[str, int]:
    found = Item.objects.filter(queue=queue, external_id__in=external_ids)
    return dict(found.values_list("external_id", "pk"))


def _lock(items: list[int]) -> dict[int, list[rules.Seat]]:
    """The items' places. What is leased and not answered is in somebody's hands, and stays there."""
    seats: dict[int, list[rules.Seat]] = {item: [] for item in items}
    places = Place.objects.select_for_update().filter(item__in=items).order_by("item_id", "n")
    for place in places:
        seat = rules.Seat(place.pk, place.owner_id, done=place.done_at is not None, extra=place.extra)
        seats[place.item_id].append(seat)
    return seats


def _given(items: list[int]) -> dict[tuple[int, int], dict[int, rules.Given]]:
    given: dict[tuple[int, int], dict[int, rules.Given]] = {}
    newest = Label.objects.filter(item__in=items).order_by("pk")
    for item, rater, question, label, answer in newest.values_list(
        "item_id", "rater_id", "question_id", "pk", "answer"
    ):
        given.setdefault((item, rater), {})[question] = rules.Given(label, answer)
    return given


def _seat(seats: dict[int, list[rules.Seat]], labels: list[Label]) -> None:
    """Write who fills which place since when. Half a chain keeps nobody from the place: its lease is over."""
    at = {(label.item_id, label.rater_id): label.created_at for label in labels}
    changed = []
    for item, of_item in seats.items():
        for seat in of_item:
            if seat.changed:
                since = at.get((item, seat.owner or 0))
                done_at, lease_until = (since, None) if seat.done else (None, since)
                changed.append(
                    Place(pk=seat.id, owner_id=seat.owner, done_at=done_at, lease_until=lease_until)
                )
    Place.objects.bulk_update(changed, ["owner", "done_at", "lease_until"])

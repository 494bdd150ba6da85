"""Bringing labels that were given elsewhere: of people, with their own times."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from annotator import labeling_rules as rules
from annotator.models import Item, Label, Place, Queue, Rater
from annotator.queries.chains import Asked, chain_of, steps_of
from annotator.reading.errors import BadRecord, Rejected, gettext_noop
from annotator.services.collisions import begins_anew

CHUNK = 1000

# A chain's later answer may win the place that an earlier one, of the same rater, came too late for.
SETTLE = """
    UPDATE annotator_label l SET surplus = false
    FROM unnest(%s::bigint[], %s::bigint[]) AS u(item, rater)
    WHERE l.item_id = u.item AND l.rater_id = u.rater AND l.surplus AND l.answer NOT IN ('skip', 'undo')"""


@dataclass(frozen=True)
class ImportedLabel:
    """`question` is a key of the queue's chain; `answer` one of its kind's, or skip; `rater` one of
    its project. `swapped`: a pair's right side was shown as A, if that is known. `index`: its place
    in what was sent."""

    external_id: str
    question: str
    answer: str
    rater: Rater
    created_at: datetime
    ms: int | None = None
    note: str = ""
    flagged: bool = False
    swapped: bool | None = None
    index: int = 0


@dataclass(frozen=True)
class Imported:
    """`known`: there already; `unknown`: what does not fit this queue, each with the reason."""

    added: int = 0
    surplus: int = 0
    known: int = 0
    unknown: Sequence[Rejected] = field(default_factory=tuple)

    def __add__(self, other: "Imported") -> "Imported":
        return Imported(
            self.added + other.added,
            self.surplus + other.surplus,
            self.known + other.known,
            (*self.unknown, *other.unknown),
        )


def import_labels(queue: Queue, rows: Iterable[ImportedLabel]) -> Imported:
    """Store labels as imported; each fills a place of its item while one is free, else it is surplus.

    Importing the same rows again changes nothing. Chunks of 1,000, each in its own transaction.
    """
    source, told = iter(rows), Imported()
    while chunk := list(islice(source, CHUNK)):
        told += _import_chunk(queue, chunk)
    return told


@begins_anew  # an item without places is locked by nothing: the same label may be written elsewhere
@transaction.atomic
def _import_chunk(queue: Queue, chunk: list[ImportedLabel]) -> Imported:
    chain = chain_of(queue)
    items = _items(queue, {row.external_id for row in chunk})
    judge = _Judge(chain, items, _lock(list(items.values())), _given(list(items.values())))
    labels, known, unknown = [], 0, []
    for row in sorted(chunk, key=judge.turn):
        try:
            fit = judge.fit(row)
        except BadRecord as bad:
            unknown.append(Rejected.of(row.index, bad))
            continue
        if fit is None:
            known += 1
        else:
            labels.append(_label(queue, row, item=fit.item, asked=fit.asked))
    for label in labels:
        label.surplus = label.answer not in rules.NO_ANSWERS and judge.owns_no_place(label)
    Label.objects.bulk_create(labels)
    _seat(judge.seats, labels)
    if len(chain) > 1:
        _settle(judge.seats)
    unknown.sort(key=lambda bad: bad.index)
    return Imported(len(labels), sum(label.surplus for label in labels), known, tuple(unknown))


@dataclass(frozen=True)
class _Fit:
    item: int
    asked: Asked


class _Judge:
    """What fits, by the rules of labeling. Seats and facts change as labels are let in."""

    def __init__(
        self,
        chain: list[Asked],
        items: dict[str, int],
        seats: dict[int, list[rules.Seat]],
        given: dict[tuple[int, int], dict[int, rules.Given]],
    ) -> None:
        self.seats = seats
        self._chain, self._steps = {asked.key: asked for asked in chain}, steps_of(chain)
        self._answers = {step.question: {*step.answers, "skip"} for step in self._steps}
        self._order = {asked.key: position for position, asked in enumerate(chain)}
        self._items, self._given = items, given
        self._facts: dict[tuple[int, int], rules.Facts] = {}

    def turn(self, row: ImportedLabel) -> tuple[datetime, int]:
        """As they were given; of the same moment a chain's first question first."""
        return row.created_at, self._order.get(row.question, 0)

    def fit(self, row: ImportedLabel) -> _Fit | None:
        """What to store; None: it is there. BadRecord: it can never fit as it is."""
        item, asked = self._items.get(row.external_id), self._chain.get(row.question)
        if item is None:
            raise BadRecord("external_id", gettext_noop("names no item of this queue"))
        if asked is None:
            raise BadRecord(
                "question",
                gettext_noop("names no question of this queue: %(question)s"),
                question=row.question[:60],
            )
        if row.answer not in self._answers[asked.id]:
            raise BadRecord("answer", gettext_noop("is no answer to this question"))
        seen = self._seen(item, row.rater.pk)
        before = seen.given.get(asked.id)
        if before is not None:
            if before.stands and before.answer != row.answer:
                raise BadRecord(
                    "answer", gettext_noop("differs from what this rater answered already: that one stays")
                )
            return None  # answered before, or answered and taken back
        if isinstance(rules.decide(seen, label=0, question=asked.id, answer=row.answer), rules.Refused):
            raise BadRecord(
                "question",
                gettext_noop("is not asked of this item: an earlier answer of this rater rules it out"),
            )
        return _Fit(item, asked)

    def owns_no_place(self, label: Label) -> bool:
        return self._facts[label.item_id, label.rater_id].own_seat is None

    def _seen(self, item: int, rater: int) -> rules.Facts:
        key = (item, rater)
        if key not in self._facts:
            self._facts[key] = rules.Facts(rater, self._steps, self.seats[item], self._given.get(key, {}))
        return self._facts[key]


def _label(queue: Queue, row: ImportedLabel, *, item: int, asked: Asked) -> Label:
    what = f"{queue.pk}\n{row.external_id}\n{row.question}"
    return Label(
        queue=queue,
        item_id=item,
        question_id=asked.id,
        question_version_id=asked.version_id,
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


def _settle(seats: dict[int, list[rules.Seat]]) -> None:
    won = [
        (item, seat.owner) for item, of_item in seats.items() for seat in of_item if seat.owner != seat.was
    ]
    if won:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [list(one) for one in zip(*won, strict=True)])

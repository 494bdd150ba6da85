"""Bringing labels that were given elsewhere: of people, with their own times."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from annotator import labeling_rules as rules
from annotator.models import Answer, Item, Label, Place, Queue, Rater
from annotator.queries.chains import chain_of, steps_of
from annotator.reading.errors import BadRecord, Rejected, gettext_noop
from annotator.services import submit_effects as effects
from annotator.services.collisions import begins_anew
from annotator.services.submit_write import FilledRow, ImportedRow, write

CHUNK = 1000

IDS = """
    SELECT nextval(pg_get_serial_sequence('annotator_label', 'id')) FROM generate_series(1, %s)"""


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
    """`known`: there already; `unknown`: what does not fit this queue or was taken back, each with the reason."""

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

    Importing the same rows again changes nothing, also when they were taken back: only an answer that
    was given after that is taken. Chunks of 1,000, each in its own transaction.
    """
    source, told = iter(rows), Imported()
    while chunk := list(islice(source, CHUNK)):
        told += _import_chunk(queue, chunk)
    return told


@begins_anew  # an item without places is locked by nothing: the same label may be written elsewhere
@transaction.atomic
def _import_chunk(queue: Queue, chunk: list[ImportedLabel]) -> Imported:
    judge = _Judge(queue, chunk)
    rows, known, unknown = [], 0, []
    for sent in sorted(chunk, key=judge.turn):
        try:
            row = judge.fit(sent)
        except BadRecord as bad:
            unknown.append(Rejected.of(sent.index, bad))
            continue
        if row is None:
            known += 1
        else:
            rows.append(row)
    if rows:
        effects.settle(rows, judge.facts)
        _empty(judge.facts)
        write(rows, [*_places(rows, judge.facts), *effects.settled(judge.facts)])
    unknown.sort(key=lambda bad: bad.index)
    return Imported(len(rows), sum(row.surplus for row in rows), known, tuple(unknown))


class _Judge:
    """What fits, by the rules of labeling. `facts`, by item and rater, change as labels are let in."""

    def __init__(self, queue: Queue, chunk: list[ImportedLabel]) -> None:
        chain = chain_of(queue)
        self.facts: dict[tuple[int, int], rules.Facts] = {}
        self._queue, self._steps = queue, steps_of(chain)
        self._chain = {asked.key: asked for asked in chain}
        self._answers = {step.question: {*step.answers, "skip"} for step in self._steps}
        self._order = {asked.key: position for position, asked in enumerate(chain)}
        self._items = _items(queue, {sent.external_id for sent in chunk})
        items = list(self._items.values())
        self._seats = _lock(items)
        self._given, self._taken_back = _given(items)
        self._ids = iter(_ids(len(chunk)))

    def turn(self, sent: ImportedLabel) -> tuple[datetime, int]:
        """As they were given; of the same moment a chain's first question first."""
        return sent.created_at, self._order.get(sent.question, 0)

    def fit(self, sent: ImportedLabel) -> ImportedRow | None:
        """What to store; None: it is there. BadRecord: it can never fit as it is."""
        item, asked = self._items.get(sent.external_id), self._chain.get(sent.question)
        if item is None:
            raise BadRecord("external_id", gettext_noop("names no item of this queue"))
        if asked is None:
            raise BadRecord(
                "question",
                gettext_noop("names no question of this queue: %(question)s"),
                question=sent.question[:60],
            )
        if sent.answer not in self._answers[asked.id]:
            raise BadRecord("answer", gettext_noop("is no answer to this question"))
        seen = self._seen(item, sent.rater.pk)
        if self._is_there(seen.given.get(asked.id), sent):
            return None
        label = next(self._ids)
        verdict = rules.decide(seen, label=label, question=asked.id, answer=sent.answer)
        if isinstance(verdict, rules.Refused):
            raise BadRecord(
                "question",
                gettext_noop("is not asked of this item: an earlier answer of this rater rules it out"),
            )
        return ImportedRow(
            id=label,
            queue=self._queue.pk,
            item=item,
            question=asked.id,
            version=asked.version_id,
            rater=sent.rater.pk,
            lease=None,
            answer=sent.answer,
            note=rules.clean(sent.note),
            flagged=sent.flagged,
            ms=sent.ms,
            wait_ms=None,
            key=_key(self._queue, sent, verdict.supersedes),
            supersedes=verdict.supersedes,
            surplus=verdict.surplus,
            swapped=sent.swapped,
            created_at=sent.created_at,
        )

    def _is_there(self, before: rules.Given | None, sent: ImportedLabel) -> bool:
        if before is None:
            return False
        if before.stands:
            if before.answer != sent.answer:
                raise BadRecord(
                    "answer", gettext_noop("differs from what this rater answered already: that one stays")
                )
            return True
        if sent.created_at <= self._taken_back[before.label]:
            raise BadRecord(
                "answer", gettext_noop("was taken back since: only an answer that was given later is taken")
            )
        return False

    def _seen(self, item: int, rater: int) -> rules.Facts:
        key = (item, rater)
        if key not in self.facts:
            self.facts[key] = rules.Facts(rater, self._steps, self._seats[item], self._given.get(key, {}))
        return self.facts[key]


def _key(queue: Queue, sent: ImportedLabel, supersedes: int | None) -> str:
    """One for each state of the history that a label can follow: the same again is the same."""
    what = f"{queue.pk}\n{sent.external_id}\n{sent.question}"
    if supersedes is not None:
        what += f"\n{supersedes}"
    return f"import-{hashlib.sha256(what.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


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


def _given(items: list[int]) -> tuple[dict[tuple[int, int], dict[int, rules.Given]], dict[int, datetime]]:
    """The newest of each history, by item and rater and by question; and when each undo was."""
    given: dict[tuple[int, int], dict[int, rules.Given]] = {}
    taken_back = {}
    rows = Label.objects.filter(item__in=items).order_by("pk")
    for item, rater, question, label, answer, at in rows.values_list(
        "item_id", "rater_id", "question_id", "pk", "answer", "created_at"
    ):
        given.setdefault((item, rater), {})[question] = rules.Given(label, answer)
        if answer == Answer.UNDO:
            taken_back[label] = at
    return given, taken_back


def _ids(size: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(IDS, [size])
        return [label for (label,) in cursor.fetchall()]


def _empty(facts: effects.FactsOf) -> None:
    """Who leaves one place for another owns two for a moment, if the second is written first."""
    passed_on = [
        seat.id for _, seat in effects.changed(facts) if seat.owner and seat.was not in {None, seat.owner}
    ]
    if passed_on:
        Place.objects.filter(pk__in=passed_on).update(owner=None)


def _places(rows: list[ImportedRow], facts: effects.FactsOf) -> list[FilledRow]:
    """Who comes to a place, leaves it or fills it. Half a chain of whoever holds it changes nothing:
    the lease, which may be in force, goes on."""
    since = {(row.item, row.rater): row.created_at for row in rows}
    return [
        FilledRow(seat.id, seat.owner, done=seat.done, since=since.get((item, seat.owner or 0)))
        for item, seat in effects.changed(facts)
        if seat.done or seat.owner != seat.was
    ]

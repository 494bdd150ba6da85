"""What people say of an item beside good or bad: how it fails, what it should have been, the intern test.

Each setter brings what stands to what is said; setting the same again writes nothing. Earlier rows stay.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from annotator.models import Item, Rater
from feedback.models import Expectation, FailureMode, FailureModeVersion, InternAnswer, Sighting
from feedback.queries.merged import family_of


def set_modes(item: Item, rater: Rater, modes: Collection[int]) -> None:
    """The rater sees these modes in the item, under their newest wordings, and no other one.

    `modes` are of the item's project. Call it inside a transaction that holds the item.
    """
    _let_go(item, rater)
    standing = {row.mode_id: row for row in _standing(item, rater) if row.present}
    _supersede([row for mode, row in standing.items() if mode not in modes])
    new = [mode for mode in modes if mode not in standing]
    if new:
        _end(item, rater, new)  # of those that were denied before
        Sighting.objects.bulk_create(_row(item, rater, version, present=True) for version in newest_of(new))
        by_others = FailureMode.objects.filter(pk__in=new, unconfirmed=True).exclude(created_by=rater.user_id)
        by_others.update(unconfirmed=False)


def judge(item: Item, rater: Rater, version: FailureModeVersion, *, present: bool) -> None:
    """The rater says of one mode alone whether the item shows it.

    What anybody saw under another wording, or of a mode that was merged into this one, ends with it; `unjudge` brings that back.
    """
    unjudge(item, rater, version)
    family = family_of(item.queue.project, version.mode_id)
    older = Sighting.objects.filter(item=item, mode__in=family, current=True).exclude(version=version)
    mine = Sighting.objects.filter(item=item, rater=rater, mode__in=family, ended_by__isnull=False)
    theirs = mine.exclude(ended_by__rater=rater)  # of mine, what others' looks ended: it rests on mine now
    ended = [row.pk for rows in (older, theirs) for row in rows.only("pk")]
    older.update(current=False)  # before the new row: there is one current one of each rater
    _end(item, rater, [version.mode_id])
    row = _row(item, rater, version, present=present)
    row.save()
    Sighting.objects.filter(pk__in=ended).update(ended_by=row)


def unjudge(item: Item, rater: Rater, version: FailureModeVersion) -> None:
    """Take the rater's look under this wording back."""
    mine = Sighting.objects.filter(item=item, rater=rater, version=version, current=True)
    rows = list(mine.values_list("pk", flat=True))
    mine.update(current=False)
    Sighting.objects.filter(item=item, ended_by__in=rows).update(current=True, ended_by=None)


def take_back(item: Item, rater: Rater) -> None:
    """Nothing is said of the item any more: its answer was taken back, or is another one now."""
    _let_go(item, rater)
    Sighting.objects.filter(item=item, rater=rater, current=True).update(current=False)
    Expectation.objects.filter(item=item, rater=rater, current=True).update(current=False)
    InternAnswer.objects.filter(item=item, rater=rater, current=True).update(current=False)


def move(rows: Sequence[Sighting], version: FailureModeVersion) -> None:
    """The same people saw another mode on the same items."""
    _supersede(rows)
    there = set(
        Sighting.objects.filter(
            mode=version.mode_id, current=True, item__in=[row.item_id for row in rows]
        ).values_list("item_id", "rater_id")
    )
    Sighting.objects.bulk_create(
        Sighting(
            mode_id=version.mode_id,
            version=version,
            item_id=row.item_id,
            rater_id=row.rater_id,
            present=True,
            occurred_at=row.occurred_at,
        )
        for row in rows
        if (row.item_id, row.rater_id) not in there
    )


def expect(item: Item, rater: Rater, text: Any) -> None:
    """What the output should have been; None: nothing is said of that."""
    rows = Expectation.objects.filter(item=item, rater=rater, current=True)
    if text is not None and any(row.text == text for row in rows):
        return
    rows.update(current=False)
    if text is not None:
        Expectation.objects.create(item=item, rater=rater, text=text)


def answer_intern(item: Item, rater: Rater, answer: str) -> None:
    """The intern test on an item; empty: not answered."""
    rows = InternAnswer.objects.filter(item=item, rater=rater, current=True)
    if rows.filter(answer=answer).exists():
        return
    rows.update(current=False)
    if answer:
        InternAnswer.objects.create(item=item, rater=rater, answer=answer)


def occurred(item: Item) -> datetime:
    """When the product answered so, as the item tells; else when the item was made."""
    told = item.metadata.get("occurred_at") if isinstance(item.metadata, dict) else None
    try:
        moment = parse_datetime(told) if isinstance(told, str) else None
    except ValueError:
        moment = None
    return moment if moment is not None and is_aware(moment) else item.created_at


def _standing(item: Item, rater: Rater) -> QuerySet[Sighting]:
    return Sighting.objects.filter(item=item, rater=rater, current=True)


def _row(item: Item, rater: Rater, version: FailureModeVersion, *, present: bool) -> Sighting:
    return Sighting(
        mode_id=version.mode_id,
        version=version,
        item=item,
        rater=rater,
        present=present,
        occurred_at=occurred(item),
    )


def newest_of(modes: Iterable[int]) -> QuerySet[FailureModeVersion]:
    """The wording in force of each."""
    rows = FailureModeVersion.objects.filter(mode__in=list(modes))
    return rows.order_by("mode", "-number").distinct("mode")


def _let_go(item: Item, rater: Rater) -> None:
    """The rater has said something else since: what another look ended does not come back with its undo."""
    Sighting.objects.filter(item=item, rater=rater, ended_by__isnull=False).update(ended_by=None)


def _supersede(rows: Iterable[Sighting]) -> None:
    Sighting.objects.filter(pk__in=[row.pk for row in rows]).update(current=False)


def _end(item: Item, rater: Rater, modes: Collection[int]) -> None:
    Sighting.objects.filter(item=item, rater=rater, mode__in=modes, current=True).update(current=False)

"""Inputs that a reference did not cover and that were labelled since: for training, never to be tested with.

They were chosen because the model may do badly on them, so that a test with them would tell nothing of the traffic;
and a frozen test must not grow by what it lacks. Each is claimed for train. What is in test or dev already stays
there, and gives no row here; what is nearly the same as something there is left out, as everywhere.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Row, Split
from annotator.datasets.filters import RATER_KINDS, Filters
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading, Source
from annotator.datasets.sources import answers
from annotator.datasets.words import asked_in, text_hash
from annotator.models import PlacedInput, Queue, QueueKind
from drift.services.uncovered import ORIGIN
from drift.services.uncovered import SOURCE as NAME

AT_ONCE = 500

_payload = msgspec.json.Decoder().decode


def rows(reading: Reading) -> Iterator[Row | Left]:
    """One for each item of the queues of uncovered inputs, with the answers of its whole chain."""
    for row, frozen in _looked_up(reading, _labelled(reading, reading.filters)):
        yield Left("crossing") if frozen else row


def claims(reading: Reading) -> Iterator[tuple[UUID, Split]]:
    """Of everybody's datasets: what was labelled here is in no test of any other."""
    whole = Reading(reading.project, reading.filters, reading.using)
    for row, frozen in _looked_up(whole, _labelled(whole, Filters(rater_kinds=RATER_KINDS))):
        if isinstance(row, Row) and not frozen:
            yield _hash(row), "train"


def _labelled(reading: Reading, wanted: Filters) -> Iterator[Row | Left]:
    queues = _queues(reading, wanted)
    if not queues:
        return
    ours = msgspec.structs.replace(wanted, queues=queues)
    for row in answers.rows(Reading(reading.project, ours, reading.using, reading.texts)):
        yield row if isinstance(row, Left) else msgspec.structs.replace(row, key=_key(row))


def _queues(reading: Reading, wanted: Filters) -> tuple[str, ...]:
    found = Queue.objects.using(reading.using.alias).filter(
        project=reading.project, origin=ORIGIN, kind=QueueKind.BINARY
    )
    ours = [str(key) for key in found.order_by("created_at").values_list("pk", flat=True)]
    return tuple(key for key in ours if not wanted.queues or key in wanted.queues)


def _key(row: Row) -> str:
    return f"{NAME}:{row.provenance.item}"


def _looked_up(reading: Reading, found: Iterable[Row | Left]) -> Iterator[tuple[Row | Left, bool]]:
    """With whether its input is in test or dev for good. Unknown where texts are not read."""
    source = iter(found)
    placed = PlacedInput.objects.using(reading.using.alias).filter(
        project=reading.project, split__in=("test", "dev")
    )
    while some := list(islice(source, AT_ONCE)):
        names = [_hash(row) if reading.texts and isinstance(row, Row) else None for row in some]
        known = set(placed.filter(text_hash__in=[*filter(None, names)]).values_list("text_hash", flat=True))
        yield from ((row, name in known) for row, name in zip(some, names, strict=True))


def _hash(row: Row) -> UUID:
    """Of an item's input, whose payload is as it is stored."""
    sent = None if row.input is None else _payload(row.input)
    made = None if row.output is None else _payload(row.output)
    return text_hash(asked_in(msgspec.structs.replace(row, input=sent, output=made)))


SOURCE = Source(
    NAME,
    _("Labelled inputs that a reference did not cover"),
    _("From the queues that Drift made of them. They are train alone, and nothing is tested with them."),
    "rated",
    rows,
    usual=False,
)

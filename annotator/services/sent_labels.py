"""Labels out of a file or a program's request, into a queue. Page, command and API stand on this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from annotator.items.labels import LabelReader, SentLabel
from annotator.models import Queue
from annotator.reading import outcome
from annotator.reading.errors import BadRecord, Rejected, gettext_noop
from annotator.reading.plans import Chunk, Plan
from annotator.services.import_labels import Imported, ImportedLabel, import_labels
from annotator.services.raters import named_raters

AHEAD = timedelta(minutes=5)  # clocks differ: a label of that little in the future is of now


@dataclass
class LabelOutcome(outcome.Outcome):
    """`surplus`: of the accepted, those that fill no place."""

    surplus: int = 0


def store_chunk(
    queue: Queue, reader: LabelReader, plan: Plan, chunk: Chunk, told: LabelOutcome
) -> tuple[LabelOutcome, Sequence[Rejected]]:
    """The outcome with this chunk's, and its lines that are refused."""
    now = timezone.now()
    sent, bad = chunk.read(lambda row: in_its_time(reader.of_row(row, plan.mapping, plan.shape.columns), now))
    stored = store(queue, sent)
    rejected = sorted([*bad, *stored.unknown], key=lambda one: one.index)
    with_chunk = told.plus(
        accepted=stored.added,
        duplicates=stored.known,
        repaired=sum(one.repaired for one in sent),
        rejected=rejected,
        surplus=told.surplus + stored.surplus,
    )
    return with_chunk, rejected


def in_its_time(sent: SentLabel, now: datetime) -> SentLabel:
    """With `created_at`: now, where it says none. BadRecord: it has not happened yet."""
    if sent.created_at is not None and sent.created_at > now + AHEAD:
        raise BadRecord("created_at", gettext_noop("lies in the future"))
    return replace(sent, created_at=min(sent.created_at or now, now))


def store(queue: Queue, sent: Sequence[SentLabel]) -> Imported:
    """All that `in_its_time` let through."""
    raters = named_raters(queue.project, {(one.rater_kind, one.rater) for one in sent})
    return import_labels(
        queue,
        [
            ImportedLabel(
                one.external_id,
                one.question,
                one.answer,
                raters[one.rater_kind, one.rater],
                one.created_at or timezone.now(),
                ms=one.ms,
                note=one.note,
                swapped=one.swapped,
                index=one.index,
            )
            for one in sent
        ],
    )

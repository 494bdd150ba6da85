"""From what a reference does not cover to work: a queue of a sample, and what was labelled to a dataset."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.datasets import filters as dataset_filters
from annotator.datasets import registry
from annotator.models import Dataset, DatasetVersion, Job, Queue, QueueKind, User
from annotator.services import datasets
from annotator.services.queues import NewItem, add_items, make_queue
from drift.models import Coverage, CoverageGroup, EmbeddedDay, Reference
from drift.services.references import MOST_ROWS
from feedback.models import Interaction
from feedback.services.lineage import lineage
from feedback.services.plans import ensure_plan

ORIGIN = "uncovered"
SOURCE = "uncovered"
USUAL, MOST = 50, 500


class NothingLeft(LookupError):
    """The log has none of these inputs any more, or all of the group are covered."""


@dataclass(frozen=True)
class Asked:
    """A sample of `n` of what a day has of a group, or of all its groups, that is not covered."""

    coverage: Coverage
    group: CoverageGroup | None
    n: int

    @property
    def rows(self) -> list[UUID]:
        groups: Sequence[CoverageGroup] = [self.group] if self.group else list(self.coverage.groups.all())
        return [row for group in groups for row in group.rows]


@transaction.atomic
def to_queue(asked: Asked, *, by: User) -> Queue:
    """The queue, with the question of the vibe check; the one that was made before, if any. Raises NothingLeft.

    Each item carries its chance among the day's inputs: that of the day's samples times that of this draw.
    """
    held: Coverage | CoverageGroup = asked.group or asked.coverage
    locked = type(held).objects.select_for_update(of=("self",), no_key=True)
    kept = locked.get(pk=held.pk)
    if kept.queue is not None:
        return kept.queue
    reference = asked.coverage.reference
    rows = asked.rows
    drawn = random.Random(f"{asked.coverage.pk}:{held.pk}").sample(rows, min(asked.n, len(rows)))
    found = Interaction.objects.filter(project=reference.project_id, pk__in=drawn).in_bulk()
    sampled = _sampled(asked.coverage)
    items = [_item(found[key], asked, sampled, len(drawn), len(rows)) for key in drawn if key in found]
    if not items:
        raise NothingLeft
    queue = make_queue(
        project=reference.project,
        name=_name(reference, asked),
        questions=[ensure_plan(reference.project, now=timezone.now()).question],
        origin=ORIGIN,
        by=by,
    )
    add_items(queue, items)
    kept.queue = queue
    kept.save(update_fields=["queue"])
    return queue


def _name(reference: Reference, asked: Asked) -> str:
    day = _day(asked.coverage.day)
    of = asked.group.title if asked.group and asked.group.title else reference.name
    return _("Uncovered on %(day)s: %(what)s") % {"day": day, "what": of[:60]}


def _item(row: Interaction, asked: Asked, sampled: float | None, drawn: int, of: int) -> NewItem:
    reason = ngettext(
        "drawn at random: %(drawn)s of %(of)s input of %(day)s that “%(reference)s” does not cover",
        "drawn at random: %(drawn)s of %(of)s inputs of %(day)s that “%(reference)s” does not cover",
        of,
    )
    return NewItem(
        external_id=str(row.pk),
        input=row.input,
        output=row.output,
        context=row.context,
        error=row.error,
        metadata=lineage(row),
        origin=ORIGIN,
        reason=reason
        % {
            "drawn": drawn,
            "of": of,
            "day": _day(asked.coverage.day),
            "reference": asked.coverage.reference.name,
        },
        stratum=asked.group.title[:100] if asked.group else "",
        inclusion_probability=None if sampled is None else sampled * drawn / of,
    )


def _sampled(coverage: Coverage) -> float | None:
    """The chance with which an input of the day was held against the reference: drawn to be embedded, then of a large
    sample drawn again. None where the day's vectors are gone."""
    day = EmbeddedDay.objects.filter(space=coverage.space_id, day=coverage.day).first()
    rows = day.vectors.filter(weight__gt=0).count() if day else 0
    if day is None or not rows or not day.population:
        return None
    return min(1.0, day.sampled / day.population) * min(1.0, MOST_ROWS / rows)


def _day(day: date) -> str:
    return date_format(day, "j F Y")


@transaction.atomic
def to_dataset(dataset: Dataset, *, by: User) -> tuple[DatasetVersion, Job]:
    """The dataset takes labelled inputs that were uncovered from now on, and its next version is asked for.

    They are train, whatever the shares say (`drift.dataset_sources.uncovered`).
    """
    row = Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    known = dataset_filters.read(row.filters)
    queues = known.queues
    if queues:
        ours = Queue.objects.filter(project=row.project_id, origin=ORIGIN, kind=QueueKind.BINARY)
        queues = tuple(dict.fromkeys((*queues, *map(str, ours.values_list("pk", flat=True)))))
    names = [one.name for one in registry.taken(known)]
    wanted = msgspec.structs.replace(known, sources=tuple(dict.fromkeys((*names, SOURCE))), queues=queues)
    datasets.change_dataset(row, name=row.name, filters=wanted)
    row.refresh_from_db()
    return datasets.ask_version(row, by=by)

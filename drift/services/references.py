"""References: making and deleting them, and asking for what is not embedded or measured yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from annotator.jobs.schedules import Slot
from annotator.models import DatasetVersion, Project, User
from drift.models import Coverage, DriftPlan, EmbeddedDay, EmbeddedReference, Reference, ReferenceFile
from drift.services.reference_inputs import FILES
from feedback import days

EMBED, MEASURE = "drift.reference", "drift.coverage"
BACK = timedelta(days=30)  # days that a new reference is held against
MOST_INPUTS = 20_000
MOST_ROWS = 4_000  # of a day that are held against a reference
UNUSED_FOR = timedelta(days=1)


class Taken(ValueError):
    """The project has a reference of this name."""


@dataclass(frozen=True)
class Made:
    """Of what a reference is made: a version, or one split of it, or a file."""

    version: DatasetVersion | None = None
    split: str = ""
    file: ReferenceFile | None = None


def make(*, project: Project, name: str, of: Made, by: User | None) -> Reference:
    try:
        with transaction.atomic():
            return Reference.objects.create(
                project=project, name=name, version=of.version, split=of.split, file=of.file, created_by=by
            )
    except IntegrityError as error:
        if Reference.objects.filter(project=project, name=name).exists():
            raise Taken(name) from error
        raise


def delete(reference: Reference) -> None:
    """With its vectors, its days and its file. Queues that were made of it stay."""
    file = reference.file
    reference.delete()
    if file is not None:
        FILES.discard(file)


def slots(now: datetime) -> Iterator[Slot]:
    """What is lacking: references that the project's space has not, then days that they were not held against."""
    yield from _to_embed()
    yield from _to_measure(now)


def _to_embed() -> Iterator[Slot]:
    there = EmbeddedReference.objects.filter(
        reference=OuterRef("pk"), space=OuterRef("project__drift_plan__space"), finished_at__isnull=False
    )
    lacking = Reference.objects.filter(
        ~Exists(there), project__drift_plan__space__isnull=False, project__drift_plan__enabled=True
    ).select_related("project__drift_plan__space")
    for one in lacking:
        space = one.project.drift_plan.space
        assert space is not None  # noqa: S101 - filtered above
        yield Slot(
            schedule=f"{EMBED}:{one.pk}",
            due_at=space.made_at,
            kind=EMBED,
            key=f"{one.pk}:{space.pk}",
            project_id=one.project_id,
            arguments={"reference": str(one.pk), "space": space.pk},
        )


def _to_measure(now: datetime) -> Iterator[Slot]:
    """Days that are embedded in the space that is in use, and references that are, too."""
    plans = DriftPlan.objects.filter(enabled=True, space__references__finished_at__isnull=False)
    for plan in plans.select_related("project").distinct():
        zone = ZoneInfo(plan.project.time_zone)
        since = days.day_of(now, zone) - BACK
        embedded = EmbeddedReference.objects.filter(space=plan.space_id, finished_at__isnull=False)
        for reference in embedded.values_list("reference_id", flat=True):
            measured = Coverage.objects.filter(
                reference=reference,
                space=plan.space_id,
                day=OuterRef("day"),
                measured_at__gte=OuterRef("finished_at"),
            )
            lacking = EmbeddedDay.objects.filter(~Exists(measured), space=plan.space_id, day__gte=since)
            for day in lacking.exclude(finished_at=None):
                yield _measure_slot(plan, reference, day)


def _measure_slot(plan: DriftPlan, reference: UUID, day: EmbeddedDay) -> Slot:
    """A day that is drawn anew is measured anew."""
    assert day.finished_at is not None  # noqa: S101 - as the caller chose them
    return Slot(
        schedule=f"{MEASURE}:{reference}:{day.pk}",
        due_at=day.finished_at,
        kind=MEASURE,
        key=f"{reference}:{day.pk}:{day.finished_at.isoformat()}",
        project_id=plan.project_id,
        arguments={"reference": str(reference), "day": day.day.isoformat()},
    )


def sweep(now: datetime) -> None:
    """Files of which no reference was made: whoever uploaded them was refused for another reason."""
    for file in ReferenceFile.objects.filter(Q(reference=None), created_at__lt=now - UNUSED_FOR)[:100]:
        FILES.discard(file)

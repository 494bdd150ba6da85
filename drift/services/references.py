"""References: making and deleting them, and asking for what is not embedded or measured yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from annotator.jobs.schedules import Slot
from annotator.models import DatasetVersion, Project, User
from drift.models import (
    BaselineKind,
    Coverage,
    DriftPlan,
    EmbeddedReference,
    Reference,
    ReferenceFile,
)
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


@transaction.atomic
def delete(reference: Reference) -> bool:
    """With its vectors, its days and its file. Queues that were made of it stay. True where days were compared with
    it: from now on they are compared with the days before."""
    file = reference.file
    baseline = DriftPlan.objects.filter(reference=reference).update(
        reference=None, baseline_kind=BaselineKind.ROLLING
    )
    reference.delete()
    if file is not None:
        FILES.discard(file)
    return bool(baseline)


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
            key=f"{one.pk}:{space.pk}:{space.made_at.isoformat()}",
            project_id=one.project_id,
            arguments={"reference": str(one.pk), "space": space.pk},
        )


def _to_measure(now: datetime) -> Iterator[Slot]:
    """Days that are embedded in the space that is in use, and references that are, too. Two queries."""
    plans = DriftPlan.objects.filter(enabled=True, space__isnull=False).select_related("project")
    since = {plan.space_id: days.day_of(now, ZoneInfo(plan.project.time_zone)) - BACK for plan in plans}
    if not since:
        return
    pairs = EmbeddedReference.objects.annotate(
        of=F("space__days"), day=F("space__days__day"), at=F("space__days__finished_at")
    ).filter(space__in=since, finished_at__isnull=False, at__isnull=False, day__gte=min(since.values()))
    measured = Coverage.objects.filter(
        reference=OuterRef("reference"),
        space=OuterRef("space"),
        day=OuterRef("day"),
        measured_at__gte=OuterRef("at"),
    )
    lacking = pairs.filter(~Exists(measured)).order_by("reference", "day")
    columns = "reference", "reference__project", "space", "of", "day", "at"
    for reference, project, space, of, day, at in lacking.values_list(*columns):
        if day >= since[space]:
            # a day that is drawn anew is measured anew
            yield Slot(
                schedule=f"{MEASURE}:{reference}:{of}",
                due_at=at,
                kind=MEASURE,
                key=f"{reference}:{of}:{at.isoformat()}",
                project_id=project,
                arguments={"reference": str(reference), "day": day.isoformat()},
            )


def sweep(now: datetime) -> None:
    """Files of which no reference was made: whoever uploaded them was refused for another reason. And files whose
    project is gone."""
    FILES.sweep_lost()
    for file in ReferenceFile.objects.filter(Q(reference=None), created_at__lt=now - UNUSED_FOR)[:100]:
        FILES.discard(file)

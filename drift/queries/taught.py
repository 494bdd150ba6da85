"""What people said of alerts, for whoever makes a baseline: which days stay out, what is known already."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from annotator.models import Project
from drift.models import AlertGroup, AlertState, BaselineKind, DriftPlan, SeenAgain, Space


@dataclass(frozen=True)
class Taught:
    """A group that is expected. `centroid` (d,), of length 1; `reach`: the least cosine of what belongs to it.
    `rows`: ids of interactions, of its first day and of all on which it was seen again."""

    group: int
    kind: str
    centroid: list[float]
    reach: float
    rows: list[UUID]


def days_left_out(project: Project) -> set[date]:
    """Days of alerts that are open, or were fixed, and those on which they were seen again: none of them is
    how things should be. The days of an alert that became expected are not among them any more."""
    groups = AlertGroup.objects.filter(alert__project=project)
    not_expected = project.alerts.exclude(state=AlertState.EXPECTED)
    seen = SeenAgain.objects.filter(group__in=groups).exclude(group__alert__state=AlertState.EXPECTED)
    return {*not_expected.values_list("day", flat=True), *seen.values_list("day", flat=True)}


def expected_groups(project: Project, day: date) -> QuerySet[AlertGroup]:
    """Groups that count as known on that day, from the day after their alert's on; until a rolling baseline
    holds nothing but days from since they were called expected, and so knows them by itself."""
    plan = DriftPlan.objects.filter(project=project).first()
    groups = AlertGroup.objects.filter(
        alert__project=project, alert__state=AlertState.EXPECTED, alert__day__lt=day
    )
    if plan is None or plan.baseline_kind == BaselineKind.PINNED:
        return groups
    # By days that are not left out, which may reach back further than the window is long.
    first = day - timedelta(days=2 * plan.baseline_days)
    return groups.filter(alert__closed_on__gte=first)


def taught(project: Project, space: Space, day: date) -> list[Taught]:
    """What a judgement of that day takes for known. Scattered inputs are like nothing, so that nothing can be
    known of them; of structural features see `drift.services.alerts`."""
    found = (
        expected_groups(project, day)
        .filter(space=space, centroid__isnull=False, reach__isnull=False)
        .filter(~Q(kind="structure"))
        .prefetch_related("seen")
        .order_by("pk")
    )
    return [
        Taught(
            one.pk,
            one.kind,
            list(one.centroid),
            one.reach or 0.0,
            list(dict.fromkeys([*one.rows, *(row for seen in one.seen.all() for row in seen.rows)])),
        )
        for one in found
    ]

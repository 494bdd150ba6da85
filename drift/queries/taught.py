"""What people said of alerts, for whoever makes a baseline: which days stay out, what is known already."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet

from annotator.models import Project
from drift.alert_rules import TIMES
from drift.baseline import MOST_SAME, OLDEST, WEEK
from drift.models import Alert, AlertGroup, AlertState, BaselineKind, DriftPlan, SeenAgain, Space


@dataclass(frozen=True)
class Taught:
    """A group that is expected. `centroid` (d,), of length 1; `reach`: the least cosine of what belongs to it.
    `rows`: ids of interactions, of its first day and of all on which it was seen again. `most`: of a day's inputs
    the share over which it is no longer what was called expected. `topics`: those of a week's group."""

    group: int
    kind: str
    centroid: list[float]
    reach: float
    rows: list[UUID]
    most: float = 1.0
    topics: tuple[int, ...] = ()


def days_left_out(project: Project) -> set[date]:
    """Days of alerts that are open, or were fixed, and those on which they were seen again: none of them is
    how things should be. The days of an alert that became expected are not among them any more."""
    seen = seen_that_leave_out(project).values_list("day", flat=True)
    return {*alerts_that_leave_out(project).values_list("day", flat=True), *seen}


def alerts_that_leave_out(project: Project) -> "QuerySet[Alert]":
    """Not those that tell of a whole week alone, or beside a reference alone: of the day itself they say nothing."""
    groups = AlertGroup.objects.filter(alert=OuterRef("pk"))
    of_the_day = groups.filter(days=1).exclude(facts__has_key="reference")
    return project.alerts.exclude(state=AlertState.EXPECTED).filter(Exists(of_the_day) | ~Exists(groups))


def seen_that_leave_out(project: Project) -> "QuerySet[SeenAgain]":
    seen = SeenAgain.objects.filter(group__alert__project=project, group__days=1)
    return seen.exclude(group__alert__state=AlertState.EXPECTED).exclude(group__facts__has_key="reference")


def expected_groups(project: Project, day: date) -> QuerySet[AlertGroup]:
    """Groups that count as known on that day, from the day after their alert's on; until a rolling baseline
    holds nothing but days from since they were called expected, and so knows them by itself."""
    plan = DriftPlan.objects.filter(project=project).first()
    groups = AlertGroup.objects.filter(
        alert__project=project, alert__state=AlertState.EXPECTED, alert__day__lt=day
    )
    if plan is None or plan.kind_in_force == BaselineKind.PINNED:
        return groups
    # A baseline may reach back further than it is long: for days left out, or for days of one weekday.
    back = max(OLDEST * plan.baseline_days, WEEK * MOST_SAME)
    recent = Q(alert__closed_on__gte=day - timedelta(days=back))
    if (
        plan.kind_in_force == BaselineKind.REFERENCE
    ):  # it never learns; structure has days before all the same
        return groups.filter(recent | ~Q(kind="structure"))
    return groups.filter(recent)


def with_most(groups: QuerySet[AlertGroup]) -> QuerySet[Any]:
    """With how far each went before somebody closed its alert, which is what that person saw: `most_share`,
    `least_now`, `most_now`, of the days on which it was seen again; None of none."""
    until = Q(seen__day__lt=F("alert__closed_on"))
    return groups.annotate(
        most_share=Max("seen__share", filter=until),
        least_now=Min("seen__now", filter=until),
        most_now=Max("seen__now", filter=until),
    )


def taught(project: Project, space: Space, day: date) -> list[Taught]:
    """What a judgement of that day takes for known. Scattered inputs are like nothing, so that nothing can be
    known of them; of structural features see `drift.services.alerts`."""
    found = (
        with_most(expected_groups(project, day))
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
            _most(one),
            tuple(one.facts.get("topics", ())),
        )
        for one in found
    ]


def _most(one: Any) -> float:
    """What has shrunk may come back: to twice what it was, and no more."""
    share = one.then_share if one.kind == "shrunk" else max(one.share or 0.0, one.most_share or 0.0)
    return min(1.0, TIMES * (share or 0.0) or 1.0)

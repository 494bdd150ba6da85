"""Weeks that were judged, as pages and programs show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from annotator.models import Project
from annotator.stats.intervals import Estimate, wilson
from drift.models import Alert, SeenAgain, Topic, WeekCheck, WeekGroup

SHOWN = 8


@dataclass(frozen=True)
class Shown:
    """Topics whose share changed together, mostly one, with shares of the week and of the weeks before."""

    group: WeekGroup
    topics: list[Topic]
    now: Estimate
    before: Estimate


def weeks_of(project: Project) -> QuerySet[WeekCheck]:
    """The newest first, each with its groups, the surest first. Two queries."""
    groups = WeekGroup.objects.select_related("topic").order_by("rank")
    return (
        WeekCheck.objects.filter(project=project)
        .order_by("-day")
        .prefetch_related(Prefetch("groups", queryset=groups))
    )


def newest(project: Project, before: date | None = None) -> list[WeekCheck]:
    found = weeks_of(project)
    return list((found if before is None else found.filter(day__lt=before))[:SHOWN])


def alerts_of(checks: Iterable[WeekCheck]) -> dict[date, Alert]:
    """By the week's last day, the alert that tells of it: its own, or an earlier one that it was noted with. Two queries."""
    days = {one.day: one.project_id for one in checks if one.alarm}
    projects = set(days.values())
    seen = SeenAgain.objects.filter(group__days__gt=1, day__in=days, group__alert__project__in=projects)
    found = {one.day: one.group.alert for one in seen.select_related("group__alert")}
    own = Alert.objects.filter(project__in=projects, day__in=days, groups__days__gt=1).distinct()
    return found | {one.day: one for one in own}


def topics_of(checks: Iterable[WeekCheck]) -> QuerySet[Topic]:
    """All topics of the groups of these weeks."""
    return Topic.objects.filter(
        pk__in={key for one in checks for group in one.groups.all() for key in group.topics}
    )


def shown(check: WeekCheck) -> list[Shown]:
    topics = {one.pk: one for one in topics_of([check])}
    return [
        Shown(
            one,
            [topics[key] for key in one.topics if key in topics],
            wilson(one.rows, one.n),
            wilson(one.then_rows, one.then_n),
        )
        for one in check.groups.all()
    ]

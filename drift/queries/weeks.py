"""Weeks that were judged, as pages and programs show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from annotator.models import Project
from annotator.stats.intervals import Estimate, wilson
from drift.models import WeekCheck, WeekGroup

SHOWN = 8


@dataclass(frozen=True)
class Shown:
    """A topic whose share changed, with shares of the week and of the weeks before."""

    group: WeekGroup
    now: Estimate
    before: Estimate


def weeks_of(project: Project) -> QuerySet[WeekCheck]:
    """The newest first, each with its topics, the surest first. Two queries."""
    groups = WeekGroup.objects.select_related("topic").order_by("rank")
    return (
        WeekCheck.objects.filter(project=project)
        .order_by("-day")
        .prefetch_related(Prefetch("groups", queryset=groups))
    )


def newest(project: Project, before: date | None = None) -> list[WeekCheck]:
    found = weeks_of(project)
    return list((found if before is None else found.filter(day__lt=before))[:SHOWN])


def shown(groups: Sequence[WeekGroup]) -> list[Shown]:
    return [Shown(one, wilson(one.rows, one.n), wilson(one.then_rows, one.then_n)) for one in groups]

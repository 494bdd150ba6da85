"""Rates over time: of a set of items, week by week; of versions of the product, each by itself."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from annotator.models import Project
from annotator.stats.hajek import Cell, of_cells
from annotator.stats.intervals import Estimate
from feedback.days import monday_of
from feedback.models import VibeCheck
from feedback.queries.estimates import Given, answered_of, days_rate, given_of, groups_of

WEEKS = 12

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class OfWeek:
    monday: date
    estimate: Estimate


def recent_checks(project: Project, *, today: date, weeks: int = WEEKS) -> list[VibeCheck]:
    """What was drawn in the last weeks, this one included, the oldest first. One query."""
    since = monday_of(today) - timedelta(weeks=weeks - 1)
    return list(
        VibeCheck.objects.filter(project=project, day__gte=since, queue__isnull=False).order_by("day")
    )


def by_week(checks: Collection[VibeCheck], bad: Collection[int], given: Given | None = None) -> list[OfWeek]:
    """The rate of interactions that are in the set, of each week that has a check. One query, none where
    their answered items are `given`."""
    given, hits = given_of(list(checks)) if given is None else given, frozenset(bad)
    weeks: dict[date, list[VibeCheck]] = {}
    for check in checks:
        weeks.setdefault(monday_of(check.day), []).append(check)
    return [
        OfWeek(monday, days_rate([(check, groups_of(check, given, hits)) for check in found]))
        for monday, found in sorted(weeks.items())
    ]


def by_key(
    checks: Collection[VibeCheck],
    key_of: Mapping[int, K],
    bad: Collection[int],
    given: Given | None = None,
) -> dict[K, Estimate]:
    """The rate among the interactions of each key, all days together: Hajek's estimate in a domain, whose
    size is itself estimated. Items without a key are in none. One query, as `by_week`."""
    hits = frozenset(bad)
    drawn = {(check.queue_id, known["name"]): known for check in checks for known in check.strata}
    cells: dict[K, list[Cell]] = {}
    for where, rows in (given_of(list(checks)) if given is None else given).items():
        share = answered_of(drawn[where], len(rows)) if where in drawn else 1.0
        for chance, item in rows:
            if item in key_of:
                cell = Cell(chance, 1, int(item in hits), answered=share)
                cells.setdefault(key_of[item], []).append(cell)
    return {key: of_cells(found) for key, found in cells.items()}

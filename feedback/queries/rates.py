"""Rates over time: of a set of items, week by week; of versions of the product, each by itself."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from annotator.models import Project
from annotator.stats.hajek import Cell, of_cells, scaled
from annotator.stats.intervals import Estimate
from feedback.days import monday_of
from feedback.models import VibeCheck
from feedback.queries.estimates import Given, days_rate, given_of, groups_of, rows_of

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
    size is itself estimated. Items without a key are in none. One query, as `by_week`.

    A day stands for all that was logged on it, as in `days_rate`: how much of it was answered makes it more
    or less certain, and not more or less. Otherwise busy days, of which less is answered, would count for
    less, and they are not like quiet ones (decision 19). That holds for a group without any answer, too.
    """
    given, hits = given_of(list(checks)) if given is None else given, frozenset(bad)
    cells: dict[K, list[Cell]] = {}
    for check in checks:
        rows = [row for known in check.strata for row in rows_of(check, known, given)]
        cells_of_day = [Cell(chance, 1, int(item in hits), answered=share) for chance, item, share in rows]
        day = scaled(check.population, cells_of_day)
        for (_chance, item, _share), cell in zip(rows, day, strict=True):
            if item in key_of:
                cells.setdefault(key_of[item], []).append(cell)
    return {key: of_cells(found) for key, found in cells.items()}

"""The rows of a day and of its baseline, drawn and read. Only the ml worker imports this module."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from drift import vectors
from drift.baseline import Chosen
from drift.models import EmbeddedDay, InputVector, Space
from drift.queries import structural
from drift.structure.judge import as_on
from feedback.queries.interactions import moment_of

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """`today` (n, d) and `before` (B, d): unit vectors, in the order of their ids day by day. `days` (B,): of each
    row before, the number of its day. `hours`: those (UTC, of the day that is judged) that all rows are of, None for all hours: part of a day
    is compared with the same part of others, since what is asked in the morning is not what is asked at night."""

    today: vectors.Vectors
    today_ids: Ints
    today_interactions: list[UUID]
    before: vectors.Vectors
    before_ids: Ints
    before_interactions: list[UUID]
    days: Ints
    hours: frozenset[int] | None = None

    def rows_of(self, chosen: Chosen) -> dict[date, int]:
        """Of each day of the baseline that it was made of, how many rows there are."""
        counts = np.bincount(self.days, minlength=len(chosen.rows)).tolist()
        return {day: n for day, n in zip(chosen.rows, counts, strict=True) if n}


def rows_by_day(space: Space) -> list[tuple[date, int]]:
    """Of each day that is embedded, how many rows a test can take."""
    whole = EmbeddedDay.objects.filter(space=space, finished_at__isnull=False)
    counted = (
        InputVector.objects.filter(day__in=whole, weight__gt=0)
        .values_list("day__day")
        .annotate(rows=Count("pk"))
        .order_by("day__day")
    )
    return list(counted)


def read(
    space: Space, day: date, chosen: Chosen, seed: int, *, rows: int, hours: frozenset[int] | None = None
) -> Window:
    today = _drawn(space, day, rows, seed, hours)
    parts = _before(space, day, chosen, seed, hours)
    return _window(today.vectors, today.ids, today.interactions, parts, hours)


def against(space: Space, window: Window, day: date, chosen: Chosen, seed: int) -> Window:
    """The same rows of the day beside other days."""
    parts = _before(space, day, chosen, seed, window.hours)
    return _window(window.today, window.today_ids, window.today_interactions, parts, window.hours)


def _window(
    today: vectors.Vectors,
    ids: Ints,
    interactions: list[UUID],
    parts: list[vectors.Day],
    hours: frozenset[int] | None,
) -> Window:
    d = max([today.shape[1], *(one.vectors.shape[1] for one in parts)])
    return Window(
        today if len(today) else np.zeros((0, d), np.float32),
        ids,
        interactions,
        before=np.concatenate([np.zeros((0, d), np.float32), *(one.vectors for one in parts if len(one))]),
        before_ids=np.concatenate([np.zeros(0, np.int64), *(one.ids for one in parts)]),
        before_interactions=[row for one in parts for row in one.interactions],
        days=np.repeat(np.arange(len(parts)), [len(one) for one in parts]),
        hours=hours,
    )


def _before(
    space: Space, day: date, chosen: Chosen, seed: int, hours: frozenset[int] | None
) -> list[vectors.Day]:
    clock = structural.ahead(space.project, day)
    return [
        _drawn(space, one, rows, seed, hours and as_on(hours, clock, structural.ahead(space.project, one)))
        for one, rows in chosen.rows.items()
    ]


def _drawn(space: Space, day: date, rows: int, seed: int, hours: frozenset[int] | None) -> vectors.Day:
    """At most `rows` of the day's `hours`, each as likely; the same for the same seed."""
    whole = vectors.of_day(space, day)
    if hours is not None:
        within = [moment_of(key).hour in hours for key in whole.interactions]
        whole = _some(whole, np.flatnonzero(np.array(within, dtype=bool)))
    if len(whole) <= rows:
        return whole
    chance = np.random.default_rng([seed, day.toordinal()])
    return _some(whole, np.sort(chance.choice(len(whole), rows, replace=False)))


def _some(whole: vectors.Day, some: Ints) -> vectors.Day:
    return vectors.Day(
        whole.ids[some],
        [whole.interactions[row] for row in some],
        whole.weights[some],
        whole.sampled[some],
        whole.vectors[some],
    )

"""The log by pages. Rows are found by walking the index on (project, id) in bounded steps.

A filter that matches much fills a page within the first step. One that matches little would
walk the whole log: the walk stops when its time is up and says how far it came, so that the
next request goes on from there. Nothing but a text search ever reads a payload.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Left

from annotator.models import Project
from annotator.reading.times import EPOCH
from feedback.ingest.ids import MILLISECOND
from feedback.models import Interaction
from feedback.queries.texts import holds

PAGE = 50
PATIENCE = 0.12  # seconds a walk may take; its steps are measured to end with them
SHORTEST_STEP, FIRST_STEP, LONGEST_STEP = 1_000, 3_000, 50_000  # rows
GROWTH = 8  # a step is no longer than so many times the one before
RECENT = 2_000  # rows whose values are suggested
SUGGESTED = ("feature", "model", "prompt_version", "variant")
SUGGESTIONS = 100
_ERROR_SHOWN = 160


class Row(NamedTuple):
    """What a list shows of an interaction."""

    id: UUID
    occurred_at: datetime
    environment: str
    feature: str
    model: str
    prompt_version: str
    variant: str
    input_preview: str
    output_preview: str
    no_output: bool
    error_start: str


_SHOWN = Row._fields


@dataclass(frozen=True, slots=True)
class Where:
    """Which interactions. Ids bound the time: `first <= id < end`."""

    first: UUID | None = None
    end: UUID | None = None
    equal: tuple[tuple[str, str], ...] = ()  # (column, value); columns are ours, never the sender's
    failed: bool = False
    no_output: bool = False
    text: str = ""

    @property
    def everything(self) -> bool:
        return self == Where()

    def condition(self) -> Q:
        """What the index cannot find: true for all rows when only the time is bounded."""
        wanted = Q(**dict(self.equal))
        if self.failed:
            wanted &= ~Q(error="")
        if self.no_output:
            wanted &= Q(output__isnull=True)
        if self.text:
            wanted &= holds(self.text)
        return wanted


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first.

    `more`: another one lies beyond. `searched_to`: the walk stopped there for want of time,
    perhaps before the page was full; None: it came to its end.
    """

    rows: Sequence[Row]
    more: bool = False
    searched_to: UUID | None = None


def older(
    project: Project,
    where: Where,
    *,
    before: UUID | None = None,
    size: int = PAGE,
    patience: float | None = None,
) -> Page:
    """The newest rows, or those before an id."""
    return _walk(span(project, where), where.condition(), before, size=size, patience=patience, down=True)


def newer(
    project: Project, where: Where, *, after: UUID, size: int = PAGE, patience: float | None = None
) -> Page:
    """The rows next to an id on its newer side."""
    found = _walk(span(project, where), where.condition(), after, size=size, patience=patience, down=False)
    return Page(found.rows[::-1], found.more, found.searched_to)


def suggestions(project: Project) -> dict[str, list[str]]:
    """Values that the newest rows have, by column: the whole log is not asked. A browser shows
    them as they are, so none with characters that would not be seen."""
    recent = Interaction.objects.filter(project=project).order_by("-id").values_list(*SUGGESTED)[:RECENT]
    columns = zip(*recent, strict=True)
    return {
        name: sorted({value for value in values if value and value.isprintable()})[:SUGGESTIONS]
        for name, values in zip(SUGGESTED, columns, strict=False)
    }


def holds_any(project: Project) -> bool:
    """Whether anything was ever logged."""
    return Interaction.objects.filter(project=project).exists()


def named(project: Project, text: str) -> UUID | None:
    """The newest interaction whose external id is exactly this text."""
    found = Interaction.objects.filter(project=project, external_id=text)
    return found.order_by("-id").values_list("id", flat=True).first()


def moment_of(key: UUID) -> datetime:
    """The time in the key, to the millisecond."""
    return EPOCH + (key.int >> 80) * MILLISECOND


def span(project: Project, where: Where) -> QuerySet[Interaction]:
    """The interactions of its time: what `condition` looks at."""
    rows = Interaction.objects.filter(project=project)
    if where.first is not None:
        rows = rows.filter(id__gte=where.first)
    if where.end is not None:
        rows = rows.filter(id__lt=where.end)
    return rows


def _walk(
    span: QuerySet[Interaction],
    condition: Q,
    start: UUID | None,
    *,
    size: int,
    patience: float | None,
    down: bool,
) -> Page:
    beyond, within, order = ("id__lt", "id__gte", "-id") if down else ("id__gt", "id__lte", "id")
    rows: list[Row] = []
    patience = PATIENCE if patience is None else patience
    step, began = FIRST_STEP, time.perf_counter()
    while True:
        left = span.order_by(order) if start is None else span.filter(**{beyond: start}).order_by(order)
        asked = time.perf_counter()
        edge = left.values_list("id", flat=True)[step : step + 1].first() if condition else None
        looked_at = left if edge is None else left.filter(**{within: edge})
        rows += _rows(looked_at.filter(condition), size + 1 - len(rows))
        if len(rows) > size:
            return Page(rows[:size], more=True)
        if edge is None:
            return Page(rows)
        now = time.perf_counter()
        time_left = patience - (now - began)
        if time_left <= 0:
            return Page(rows, searched_to=edge)
        start, growth = edge, min(time_left / (now - asked), GROWTH)
        step = min(max(int(step * growth), SHORTEST_STEP), LONGEST_STEP)


def _rows(found: QuerySet[Interaction], most: int) -> list[Row]:
    no_output: Any = ExpressionWrapper(Q(output__isnull=True), output_field=BooleanField())
    shown = found.annotate(no_output=no_output, error_start=Left("error", _ERROR_SHOWN))
    return [Row(*values) for values in shown.values_list(*_SHOWN)[:most]]

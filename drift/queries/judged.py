"""Days that were judged, as pages show them. Texts come from the log, which may have lost them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch

from annotator.models import Project
from annotator.stats.intervals import Estimate, wilson
from drift.models import DriftCheck, DriftGroup, DriftPlan, EmbeddedDay, Reference, StructuralChange
from drift.models.checks import ARRAYS
from drift.services import naming, plans, reference_inputs
from drift.structure.telling import each_once

SHOWN = 5  # rows of a group on the day's page


@dataclass(frozen=True)
class Row:
    """An input of a group. `text`: None when the log has it no more, or the reference. `interaction`: None of a
    reference's."""

    interaction: UUID | None
    text: str | None


@dataclass(frozen=True)
class Shown:
    """A group with its numbers. `rows`: of the day, those nearest its middle; of a shrunk group, of the baseline."""

    group: DriftGroup
    now: Estimate
    before: Estimate
    count: int
    before_count: int
    ratio: float | None
    rows: list[Row]

    @property
    def is_shrunk(self) -> bool:
        return self.group.kind == "shrunk"

    @property
    def more(self) -> int:
        return (self.before_count if self.is_shrunk else self.count) - len(self.rows)


def newest(project: Project, count: int, before: date | None = None) -> list[DriftCheck]:
    """Newest first, each with its groups, surest first. `day_rows` and the like of a group are not fetched."""
    groups = DriftGroup.objects.order_by("rank").defer(
        "day_rows", "baseline_rows", "reference_rows", "centroid"
    )
    found = DriftCheck.objects.filter(project=project).defer(*ARRAYS)
    if before is not None:
        found = found.filter(day__lt=before)
    return list(found.order_by("-day").prefetch_related(Prefetch("groups", queryset=groups))[:count])


def changed(project: Project, checks: Sequence[DriftCheck]) -> dict[date, list[StructuralChange]]:
    """What of inputs and outputs is other, of the days that raised an alarm; the surest first. One query."""
    days = [one.day for one in checks if one.alarm]
    found: dict[date, list[StructuralChange]] = {}
    for change in StructuralChange.objects.filter(project=project, day__in=days, alarm=True).order_by(
        "p", "pk"
    ):
        found.setdefault(change.day, []).append(change)
    return {day: each_once(changes) for day, changes in found.items()}


def neighbours(check: DriftCheck) -> tuple[DriftCheck | None, DriftCheck | None]:
    """The judged day before and the one after."""
    mine = DriftCheck.objects.filter(project=check.project_id).only("day")
    return (
        mine.filter(day__lt=check.day).order_by("-day").first(),
        mine.filter(day__gt=check.day).order_by("day").first(),
    )


def groups_of(check: DriftCheck, plan: DriftPlan) -> list[Shown]:
    """With the first rows of each: two queries, however many there are, and three of a reference."""
    groups = list(check.groups.order_by("rank"))
    logged = {one.pk: _own(one)[:SHOWN] for one in groups}
    said = naming.texts_of(plan, [row for rows in logged.values() for row in rows], check.space)
    pinned = {one.pk: (one.reference_rows or [])[:SHOWN] for one in groups if one.kind == "shrunk"}
    in_reference = _said_in_reference(check, plan, [row for rows in pinned.values() for row in rows])
    rows = {
        one.pk: rows_of(logged[one.pk], said)
        + [Row(None, in_reference.get(row)) for row in pinned.get(one.pk, [])]
        for one in groups
    }
    return [shown(check, one, rows[one.pk]) for one in groups]


def shown(check: DriftCheck, group: DriftGroup, rows: list[Row]) -> Shown:
    now = wilson(len(group.day_rows), len(check.day_vectors))
    before = wilson(group.then_count, check.then_compared)
    ratio = now.value / before.value if now.value is not None and before.value else None
    return Shown(group, now, before, len(group.day_rows), group.then_count, ratio, rows)


def page_of(check: DriftCheck, plan: DriftPlan, rows: Sequence[UUID]) -> list[Row]:
    return rows_of(rows, naming.texts_of(plan, rows, check.space))


def page_of_reference(check: DriftCheck, plan: DriftPlan, positions: Sequence[int]) -> list[Row]:
    said = _said_in_reference(check, plan, positions)
    return [Row(None, said.get(position)) for position in positions]


def _said_in_reference(check: DriftCheck, plan: DriftPlan, positions: Sequence[int]) -> dict[int, str]:
    """What the reference still has, if it is there."""
    told = check.baseline.get("reference")
    if not told or not positions:
        return {}
    found = Reference.objects.select_related("file").filter(project=check.project_id, pk=told["id"]).first()
    return reference_inputs.texts_at(found, positions, plans.rule_of(plan)) if found else {}


def rows_of(rows: Sequence[UUID], said: dict[UUID, str]) -> list[Row]:
    return [Row(row, said.get(row)) for row in rows]


def embedded_of(check: DriftCheck) -> EmbeddedDay | None:
    return EmbeddedDay.objects.filter(space=check.space_id, day=check.day).first()


def _own(group: DriftGroup) -> list[UUID]:
    return group.baseline_rows if group.kind == "shrunk" else group.day_rows

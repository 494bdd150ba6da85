"""Which alerts keep days out of a rolling baseline, and whether a day was not judged for want of such days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from annotator.models import Project
from drift.baseline import OLDEST
from drift.models import Alert, BaselineKind, DriftCheck, DriftPlan, StructuralDay
from drift.queries.taught import alerts_that_leave_out, seen_that_leave_out
from drift.structure.judge import Why

WANTING = ("few_baseline_days", "few_baseline_rows")  # reasons of `scan.refused` that more days would mend


@dataclass(frozen=True)
class KeptOut:
    """An alert that nobody called expected, and its days that a baseline could have had, oldest first."""

    alert: Alert
    days: list[date]


def wants_days(check: DriftCheck) -> bool:
    """Whether its topics, or how its inputs and outputs are made, had too few days to be compared with."""
    if check.reason in WANTING:
        return True
    if check.structure_p is not None:
        return False
    return StructuralDay.objects.filter(
        project=check.project_id, day=check.day, judged__why=Why.FEW_DAYS
    ).exists()


def keeping_out(plan: DriftPlan, day: date) -> list[KeptOut]:
    """Of the baseline of that day; who keeps the most first. Two queries."""
    return _within(plan, _by_alert(plan, [day]), day)


def for_refused(plan: DriftPlan, checks: Sequence[DriftCheck]) -> dict[date, list[KeptOut]]:
    """For a list of days: of those whose topics had too few days. Two queries; none where there is no such day."""
    days = [one.day for one in checks if one.reason in WANTING]
    found = _by_alert(plan, days) if days else []
    return {day: _within(plan, found, day) for day in days}


def _by_alert(plan: DriftPlan, days: Iterable[date]) -> list[KeptOut]:
    if plan.baseline_kind == BaselineKind.PINNED:
        return []
    ends = sorted(days)
    within = (ends[0] - _reach(plan), ends[-1])
    kept = _alerts(plan.project, within)
    return [KeptOut(alert, sorted(of)) for alert, of in kept]


def _alerts(project: Project, within: tuple[date, date]) -> list[tuple[Alert, set[date]]]:
    seen = seen_that_leave_out(project).filter(day__range=within).values_list("group__alert", "day")
    again: dict[int, set[date]] = {}
    for key, day in seen:
        again.setdefault(key, set()).add(day)
    own = alerts_that_leave_out(project).filter(day__range=within, pk=OuterRef("pk"))
    found = (
        Alert.objects.filter(project=project).annotate(own=Exists(own)).filter(Q(own=True) | Q(pk__in=again))
    )
    return [
        (one, ({one.day} if one.own else set()) | again.get(one.pk, set()))
        for one in found.select_related("project", "owner").order_by("day")
    ]


def _within(plan: DriftPlan, found: Iterable[KeptOut], day: date) -> list[KeptOut]:
    first = day - _reach(plan)
    kept = [KeptOut(one.alert, [at for at in one.days if first <= at < day]) for one in found]
    return sorted((one for one in kept if one.days), key=lambda one: (-len(one.days), one.alert.day))


def _reach(plan: DriftPlan) -> timedelta:
    return timedelta(days=OLDEST * plan.baseline_days)

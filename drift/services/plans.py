"""How a project's days are embedded and judged: its plan."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from annotator.models import Project
from drift import texts
from drift.models import DriftPlan
from drift.texts import Rule
from feedback import days

MOST_PINNED = 92  # days of a pinned baseline
LEAST_DAYS = 14  # that are embedded before the newest one, whatever the baseline is


def schedule_of(project_id: int) -> str:
    """The name of the project's slots in `ScheduledRun`."""
    return f"drift.embed:{project_id}"


def slot_of(day: date) -> datetime:
    """What a day's slot is called. Not the hour: moving it must not make the day due again."""
    return datetime.combine(day, time(), UTC)


def plan_of(project: Project) -> DriftPlan | None:
    plan = DriftPlan.objects.select_related("space", "reference__version").filter(project=project).first()
    if plan:
        plan.project = project
    return plan


def ensure_plan(project: Project, *, now: datetime) -> DriftPlan:
    """The project's plan. The first time: from today on, which is when yesterday is embedded."""
    starts_on = days.day_of(now, ZoneInfo(project.time_zone)) - days.DAY
    plan = plan_of(project)
    if plan is None:
        # The clock and whoever opens the project may come at once: the second one is no error of the database.
        DriftPlan.objects.bulk_create(
            [DriftPlan(project=project, starts_on=starts_on)], ignore_conflicts=True
        )
        plan = plan_of(project)
    assert plan is not None  # noqa: S101 - there since the lines before
    return plan


def enabled() -> QuerySet[DriftPlan]:
    return DriftPlan.objects.filter(enabled=True).select_related("project")


def rule_of(plan: DriftPlan) -> Rule:
    return texts.rule_of(plan.rule)


@transaction.atomic
def change(plan: DriftPlan, *, enabled: bool, hour: int, sample_size: int, rule: Rule, encoder: str) -> bool:
    """Store the settings. True when vectors made from now on can no longer be compared with those before: the days
    before want to be embedded anew."""
    row = DriftPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    another = row.encoder != encoder or rule_of(row) != rule
    changed: dict[str, Any] = {"enabled": enabled, "hour": hour, "sample_size": sample_size}
    DriftPlan.objects.filter(pk=plan.pk).update(**changed, rule=rule.as_json(), encoder=encoder)
    return another


def wanted_days(plan: DriftPlan, newest: date) -> list[date]:
    """The days that the judgement of `newest` may need, itself left out, the oldest first."""
    back = max(LEAST_DAYS, plan.baseline_days)
    wanted = {newest - n * days.DAY for n in range(1, back + 1)}
    if plan.pinned_first and plan.pinned_last:
        pinned = min((plan.pinned_last - plan.pinned_first).days + 1, MOST_PINNED)
        wanted |= {plan.pinned_first + n * days.DAY for n in range(pinned)}
    return sorted(day for day in wanted if day < newest)

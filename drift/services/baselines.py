"""Changing what days are compared with. Days that were judged keep their judgement."""

from datetime import date, datetime

from django.db import transaction

from annotator.models import Project
from drift.models import BaselineKind, DriftPlan, Reference
from feedback.queries.waiting import today_in


@transaction.atomic
def change_baseline(
    project: Project,
    *,
    baseline_kind: str,
    baseline_days: int,
    pinned_first: date | None,
    pinned_last: date | None,
    reference: Reference | None,
    now: datetime,
) -> DriftPlan:
    """What is of another kind is forgotten. In the place of a reference that was deleted meanwhile the days before
    stand in."""
    plan, _new = DriftPlan.objects.select_for_update().get_or_create(
        project=project, defaults={"starts_on": today_in(project, now)}
    )
    pinned = baseline_kind == BaselineKind.PINNED
    plan.baseline_kind, plan.baseline_days = baseline_kind, baseline_days
    plan.pinned_first = pinned_first if pinned else None
    plan.pinned_last = pinned_last if pinned else None
    plan.reference = _still_there(reference) if baseline_kind == BaselineKind.REFERENCE else None
    plan.save(update_fields=["baseline_kind", "baseline_days", "pinned_first", "pinned_last", "reference"])
    return plan


def _still_there(reference: Reference | None) -> Reference | None:
    """Locked until the plan is stored."""
    return reference and Reference.objects.select_for_update(no_key=True).filter(pk=reference.pk).first()

"""An alert that is left open keeps its days out of the baseline: whoever has it is told before days cannot be judged."""

from drift import notices
from drift.models import AlertState, DriftCheck
from drift.queries import kept_out
from drift.services import alerts, plans
from feedback.services import notices as telling

DAYS = 7  # kept out by one alert: half of what a baseline has


def tell(check: DriftCheck) -> None:
    """At the end of a judgement. Of each alert once that it keeps many days out, and once that a day was not judged for want of
    days; of several alerts then by the one that keeps out the most."""
    plan = plans.plan_of(check.project)
    if plan is None:
        return
    kept = [one for one in kept_out.keeping_out(plan, check.day) if one.alert.state == AlertState.OPEN]
    refused = bool(kept) and kept_out.wants_days(check)
    for one in kept[:1] if refused else [one for one in kept if len(one.days) >= DAYS]:
        telling.send(
            notices.LEFT_OPEN,
            project=check.project,
            day=one.alert.day,
            to=alerts.told_of(one.alert),
            about=f"{one.alert.pk}:{'refused' if refused else 'kept out'}",
            context={
                "alert": one.alert.pk,
                "days": len(one.days),
                "refused": check.day.isoformat() if refused else "",
            },
        )

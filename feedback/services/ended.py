"""Days of the rotation that are over, kept as they were."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max, Min

from feedback import days
from feedback.models import EndedShift, VibeCheck, VibePlan
from feedback.queries.calendar import EARLIEST
from feedback.queries.shifts import rota_of, zone_of
from feedback.rotation import Shift, Why

BATCH = 1000


def locked(plan: VibePlan, *, now: datetime) -> VibePlan:
    """The plan as it is, for one round or change at a time; days that ended are kept before anything moves."""
    row = VibePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    row.project = plan.project
    keep(row, now=now)
    return row


def keep(plan: VibePlan, *, now: datetime) -> None:
    """Each day that ended and is not kept yet, by what is set at this moment: so before a change.

    The plan is locked and fresh. What is kept is without a gap, from the first day on: of the plan, or
    of the oldest check that was drawn by hand. While no checks are made nobody is on shift; when that
    began is not known of days before the first that was kept.
    """
    today = days.day_of(now, zone_of(plan.project))
    kept = EndedShift.objects.filter(project=plan.project)
    kept.filter(day__gte=today).delete()  # the project's clock was put back: these are not over any more
    known = kept.aggregate(first=Min("day"), last=Max("day"))
    begun, newest = _begun(plan), today - days.DAY
    if known["first"] is None:
        _keep(plan, begun, newest)
    else:
        _keep(plan, begun, known["first"] - days.DAY)
        _keep(plan, known["last"] + days.DAY, newest, off=not plan.enabled)


def _begun(plan: VibePlan) -> date:
    oldest = VibeCheck.objects.filter(project=plan.project).aggregate(day=Min("day"))["day"]
    return max(min(plan.starts_on, oldest + days.DAY if oldest else plan.starts_on), EARLIEST)


def _keep(plan: VibePlan, first: date, last: date, *, off: bool = False) -> None:
    if first > last:
        return
    EndedShift.objects.bulk_create(_shifts(plan, first, last, off=off), batch_size=BATCH)


def _shifts(plan: VibePlan, first: date, last: date, *, off: bool) -> Iterator[EndedShift]:
    rota = rota_of(plan, first, last)
    for n in range((last - first).days + 1):
        shift = rota.rules.on(first + days.DAY * n)
        if off and shift.is_one:
            shift = Shift(shift.day, None, Why.NOBODY)
        yield EndedShift(
            project=plan.project,
            day=shift.day,
            person_id=shift.person,
            instead_of_id=shift.instead_of,
            why=shift.why,
            name=shift.name,
            begins_at=rota.begins_at(shift.day),
        )

"""A look at the rotation as it is now: whose the open checks are, and what there is to tell.

Asked by the clock, after each draw, and after each change of the rotation. Done twice it is done
once: checks are given to whom they belong, and nobody is told a thing twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from annotator.models import Membership, Role, User
from feedback import days
from feedback.models import VibeCheck, VibePlan
from feedback.notices import kinds
from feedback.queries.checks import Looked, looked
from feedback.queries.shifts import AHEAD, PlanRota, rota_of, zone_of
from feedback.services import ended, notices

TOLD = 3  # days after which a missed one is not told any more
LATE = timedelta(minutes=10)  # after which older checks are told of, though the draw found nothing
SOONEST = timedelta(hours=1)  # between the check and the reminder


@dataclass(frozen=True)
class Open:
    """A check that nobody handed over, and the day of the shift that it belongs to."""

    day: date
    seen: Looked


def times(plan: VibePlan, day: date) -> Iterator[tuple[str, datetime]]:
    """When there may be something to tell about a day's shift; and its end, when it is kept."""
    zone = zone_of(plan.project)
    yield "ready", days.moment(day, plan.hour, zone) + LATE
    if plan.reminder_hours:
        yield "reminder", reminder_at(plan, day)
    yield "ended", days.bounds(day, zone)[1]
    yield "over", days.moment(day + days.DAY, plan.hour, zone)


def reminder_at(plan: VibePlan, day: date) -> datetime:
    """So many hours before the day ends, but not before there was time to look: an hour after the
    check, or half of what is left of the day where that is less."""
    zone = zone_of(plan.project)
    struck, end = days.moment(day, plan.hour, zone), days.bounds(day, zone)[1]
    soonest = struck + min(SOONEST, (end - struck) / 2)
    return max(end - timedelta(hours=plan.reminder_hours), soonest)


@transaction.atomic
def go_round(plan: VibePlan, *, now: datetime) -> None:
    plan = ended.locked(plan, now=now)
    project = plan.project
    today = days.day_of(now, zone_of(project))
    rota = rota_of(plan, today - AHEAD, today)
    found = _open(rota, today)
    _give(rota, found, today)
    if plan.enabled:
        _tell_today(rota, [one.seen for one in found if one.day == today], today, now)
        _tell_missed(rota, found, today, now)


def _open(rota: PlanRota, today: date) -> list[Open]:
    checks = VibeCheck.objects.filter(
        project=rota.plan.project, finished_at=None, queue__isnull=False, day__gte=today - AHEAD
    )
    by_day = [(rota.rules.day_for(seen.check.day), seen) for seen in looked(list(checks.order_by("day")))]
    return [Open(day, seen) for day, seen in by_day if day]


def _give(rota: PlanRota, found: list[Open], today: date) -> None:
    """Checks of today's and later shifts to who has them now; what was missed stays with who missed it."""
    for one in found:
        person = rota.person_on(one.day)
        check = one.seen.check
        if one.day >= today and check.person_id != (person.pk if person else None):
            VibeCheck.objects.filter(pk=check.pk).update(person=person)
            check.person = person


def _tell_today(rota: PlanRota, waiting: list[Looked], today: date, now: datetime) -> None:
    plan, person = rota.plan, rota.person_on(today)
    drawn = bool(waiting) and waiting[-1].check.day == today - days.DAY
    late = now >= days.moment(today, plan.hour, rota.zone) + LATE
    if not waiting or person is None or not (drawn or late):
        return
    context = {"checks": len(waiting), "logged": waiting[-1].check.day.isoformat()}
    notices.send(kinds.READY, project=plan.project, day=today, to=[person], context=context)
    if plan.reminder_hours and now >= reminder_at(plan, today):
        notices.send(kinds.REMINDER, project=plan.project, day=today, to=[person], context=context)


def _tell_missed(rota: PlanRota, found: list[Open], today: date, now: datetime) -> None:
    """A day whose items nobody finished. Told when the next day's check comes, not at midnight."""
    plan = rota.plan
    for ago in range(TOLD, 0, -1):
        day = today - days.DAY * ago
        left = [one.seen for one in found if one.day == day and one.seen.left]
        if left and now >= days.moment(day + days.DAY, plan.hour, rota.zone):
            person = left[-1].check.person
            context = {
                "checks": len(left),
                "logged": left[-1].check.day.isoformat(),
                "on_shift": person.shown_name if person else "",
            }
            notices.send(kinds.MISSED, project=plan.project, day=day, to=_owners(plan), context=context)


def _owners(plan: VibePlan) -> list[User]:
    rows = Membership.objects.filter(project=plan.project, role=Role.OWNER, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("pk")]

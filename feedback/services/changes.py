"""One change of a rotation: what was stays, what is open follows, and whose days move is told."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from annotator.models import Membership, Project, User
from annotator.services import jobs
from feedback import days
from feedback.models import MovingDays, VibePlan
from feedback.notices import kinds
from feedback.queries.shifts import rota_of, zone_of
from feedback.services import ended, notices, rounds
from feedback.services.plans import plan_of

JOB = "days_changed"  # the kind of job that tells what moved
AHEAD = 14  # days that people are told of when they move
GATHER = timedelta(minutes=10)  # without a further change by the same person, before it is told
Days = dict[User, set[date]]


@contextmanager
def change(plan: VibePlan, *, by: User, now: datetime) -> Iterator[None]:
    """Change what is set inside: one at a time, all of it or nothing. `by` knows; all others whose days move
    are told when `by` has changed nothing for GATHER, or as soon as somebody else changes something.
    """
    with transaction.atomic():
        row = settle(plan, now=now, but=by)
        before = _ahead(row, now)
        yield
        rounds.go_round(plan, now=now)
        _gather(plan, before, by=by, now=now)


@contextmanager
def of_members(project: Project, by: User) -> Iterator[None]:
    """Who may look changes: a change of the rotation, where there is one."""
    plan = plan_of(project)
    with change(plan, by=by, now=timezone.now()) if plan else nullcontext():
        yield


def settle(plan: VibePlan, *, now: datetime, but: User | None = None) -> VibePlan:
    """The plan as it is, locked: before its days move otherwise than by `but`, it is told how they moved."""
    row = ended.locked(plan, now=now)
    moving = _moving(row)
    if moving and moving.by != but:
        _tell(row, moving, now=now)
    return row


@transaction.atomic
def tell(plan: VibePlan, due: str, *, now: datetime) -> None:
    """What moved, unless it was told, or there is a newer change since that it waits with."""
    row = ended.locked(plan, now=now)
    moving = _moving(row)
    if moving and moving.due_at.isoformat() == due:
        _tell(row, moving, now=now)


def _moving(plan: VibePlan) -> MovingDays | None:
    return MovingDays.objects.filter(plan=plan).select_related("by").first()


def _fresh(plan: VibePlan) -> VibePlan:
    row = VibePlan.objects.get(pk=plan.pk)
    row.project = plan.project
    return row


def _ahead(plan: VibePlan, now: datetime) -> Days:
    """Each one's next days. While no checks are made nobody has any."""
    today = days.day_of(now, zone_of(plan.project))
    found: Days = {}
    if plan.enabled:
        rota = rota_of(plan, today, today + days.DAY * AHEAD)
        for n in range(AHEAD):
            day = today + days.DAY * n
            if person := rota.person_on(day):
                found.setdefault(person, set()).add(day)
    return found


def _gather(plan: VibePlan, before: Days, *, by: User, now: datetime) -> None:
    moving = _moving(plan)
    if moving is None:
        if before == _ahead(_fresh(plan), now):
            return
        told = {person.pk: _iso(found) for person, found in before.items()}
        moving = MovingDays(plan=plan, by=by, first=days.day_of(now, zone_of(plan.project)), before=told)
    moving.due_at = now + GATHER
    moving.save()
    due = moving.due_at.isoformat()
    jobs.ask(
        kind=JOB,
        key=f"{plan.pk}:{get_random_string(22)}",
        project=plan.project,
        arguments={"due": due},
        due_at=moving.due_at,
    )


def _tell(plan: VibePlan, moving: MovingDays, *, now: datetime) -> None:
    """Of the days that are still to come, and were looked at when the first change was made."""
    today = days.day_of(now, zone_of(plan.project))
    until = moving.first + days.DAY * AHEAD
    after = {person.pk: found for person, found in _ahead(plan, now).items()}
    before = {int(pk): {date.fromisoformat(day) for day in found} for pk, found in moving.before.items()}
    inside = Membership.objects.filter(project=plan.project, user__in={*before, *after} - {moving.by_id})
    moved = []
    for one in inside.select_related("user").order_by("user"):  # whoever has left: nothing here is theirs
        old, new = (
            {day for day in found.get(one.user_id, ()) if today <= day < until} for found in (before, after)
        )
        if old != new:
            moved.append((one.user, _iso(new - old), _iso(old - new)))
    context = {
        "by": moving.by.shown_name,
        "changes": [
            {"person": person.shown_name, "gained": gained, "lost": lost} for person, gained, lost in moved
        ],
    }
    notices.send(
        kinds.DAYS,
        project=plan.project,
        day=today,
        to=[person for person, _gained, _lost in moved],
        about=get_random_string(22),
        context=context,
    )
    moving.delete()


def _iso(found: set[date]) -> list[str]:
    return [day.isoformat() for day in sorted(found)]

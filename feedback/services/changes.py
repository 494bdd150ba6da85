"""One change of a rotation: what was stays, what is open follows, and whose days move is told."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from annotator.models import Membership, Project, User
from feedback import days
from feedback.models import VibePlan
from feedback.notices import kinds
from feedback.queries.shifts import rota_of, zone_of
from feedback.services import ended, notices, rounds
from feedback.services.plans import plan_of

AHEAD = 14  # days that people are told of when they move
Days = dict[User, set[date]]


@contextmanager
def change(plan: VibePlan, *, by: User, now: datetime, told: bool = False) -> Iterator[None]:
    """Change what is set inside: one at a time, all of it or nothing.

    `told`: those whom it concerns hear of it in words of its own. `by` knows.
    """
    with transaction.atomic():
        before = _ahead(_locked(plan, now), now)
        yield
        rounds.go_round(plan, now=now)
        if not told:
            _tell(plan, before, _ahead(_fresh(plan), now), by=by, now=now)


@contextmanager
def of_members(project: Project, by: User) -> Iterator[None]:
    """Who may look changes: a change of the rotation, where there is one."""
    plan = plan_of(project)
    with change(plan, by=by, now=timezone.now()) if plan else nullcontext():
        yield


def _locked(plan: VibePlan, now: datetime) -> VibePlan:
    VibePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    row = _fresh(plan)
    ended.keep(row, now=now)
    return row


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


def _tell(plan: VibePlan, before: Days, after: Days, *, by: User, now: datetime) -> None:
    inside = set(Membership.objects.filter(project=plan.project).values_list("user_id", flat=True))
    moved = []
    for person in sorted({*before, *after} - {by}, key=lambda one: one.pk):
        if person.pk not in inside:
            continue  # has left: nothing here is theirs any more
        old, new = before.get(person, set()), after.get(person, set())
        if old != new:
            moved.append((person, _iso(new - old), _iso(old - new)))
    context = {
        "by": by.shown_name,
        "changes": [
            {"person": person.shown_name, "gained": gained, "lost": lost} for person, gained, lost in moved
        ],
    }
    notices.send(
        kinds.DAYS,
        project=plan.project,
        day=days.day_of(now, zone_of(plan.project)),
        to=[person for person, _gained, _lost in moved],
        about=get_random_string(22),
        context=context,
    )


def _iso(found: set[date]) -> list[str]:
    return [day.isoformat() for day in sorted(found)]

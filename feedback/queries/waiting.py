"""Checks that wait for somebody, and the next ones to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from annotator.access import LABELERS
from annotator.models import Membership, Project, User
from feedback import days
from feedback.models import Swap, SwapState, VibeCheck, VibePlan
from feedback.queries.checks import Looked, looked
from feedback.queries.shifts import PlanRota, rotas_of, zone_of

OLDEST = timedelta(days=14)  # what waits longer is found in the list of checks
MOST = 12


@dataclass(frozen=True)
class Next:
    """When the next check of a project comes, on its own clock, and whose it is.

    `in_days`: 0 today, 1 tomorrow. `at` is naive: the project's wall clock.
    """

    project: Project
    at: datetime
    in_days: int
    person: User | None


@dataclass(frozen=True)
class Mine:
    """`others`: somebody else's or nobody's that this person may cover. `asked`: whose days they are
    asked to take."""

    mine: list[Looked]
    others: list[Looked]
    coming: list[Next]
    asked: list[Swap]


def waiting_for(user: User, *, now: datetime) -> Mine:
    """All projects of a person. Constant in queries."""
    memberships = list(
        Membership.objects.filter(user=user).select_related("project").order_by("project__name")
    )
    may_label = [one.project_id for one in memberships if one.role in LABELERS]
    open_checks = waiting_in(may_label, now=now)
    mine = [one for one in open_checks if one.check.person_id == user.pk]
    others = [one for one in open_checks if one.check.person_id != user.pk]
    asked = Swap.objects.filter(
        taker=user, project__in=may_label, state=SwapState.ASKED, day__gte=(now - days.DAY).date()
    ).select_related("project", "giver", "taker")
    return Mine(
        mine,
        others,
        coming([one.project for one in memberships], now=now),
        list(asked.order_by("day")[:MOST]),
    )


def waiting_in(projects: Sequence[int], *, now: datetime) -> list[Looked]:
    """Checks with items that nobody has handed over yet, the newest first."""
    found = VibeCheck.objects.filter(
        project__in=projects, finished_at=None, queue__isnull=False, day__gte=(now - OLDEST).date()
    ).select_related("project", "person")
    return looked(list(found.order_by("-day", "project__name")[:MOST]))


def coming(projects: Sequence[Project], *, now: datetime) -> list[Next]:
    """The next check of each project that has them, the soonest first."""
    plans = list(VibePlan.objects.filter(project__in=projects, enabled=True).select_related("project"))
    today = now.date()  # a day off in some zone: what is loaded lies around it
    rotas, drawn = rotas_of(plans, today - days.DAY, today + days.DAY), _drawn(projects, now)
    found = [_next(rota, drawn, now) for rota in rotas.values()]
    return sorted(found, key=lambda one: one.in_days)


def next_of(rota: PlanRota, *, now: datetime) -> Next:
    return _next(rota, _drawn([rota.plan.project], now), now)


def _drawn(projects: Sequence[Project], now: datetime) -> set[tuple[int, date]]:
    """What was drawn before its hour, by hand: (project, day) of the last days."""
    recent = VibeCheck.objects.filter(project__in=projects, day__gte=now.date() - timedelta(days=3))
    return set(recent.values_list("project_id", "day"))


def _next(rota: PlanRota, drawn: set[tuple[int, date]], now: datetime) -> Next:
    """At the hour of the next day on which somebody looks."""
    plan, zone = rota.plan, rota.zone
    at = days.next_slot(hour=plan.hour, zone=zone, now=now)
    if (plan.project_id, days.day_of(at, zone) - days.DAY) in drawn:
        at = days.next_slot(hour=plan.hour, zone=zone, now=at)
    shift = rota.rules.next_day(days.day_of(at, zone)) or days.day_of(at, zone)
    at = days.moment(shift, plan.hour, zone)
    ahead = shift - days.day_of(now, zone)
    local = at.astimezone(zone).replace(tzinfo=None)
    return Next(plan.project, local, ahead.days, rota.person_on(shift))


def today_in(project: Project, now: datetime) -> date:
    return days.day_of(now, zone_of(project))

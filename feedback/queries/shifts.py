"""Who is on shift, in a project's own order and calendar."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from annotator.access import LABELERS
from annotator.models import Membership, Project, User
from feedback import days, rotation
from feedback.models import Absence, EndedShift, Holiday, RotationMember, Swap, SwapState, Turn, VibePlan
from feedback.rotation import Away, Cycle, Rota, Shift, Trade, Why

AHEAD = timedelta(days=rotation.FURTHEST)


@dataclass(frozen=True)
class OnRotation:
    """One person in order. `can`: has an open account and may label in the project."""

    user: User
    can: bool


@dataclass(frozen=True)
class Turns:
    """A turn from its first to its last day; nobody when the rotation has nobody who can."""

    first: date
    last: date
    person: User | None


@dataclass(frozen=True)
class OnDay:
    """A day of the rotation, with people in the place of their ids."""

    day: date
    person: User | None
    why: Why
    instead_of: User | None
    name: str
    is_one: bool


@dataclass(frozen=True)
class PlanRota:
    """A plan's rotation for a span of days: outside of it, single dates are not known.

    `rules` speaks of people by their ids; `users` knows all that it may name. `struck`: when the checks
    of ended days came.
    """

    plan: VibePlan
    people: list[OnRotation]
    rules: Rota[int]
    users: dict[int, User]
    swaps: list[Swap]
    absences: list[Absence]
    holidays: list[Holiday]
    struck: dict[date, datetime]

    def on(self, day: date) -> OnDay:
        if day < self.begun:
            return OnDay(day, None, Why.BEFORE, None, "", is_one=False)
        shift = self.rules.on(day)
        return OnDay(
            day,
            self._user(shift.person),
            shift.why,
            self._user(shift.instead_of),
            shift.name,
            shift.is_one,
        )

    def person_on(self, day: date) -> User | None:
        return self._user(self.rules.on(day).person)

    def person_for(self, logged: date) -> User | None:
        """Who looks at what was logged on that day: whoever has the next shift."""
        day = self.rules.day_for(logged)
        return self.person_on(day) if day else None

    def begins_at(self, day: date) -> datetime:
        """When the check of that day's shift comes, or came."""
        return self.struck.get(day) or days.moment(day, self.plan.hour, self.zone)

    @cached_property
    def begun(self) -> date:
        """Its first day: kept ones go back without a gap, further where older days were drawn by hand."""
        return min([self.plan.starts_on, *self.struck])

    def _user(self, pk: int | None) -> User | None:
        return None if pk is None else self.users.get(pk)

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_of(self.plan.project)


def rota_of(plan: VibePlan, first: date, last: date) -> PlanRota:
    return rotas_of([plan], first, last)[plan.pk]


def rotas_of(plans: Iterable[VibePlan], first: date, last: date) -> dict[int, PlanRota]:
    """By plan, for the days from `first` to `last` and what lies ahead of them. Six queries for any number.

    Each plan comes with its project.
    """
    by_id = {plan.pk: plan for plan in plans}
    projects = {plan.project_id for plan in by_id.values()}
    if not projects:
        return {}
    until = last + AHEAD
    may = set(
        Membership.objects.filter(project__in=projects, role__in=LABELERS, user__is_active=True).values_list(
            "project_id", "user_id"
        )
    )
    members: dict[int, list[RotationMember]] = defaultdict(list)
    for row in (
        RotationMember.objects.filter(plan__in=by_id).select_related("user").order_by("position", "pk")
    ):
        members[row.plan_id].append(row)
    holidays: dict[int, list[Holiday]] = defaultdict(list)
    for day in Holiday.objects.filter(project__in=projects, day__range=(first, until)).order_by("day"):
        holidays[day.project_id].append(day)
    absences: dict[int, list[Absence]] = defaultdict(list)
    for away in (
        Absence.objects.filter(project__in=projects, first__lte=until, last__gte=first)
        .select_related("person")
        .order_by("first", "pk")
    ):
        absences[away.project_id].append(away)
    swaps: dict[int, list[Swap]] = defaultdict(list)
    for swap in (
        Swap.objects.filter(project__in=projects, state__in=[SwapState.ASKED, SwapState.ACCEPTED])
        .exclude(day__lt=first, return_day=None)
        .select_related("giver", "taker", "asked_by")
        .order_by("decided_at", "pk")
    ):
        swaps[swap.project_id].append(swap)
    ended: dict[int, list[EndedShift]] = defaultdict(list)
    for kept in EndedShift.objects.filter(project__in=projects, day__range=(first, until)).select_related(
        "person", "instead_of"
    ):
        ended[kept.project_id].append(kept)
    return {
        plan.pk: _rota(
            plan,
            members[plan.pk],
            may,
            holidays[plan.project_id],
            absences[plan.project_id],
            swaps[plan.project_id],
            ended[plan.project_id],
        )
        for plan in by_id.values()
    }


def _rota(
    plan: VibePlan,
    members: list[RotationMember],
    may: set[tuple[int, int]],
    holidays: list[Holiday],
    absences: list[Absence],
    swaps: list[Swap],
    ended: list[EndedShift],
) -> PlanRota:
    def can(user_id: int) -> bool:
        return (plan.project_id, user_id) in may

    users = {row.user_id: row.user for row in members}
    for swap in swaps:
        users[swap.taker_id] = swap.taker
        if swap.giver_id is not None and swap.giver is not None:
            users[swap.giver_id] = swap.giver
    users |= {one.pk: one for kept in ended for one in (kept.person, kept.instead_of) if one}
    rules = Rota(
        people=[row.user_id for row in members],
        cycle=cycle_of(plan),
        holidays={one.day: one.name for one in holidays},
        absences=[Away(one.person_id, one.first, one.last) for one in absences],
        trades=_trades(swaps),
        can=can,
        ended={
            one.day: Shift(one.day, one.person_id, Why(one.why), one.instead_of_id, one.name) for one in ended
        },
    )
    people = [OnRotation(row.user, can(row.user_id)) for row in members]
    struck = {one.day: one.begins_at for one in ended}
    return PlanRota(plan, people, rules, users, swaps, absences, holidays, struck)


def cycle_of(plan: VibePlan) -> Cycle:
    return Cycle(
        plan.starts_on,
        by_week=plan.turn == Turn.WEEK,
        weekdays=rotation.weekdays_of(plan.weekdays),
        week_start=plan.week_start,
    )


def _trades(swaps: list[Swap]) -> dict[date, Trade[int]]:
    """By date; they come in the order in which they were decided, so that the newest stays."""
    trades: dict[date, Trade[int]] = {}
    for swap in swaps:
        if swap.state != SwapState.ACCEPTED:
            continue
        both = swap.return_day is not None
        trades[swap.day] = Trade(swap.giver_id, swap.taker_id, swap=both)
        if swap.return_day is not None and swap.giver_id is not None:
            trades[swap.return_day] = Trade(swap.taker_id, swap.giver_id, swap=True)
    return trades


def next_turns(rota: PlanRota, day: date, count: int) -> list[Turns]:
    """The turns from the one of `day` on; neighbouring days of one person are one turn.

    Days on which nobody is to look are passed over.
    """
    turns: list[Turns] = []
    by_week = rota.plan.turn == Turn.WEEK
    for step in range(rotation.FURTHEST):
        here = rota.on(day + days.DAY * step)
        if not here.is_one:
            continue
        if turns and turns[-1].person == here.person and (by_week or here.person is None):
            turns[-1] = Turns(turns[-1].first, here.day, here.person)
        elif len(turns) == count:
            break
        else:
            turns.append(Turns(here.day, here.day, here.person))
    return turns


def zone_of(project: Project) -> ZoneInfo:
    return ZoneInfo(project.time_zone)

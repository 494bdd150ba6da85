"""Who is on shift, in a project's own order and calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from annotator.access import LABELERS
from annotator.models import Membership, Project, User
from feedback import days, rotation
from feedback.models import RotationMember, Turn, VibePlan


@dataclass(frozen=True)
class OnRotation:
    """One person in order. `can`: has an open account and may label in the project."""

    user: User
    can: bool


@dataclass(frozen=True)
class Shift:
    """A turn from its first to its last day; nobody when the rotation has nobody who can."""

    first: date
    last: date
    person: User | None


def people_on(plans: Iterable[VibePlan]) -> dict[int, list[OnRotation]]:
    """By plan. Two queries for any number of plans."""
    by_id = {plan.pk: plan for plan in plans}
    rows = RotationMember.objects.filter(plan__in=by_id).select_related("user").order_by("position", "pk")
    may = set(
        Membership.objects.filter(
            project__in=[plan.project_id for plan in by_id.values()], role__in=LABELERS, user__is_active=True
        ).values_list("project_id", "user_id")
    )
    found: dict[int, list[OnRotation]] = {key: [] for key in by_id}
    for row in rows:
        can = (by_id[row.plan_id].project_id, row.user_id) in may
        found[row.plan_id].append(OnRotation(row.user, can))
    return found


def person_on(plan: VibePlan, people: list[OnRotation], day: date) -> User | None:
    """Who is on shift on that day."""
    chosen = rotation.on_shift(
        people,
        day,
        starts_on=plan.starts_on,
        by_week=plan.turn == Turn.WEEK,
        available=lambda one: one.can,
    )
    return chosen.user if chosen else None


def next_shifts(plan: VibePlan, people: list[OnRotation], day: date, count: int) -> list[Shift]:
    """The turns from the one of `day` on; neighbouring days of one person are one turn."""
    shifts: list[Shift] = []
    most = count * 7
    for step in range(most):
        here = day + days.DAY * step
        person = person_on(plan, people, here)
        if shifts and shifts[-1].person == person and (plan.turn == Turn.WEEK or person is None):
            shifts[-1] = Shift(shifts[-1].first, here, person)
        elif len(shifts) == count:
            break
        else:
            shifts.append(Shift(here, here, person))
    return shifts


def zone_of(project: Project) -> ZoneInfo:
    return ZoneInfo(project.time_zone)

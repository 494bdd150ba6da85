"""How a project's daily check is set up, and the rotation behind it."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.models import Project, Role, ScheduledRun, User
from annotator.services.queues import set_question
from feedback import days
from feedback.models import RotationMember, VibePlan
from feedback.queries.shifts import cycle_of
from feedback.rotation import begun_by
from feedback.sources import registry

KEY = "good"
MOST_MISSED = 14  # days: older ones nobody wants to look at any more


def schedule_of(project_id: int) -> str:
    """The name of the project's slots in `ScheduledRun`."""
    return f"vibecheck:{project_id}"


def slot_of(shift: date) -> datetime:
    """What a day's slot is called. Not the hour: moving it must not make the day due again."""
    return datetime.combine(shift, time(), UTC)


def plan_of(project: Project) -> VibePlan | None:
    plan = VibePlan.objects.select_related("question").filter(project=project).first()
    if plan:
        plan.project = project
    return plan


def ensure_plan(project: Project, *, now: datetime) -> VibePlan:
    """The project's plan. The first time: a question to begin with, and all owners take turns."""
    return plan_of(project) or _first_plan(project, now)


@transaction.atomic
def _first_plan(project: Project, now: datetime) -> VibePlan:
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # lets the log be written meanwhile
    if known := plan_of(project):
        return known
    version = set_question(
        project=project,
        key=KEY,
        text=_("Is this output good?"),
        guideline=_first_guideline(),
        desirable="yes",
    )
    plan = VibePlan.objects.create(
        project=project, question=version.question, starts_on=days.day_of(now, ZoneInfo(project.time_zone))
    )
    owners = project.memberships.filter(role=Role.OWNER, user__is_active=True).order_by("pk")
    for position, membership in enumerate(owners):
        RotationMember.objects.create(plan=plan, user_id=membership.user_id, position=position)
    return plan


def _first_guideline() -> str:
    return _(
        "**Yes**: you would be content if a customer of yours got exactly this.\n\n"
        "**No**: something is wrong, made up, missing, rude or useless. Say in the note what."
    )


@transaction.atomic
def change_plan(
    plan: VibePlan,
    *,
    hour: int,
    sample_size: int,
    turn: str,
    enabled: bool,
    intern_test: bool,
    text: str,
    guideline: str,
    now: datetime,
) -> None:
    """Store the settings. Other words make a new version of the question; labels keep theirs."""
    row = VibePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if enabled and not row.enabled:
        skip_missed(plan, now=now)
    VibePlan.objects.filter(pk=plan.pk).update(
        hour=hour, sample_size=sample_size, turn=turn, enabled=enabled, intern_test=intern_test
    )
    set_question(project=plan.project, key=plan.question.key, text=text, guideline=guideline, desirable="yes")


def change_sample(plan: VibePlan, *, base: str, parts: list[list[Any]], shadow_pairs: int) -> None:
    """Store what the next checks are drawn by; those that are drawn stay. Parts of sources that are not
    installed at the moment are kept."""
    unknown = [part for part in plan.parts if registry.find(part[0]) is None]
    VibePlan.objects.filter(pk=plan.pk).update(base=base, parts=parts + unknown, shadow_pairs=shadow_pairs)


def change_days(plan: VibePlan, *, weekdays: int, week_start: int, reminder_hours: int) -> None:
    """`weekdays`: as bits (rotation.mask_of)."""
    VibePlan.objects.filter(pk=plan.pk).update(
        weekdays=weekdays, week_start=week_start, reminder_hours=reminder_hours
    )


def skip_missed(plan: VibePlan, *, now: datetime) -> None:
    """Nothing is made up for: the days without a check while it was off stay without."""
    zone = ZoneInfo(plan.project.time_zone)
    missed = days.last_slots(hour=0, zone=zone, now=now, since=plan.starts_on, most=MOST_MISSED)
    mark_asked(plan, *missed[:-1])  # today's comes, or has been


def mark_asked(plan: VibePlan, *shifts: date) -> None:
    """The schedule asks for no draw on these days: as if it had done so."""
    ScheduledRun.objects.bulk_create(
        [ScheduledRun(schedule=schedule_of(plan.project_id), due_at=slot_of(shift)) for shift in shifts],
        ignore_conflicts=True,
    )


# --- the rotation ----------------------------------------------------------------------------


@transaction.atomic
def join_rotation(plan: VibePlan, user: User) -> None:
    """As the last in order; somebody who is in it already stays where they are."""
    order = _locked(plan)
    if user.pk not in order:
        RotationMember.objects.create(plan=plan, user=user, position=len(order))


@transaction.atomic
def leave_rotation(plan: VibePlan, user_id: int) -> None:
    order = _locked(plan)
    RotationMember.objects.filter(plan=plan, user=user_id).delete()
    _put(plan, [one for one in order if one != user_id])


@transaction.atomic
def move(plan: VibePlan, user_id: int, *, by: int) -> None:
    """One step up (-1) or down (+1)."""
    order = _locked(plan)
    if user_id not in order:
        return
    here = order.index(user_id)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    _put(plan, order)


@transaction.atomic
def begin_with(plan: VibePlan, user_id: int, day: date) -> None:
    """That person is on shift on `day`; the others follow in the same circle."""
    order = _locked(plan)
    _put(plan, begun_by(order, user_id, day, cycle_of(plan)))


def _locked(plan: VibePlan) -> list[int]:
    """The user ids in order. One change of a rotation at a time."""
    VibePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    return list(plan.rotation.order_by("position", "pk").values_list("user_id", flat=True))


def _put(plan: VibePlan, order: list[int]) -> None:
    rows = {row.user_id: row for row in plan.rotation.all()}
    for position, user_id in enumerate(order):
        rows[user_id].position = position
    RotationMember.objects.bulk_update(rows.values(), ["position"])

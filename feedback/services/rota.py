"""What people say about single dates of the rotation: away, holidays, covers and swaps, links.

Each is a `change`: open checks and notices follow it, and days that are over stay as they were.
"""

from datetime import date, datetime

from django.core import signing
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from annotator.access import LABELERS
from annotator.models import Membership, Project, Role, User
from feedback import days
from feedback.models import Absence, CalendarLink, Holiday, Swap, SwapState, VibePlan
from feedback.notices import kinds
from feedback.queries.shifts import PlanRota, rota_of, zone_of
from feedback.services import notices, rounds
from feedback.services.changes import change, settle

SALT = "genba.calendar"
FURTHEST = days.DAY * 366  # ahead: what is further off is a slip of the keyboard


class RotaError(ValueError):
    """It cannot be so. `field` is the one to mend, if one is; the text is for people."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


class NotYours(Exception):
    """Only whom it concerns, and owners, may change it."""


def today_of(plan: VibePlan, now: datetime) -> date:
    return days.day_of(now, zone_of(plan.project))


# --- away, and holidays ------------------------------------------------------------------------


def add_absence(
    plan: VibePlan, *, person: User, first: date, last: date, by: Membership, now: datetime
) -> Absence:
    if person.pk != by.user_id and by.role != Role.OWNER:
        raise NotYours
    today = today_of(plan, now)
    if last < first:
        raise RotaError(_("The last day is before the first."), "last")
    if last < today:
        raise RotaError(_("These days are over: nothing would change."), "last")
    if first < today - FURTHEST:
        raise RotaError(_("That is more than a year ago."), "first")
    if last > today + FURTHEST:
        raise RotaError(_("That is more than a year from now."), "last")
    with change(plan, by=by.user, now=now):
        return Absence.objects.create(project=plan.project, person=person, first=first, last=last)


def remove_absence(plan: VibePlan, absence: Absence, *, by: Membership, now: datetime) -> None:
    """From today on: whoever was away on days that are over was away."""
    if absence.person_id != by.user_id and by.role != Role.OWNER:
        raise NotYours
    today = today_of(plan, now)
    if absence.last < today:
        raise RotaError(_("These days are over: they stay as they were."))
    with change(plan, by=by.user, now=now):
        if absence.first < today:
            absence.last = today - days.DAY
            absence.save(update_fields=["last"])
        else:
            absence.delete()


def add_holiday(plan: VibePlan, *, day: date, name: str, by: User, now: datetime) -> None:
    """The same date again gets the new name."""
    _not_over(plan, day, now, "day")
    with change(plan, by=by, now=now):
        Holiday.objects.update_or_create(project=plan.project, day=day, defaults={"name": name})


def remove_holiday(plan: VibePlan, holiday: Holiday, *, by: User, now: datetime) -> None:
    if holiday.day < today_of(plan, now):
        raise RotaError(_("That day is over: it stays as it was."))
    with change(plan, by=by, now=now):
        holiday.delete()


# --- covers and swaps ------------------------------------------------------------------------------


@transaction.atomic
def ask_swap(
    plan: VibePlan,
    *,
    day: date,
    taker: User,
    return_day: date | None,
    by: Membership,
    now: datetime,
    at_once: bool = False,
) -> Swap:
    """`taker` is asked to look on `day`. An owner may put it so without asking (`at_once`)."""
    if at_once and by.role != Role.OWNER:
        raise NotYours
    settle(plan, now=now)
    rota = _rota(plan, day, return_day, now)
    giver = rota.person_on(day)
    if not at_once and (giver is None or giver.pk != by.user_id):
        raise RotaError(_("You are not on shift on that day. Choose one of your own."), "day")
    _fits(rota, day, giver, taker, return_day)
    if not at_once and Swap.objects.filter(project=plan.project, day=day, state=SwapState.ASKED).exists():
        raise RotaError(_("Somebody is asked about that day already. Take that back first."), "day")
    swap = Swap.objects.create(
        project=plan.project,
        day=day,
        giver=giver,
        taker=taker,
        return_day=return_day,
        state=SwapState.ACCEPTED if at_once else SwapState.ASKED,
        asked_by=by.user,
        decided_at=now if at_once else None,
    )
    if at_once:
        _tell(swap, [one for one in (taker, giver) if one and one.pk != by.user_id], by.user)
        rounds.go_round(plan, now=now)
    else:
        _tell(swap, [taker], by.user, kinds.SWAP_ASKED)
    return swap


@transaction.atomic
def answer_swap(plan: VibePlan, swap: Swap, *, accept: bool, by: Membership, now: datetime) -> None:
    """Only who is asked answers. Raises RotaError when the days are not as they were."""
    if swap.taker_id != by.user_id:
        raise NotYours
    settle(plan, now=now)
    swap = _again(swap)
    if swap.state != SwapState.ASKED:
        raise RotaError(_("This was answered or taken back meanwhile."))
    if accept:
        rota = _rota(plan, swap.day, swap.return_day, now)
        if swap.giver != rota.person_on(swap.day):
            raise RotaError(_("That day has gone to somebody else meanwhile: nothing to take."))
        _fits(rota, swap.day, swap.giver, swap.taker, swap.return_day)
    swap.state = SwapState.ACCEPTED if accept else SwapState.DECLINED
    swap.decided_at = now
    swap.save(update_fields=["state", "decided_at"])
    _tell(swap, [one for one in (swap.giver, swap.asked_by) if one], by.user)
    if accept:
        rounds.go_round(plan, now=now)


@transaction.atomic
def withdraw_swap(plan: VibePlan, swap: Swap, *, by: Membership, now: datetime) -> None:
    """A question is taken back by who asked; what was agreed by either of the two. Owners: both."""
    settle(plan, now=now)
    swap = _again(swap)
    asked, agreed = swap.state == SwapState.ASKED, swap.state == SwapState.ACCEPTED
    theirs = {swap.giver_id, swap.asked_by_id} | ({swap.taker_id} if agreed else set())
    if by.user_id not in theirs and by.role != Role.OWNER:
        raise NotYours
    first = min(swap.day, swap.return_day or swap.day)
    if not (asked or agreed):
        raise RotaError(_("This was answered or taken back meanwhile."))
    if agreed and first < today_of(plan, now):
        raise RotaError(_("That day is over: it stays as it was."))
    swap.state, swap.decided_at = SwapState.WITHDRAWN, now
    swap.save(update_fields=["state", "decided_at"])
    _tell(swap, [one for one in (swap.giver, swap.taker) if one and one.pk != by.user_id], by.user)
    rounds.go_round(plan, now=now)


def _fits(rota: PlanRota, day: date, giver: User | None, taker: User, return_day: date | None) -> None:
    if not rota.on(day).is_one:
        raise RotaError(_("Nobody looks on that day."), "day")
    if giver is not None and giver.pk == taker.pk:
        raise RotaError(_("%(name)s is on shift on that day already.") % {"name": taker.shown_name}, "taker")
    if not rota.rules.is_there(taker.pk, day):
        raise RotaError(_("%(name)s is not there on that day.") % {"name": taker.shown_name}, "taker")
    if return_day is None:
        return
    if giver is None:
        raise RotaError(
            _("Nobody is on shift on that day: there is nothing to give in return."), "return_day"
        )
    there = rota.person_on(return_day)
    if return_day == day or there is None or there.pk != taker.pk:
        raise RotaError(_("%(name)s is not on shift on that day.") % {"name": taker.shown_name}, "return_day")
    if not rota.rules.is_there(giver.pk, return_day):
        raise RotaError(_("%(name)s is not there on that day.") % {"name": giver.shown_name}, "return_day")


def _tell(swap: Swap, people: list[User], by: User, kind: str = kinds.SWAP_ANSWERED) -> None:
    context = {
        "giver": swap.giver.shown_name if swap.giver else "",
        "taker": swap.taker.shown_name,
        "by": by.shown_name,
        "state": str(swap.state),
    }
    if swap.return_day:
        context["return_day"] = swap.return_day.isoformat()
    unique = {one.pk: one for one in people}
    about = f"swap:{swap.pk}:{swap.state}"
    notices.send(kind, project=swap.project, day=swap.day, to=unique.values(), about=about, context=context)


def _rota(plan: VibePlan, day: date, return_day: date | None, now: datetime) -> PlanRota:
    _not_over(plan, day, now, "day")
    if return_day:
        _not_over(plan, return_day, now, "return_day")
    return rota_of(plan, today_of(plan, now), max(day, return_day or day))


def _not_over(plan: VibePlan, day: date, now: datetime, field: str) -> None:
    today = today_of(plan, now)
    if day < today:
        raise RotaError(_("That day is over."), field)
    if day > today + FURTHEST:
        raise RotaError(_("That is more than a year from now."), field)


def _again(swap: Swap) -> Swap:
    return Swap.objects.select_related("project", "giver", "taker", "asked_by").get(pk=swap.pk)


# --- the calendar's links --------------------------------------------------------------------------


def make_link(project: Project, person: User) -> CalendarLink:
    """A new link; an older one opens nothing any more."""
    made, _new = CalendarLink.objects.update_or_create(
        project=project, person=person, defaults={"nonce": get_random_string(22)}
    )
    return made


def token_of(link: CalendarLink) -> str:
    return _signer().sign_object([link.pk, link.nonce])


def link_by(token: str) -> CalendarLink | None:
    """The link that a token spells, while its person is in the project."""
    try:
        pk, nonce = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = CalendarLink.objects.select_related("project", "person").filter(pk=pk, nonce=nonce)
    found = rows.first()
    if found is None or not _may_look(found):
        return None
    return found


def _may_look(link: CalendarLink) -> bool:
    return Membership.objects.filter(
        project=link.project_id, user=link.person_id, role__in=LABELERS, user__is_active=True
    ).exists()


def _signer() -> signing.Signer:
    """Stable: the same link gives the same token, for as long as SECRET_KEY is believed."""
    return signing.Signer(salt=SALT, sep=".")

"""The rotation's calendar: who looks when and why, days away, covers and swaps, holidays."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access
from annotator.models import Membership, Role, User
from annotator.web.request import PersonRequest
from feedback import access as feedback_access
from feedback import days
from feedback.forms.rota import AwayForm, HolidayForm, SwapForm, month_from
from feedback.models import CalendarLink, SwapState, VibePlan
from feedback.queries.calendar import EARLIEST, LATEST, Month, month_of
from feedback.services import plans, rota

AHEAD = timedelta(days=60)  # my next days, for the form


@dataclass(frozen=True)
class Forms:
    """What was filled in and did not fit; None: as it is at first."""

    away: AwayForm | None = None
    holiday: HolidayForm | None = None
    swap: SwapForm | None = None


@login_required
@require_safe
def calendar(request: PersonRequest, slug: str) -> HttpResponse:
    """`?month=2026-11`; `?give=2026-11-26` fills in the day to give away."""
    membership = access.membership(request.user, slug)
    return _show(request, membership, Forms())


def _show(request: PersonRequest, membership: Membership, forms: Forms) -> HttpResponse:
    project, now = membership.project, timezone.now()
    page = {
        "project": project,
        "role": membership.role,
        "tab": "checks",
        "may_label": membership.role in access.LABELERS,
    }
    plan = plans.plan_of(project)
    if plan is None:
        return render(request, "feedback/calendar.html", page)
    month = _month(request, plan, now)
    page |= {"plan": plan, "month": month, "next_mine": _next_mine(month, request.user)}
    if membership.role in access.LABELERS:
        page |= _forms(request, membership, month, forms)
    status = 422 if any((forms.away, forms.holiday, forms.swap)) else 200
    return render(request, "feedback/calendar.html", page, status=status)


def _month(request: PersonRequest, plan: VibePlan, now: datetime) -> Month:
    today = rota.today_of(plan, now)
    first = month_from(request.GET.get("month", ""), today)
    if not EARLIEST <= first <= LATEST:
        raise Http404
    return month_of(plan, first, now=now)


def _forms(request: PersonRequest, membership: Membership, month: Month, forms: Forms) -> dict[str, object]:
    me, owner = request.user, membership.role == Role.OWNER
    people = _labelers(membership)
    link = CalendarLink.objects.filter(project=membership.project, person=me).first()
    swaps = [one for one in month.rota.swaps if min(one.day, one.return_day or one.day) >= month.today]
    asked = [one for one in swaps if one.state == SwapState.ASKED]
    return {
        "away_form": forms.away or AwayForm(people=people, me=me, owner=owner),
        "holiday_form": forms.holiday or HolidayForm(),
        "swap_form": forms.swap
        or SwapForm(
            people=[one for one in people if owner or one != me],
            owner=owner,
            initial={"day": _given(request) or _next_mine(month, me)},
        ),
        "to_me": [one for one in asked if one.taker_id == me.pk],
        "asked": [one for one in asked if one.taker_id != me.pk],
        "agreed": [one for one in swaps if one.state == SwapState.ACCEPTED],
        "absences": [one for one in month.rota.absences if one.last >= month.today],
        "holidays": [one for one in month.rota.holidays if one.day >= month.today],
        "feed": _address(link) if link else "",
    }


def _given(request: PersonRequest) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(request.GET.get("give", ""))
    return None


def _next_mine(month: Month, me: User) -> date | None:
    """My next shift that I could still give away: today's not when it is done."""
    ahead = (month.today + days.DAY * n for n in range(int(month.today_done), AHEAD.days))
    return next((day for day in ahead if month.rota.person_on(day) == me), None)


def _labelers(membership: Membership) -> list[User]:
    rows = membership.project.memberships.filter(role__in=access.LABELERS, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("user__username")]


def _address(link: CalendarLink) -> str:
    return settings.PUBLIC_URL + reverse("calendar-feed", args=[rota.token_of(link)])


def _back(slug: str, day: date | None = None) -> HttpResponse:
    where = reverse("check-calendar", args=[slug])
    return redirect(f"{where}?month={day:%Y-%m}" if day else where)


def _tried(request: PersonRequest, form: Form, act: Callable[[], object], done: str) -> bool:
    """Do it if the form fits; what the rule refuses is said at its field."""
    if not form.is_valid():
        return False
    try:
        act()
    except rota.NotYours as error:
        raise PermissionDenied from error
    except rota.RotaError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    messages.success(request, done)
    return True


@login_required
@require_POST
def away(request: PersonRequest, slug: str) -> HttpResponse:
    """I am away; owners say it of anybody."""
    me = access.membership(request.user, slug, access.LABELERS)
    plan = feedback_access.plan_for(me.project)
    form = AwayForm(request.POST, people=_labelers(me), me=request.user, owner=me.role == Role.OWNER)

    def act() -> None:
        data = form.cleaned_data
        person = form.whom(request.user)
        rota.add_absence(
            plan, person=person, first=data["first"], last=data["last"], by=me, now=timezone.now()
        )

    if _tried(request, form, act, _("Noted. Whoever is next in order looks on these days.")):
        return _back(slug, form.cleaned_data["first"])
    return _show(request, me, Forms(away=form))


@login_required
@require_POST
def away_remove(request: PersonRequest, slug: str, absence_id: int) -> HttpResponse:
    me = access.membership(request.user, slug, access.LABELERS)
    found = feedback_access.absence_of(me.project, absence_id)
    plan, now = feedback_access.plan_for(me.project), timezone.now()
    try:
        rota.remove_absence(plan, found, by=me, now=now)
    except rota.NotYours as error:
        raise PermissionDenied from error
    except rota.RotaError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back: the turns of the days to come are as before."))
    return _back(slug, max(found.first, rota.today_of(plan, now)))


@login_required
@require_POST
def holidays(request: PersonRequest, slug: str) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    plan = feedback_access.plan_for(me.project)
    form = HolidayForm(request.POST)

    def act() -> None:
        rota.add_holiday(plan, **form.cleaned_data, by=request.user, now=timezone.now())

    if _tried(request, form, act, _("Saved: nobody is on shift on that day.")):
        return _back(slug, form.cleaned_data["day"])
    return _show(request, me, Forms(holiday=form))


@login_required
@require_POST
def holiday_remove(request: PersonRequest, slug: str, holiday_id: int) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    found = feedback_access.holiday_of(me.project, holiday_id)
    try:
        rota.remove_holiday(feedback_access.plan_for(me.project), found, by=request.user, now=timezone.now())
    except rota.RotaError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is a day like the others again.") % {"name": found.name})
    return _back(slug, found.day)


@login_required
@require_POST
def swaps(request: PersonRequest, slug: str) -> HttpResponse:
    """“Take my Thursday.” Nothing changes before the one who is asked agrees."""
    me = access.membership(request.user, slug, access.LABELERS)
    plan = feedback_access.plan_for(me.project)
    form = SwapForm(request.POST, people=_labelers(me), owner=me.role == Role.OWNER)
    at_once = "at_once" in request.POST and me.role == Role.OWNER

    def act() -> None:
        data = form.cleaned_data
        rota.ask_swap(
            plan,
            day=data["day"],
            taker=data["taker"],
            return_day=data["return_day"],
            by=me,
            now=timezone.now(),
            at_once=at_once,
        )

    done = _("Done, and told.") if at_once else _("Asked. It counts when the other one agrees.")
    if _tried(request, form, act, done):
        return _back(slug, form.cleaned_data["day"])
    return _show(request, me, Forms(swap=form))


@login_required
@require_POST
def swap(request: PersonRequest, slug: str, swap_id: int) -> HttpResponse:
    """`do`: accept, decline or withdraw."""
    me = access.membership(request.user, slug, access.LABELERS)
    plan, found = feedback_access.plan_for(me.project), feedback_access.swap_of(me.project, swap_id)
    do, now = request.POST.get("do", ""), timezone.now()
    try:
        if do in {"accept", "decline"}:
            rota.answer_swap(plan, found, accept=do == "accept", by=me, now=now)
        elif do == "withdraw":
            rota.withdraw_swap(plan, found, by=me, now=now)
        else:
            messages.error(request, _("Nothing was changed: that is not something one can do here."))
            return _back(slug, found.day)
    except rota.NotYours as error:
        raise PermissionDenied from error
    except rota.RotaError as error:
        messages.error(request, str(error))
    else:
        done = {
            "accept": _("Thank you. The day is yours."),
            "decline": _("Declined, and told."),
            "withdraw": _("Taken back, and told."),
        }
        messages.success(request, done[do])
    return _back(slug, found.day)


@login_required
@require_POST
def link(request: PersonRequest, slug: str) -> HttpResponse:
    """A new secret link to my shifts; `off`: none."""
    me = access.membership(request.user, slug, access.LABELERS)
    if "off" in request.POST:
        CalendarLink.objects.filter(project=me.project, person=request.user).delete()
        messages.success(request, _("The link opens nothing any more."))
    else:
        rota.make_link(me.project, request.user)
        messages.success(request, _("Here is your link. An older one opens nothing any more."))
    return redirect(reverse("check-calendar", args=[slug]) + "#feed")

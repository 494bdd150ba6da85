"""How a project's check is drawn, and the order of the people who look. Owners only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator import access
from annotator.models import Membership, User
from annotator.web.request import PersonRequest
from feedback.forms.checks import PlanForm
from feedback.forms.rota import DaysForm
from feedback.models import VibePlan
from feedback.queries.shifts import next_turns, rota_of
from feedback.queries.waiting import next_of, today_in
from feedback.services import plans
from feedback.services.changes import change
from feedback.services.plan_words import explained

SHIFTS = 7


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: PersonRequest, slug: str) -> HttpResponse:
    membership = access.membership(request.user, slug, access.OWNERS)
    now = timezone.now()
    found = plans.ensure_plan(membership.project, now=now)
    form = PlanForm(request.POST if request.method == "POST" else None, initial=PlanForm.of(found))
    if form.is_valid():
        with change(found, by=request.user, now=now):
            plans.change_plan(found, **form.plan_values(), now=now)
            plans.change_sample(found, **form.sample_values())
        messages.success(request, _("The plan is saved."))
        return redirect("check-plan", slug)
    page = {**_page(membership, found), "form": form}
    return render(request, "feedback/check_plan.html", page, status=422 if form.is_bound else 200)


def _page(membership: Membership, found: VibePlan) -> dict[str, object]:
    project, now = membership.project, timezone.now()
    today = today_in(project, now)
    rota = rota_of(found, today, today)
    inside = {one.user.pk for one in rota.people}
    return {
        "project": project,
        "role": membership.role,
        "tab": "checks",
        "plan": found,
        "explained": explained(found),
        "people": rota.people,
        "on_shift": rota.person_on(today),
        "others": [user for user in _labelers(membership) if user.pk not in inside],
        "shifts": next_turns(rota, today, SHIFTS),
        "next": next_of(rota, now=now),
        "version": found.question.versions.order_by("-number").first(),
        "now": now,
        "days_form": DaysForm(initial=DaysForm.of(found)),
    }


@login_required
@require_POST
def looked_at(request: PersonRequest, slug: str) -> HttpResponse:
    """Which weekdays are looked at, and the reminder."""
    membership = access.membership(request.user, slug, access.OWNERS)
    now = timezone.now()
    found = plans.ensure_plan(membership.project, now=now)
    days = DaysForm(request.POST)
    if days.is_valid():
        with change(found, by=request.user, now=now):
            plans.change_days(found, **days.cleaned_data)
        messages.success(request, _("The days are saved."))
        return redirect("check-plan", slug)
    page = {**_page(membership, found), "form": PlanForm(initial=PlanForm.of(found)), "days_form": days}
    return render(request, "feedback/check_plan.html", page, status=422)


def _labelers(membership: Membership) -> list[User]:
    """Who may look, by name."""
    rows = membership.project.memberships.filter(role__in=access.LABELERS, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("user__username")]


@login_required
@require_POST
def rotation(request: PersonRequest, slug: str) -> HttpResponse:
    """One change of the order: `do` is add, up, down, now or remove, `person` a user's id."""
    membership, now = access.membership(request.user, slug, access.OWNERS), timezone.now()
    found = plans.ensure_plan(membership.project, now=now)
    person = _person(request, membership, found)
    if person is None:
        messages.error(request, _("This person is not in the project any more."))
    else:
        with change(found, by=request.user, now=now):
            _reorder(request, membership, found, person)
    if request.htmx:
        return render(request, "feedback/check_plan.html#rotation", _page(membership, found))
    return redirect("check-plan", slug)


def _reorder(request: PersonRequest, membership: Membership, found: VibePlan, person: User) -> None:
    do = request.POST.get("do", "")
    if do == "add" and person.pk in {one.pk for one in _labelers(membership)}:
        plans.join_rotation(found, person)
    elif do in {"up", "down"}:
        plans.move(found, person.pk, by=-1 if do == "up" else 1)
    elif do == "now":
        plans.begin_with(found, person.pk, today_in(membership.project, timezone.now()))
    elif do == "remove":
        plans.leave_rotation(found, person.pk)
    else:
        messages.error(request, _("Nothing was changed: that is not something one can do here."))


def _person(request: PersonRequest, membership: Membership, found: VibePlan) -> User | None:
    """Somebody in the project or in the rotation, whoever has left since."""
    text = request.POST.get("person", "")
    if not text.isdecimal() or len(text) > 18:
        return None
    inside = User.objects.filter(memberships__project=membership.project, pk=int(text))
    return inside.first() or User.objects.filter(rotationmember__plan=found, pk=int(text)).first()

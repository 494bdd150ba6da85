"""How inputs are embedded, and what was. Owners set it, members see it."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.models import Project
from annotator.web.request import PersonRequest
from drift.access import embedded_day_of
from drift.forms.settings import EmbeddingForm, rule_sent
from drift.models import DriftPlan
from drift.queries import embedded
from drift.services import embedding, plans
from feedback import days
from feedback.queries.shifts import zone_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    membership = access.membership(request.user, slug, access.OWNERS)
    project = membership.project
    plan = plans.ensure_plan(project, now=timezone.now())
    form = EmbeddingForm(request.POST if request.method == "POST" else None, initial=EmbeddingForm.of(plan))
    if form.is_valid():
        if plans.change(plan, **form.values()) and plan.enabled:
            _ask(request, project, anew=True)
            messages.success(request, _("Saved. The days before are being embedded anew."))
        else:
            messages.success(request, _("The settings are saved."))
        return redirect("drift-settings", slug)
    page = {
        "project": project,
        "role": membership.role,
        "tab": "drift",
        "plan": plan,
        "form": form,
        "shown": embedded.preview(project, plans.rule_of(plan)),
        "state": embedded.state(project),
    }
    return render(request, "drift/settings.html", page, status=422 if form.is_bound else 200)


@login_required
@require_safe
def preview(request: PersonRequest, slug: str) -> HttpResponse:
    """A fragment: the newest inputs by the rule in the form, before it is saved."""
    project = access.project(request.user, slug, access.OWNERS)
    rule = rule_sent(request.GET)
    shown = embedded.preview(project, rule) if rule else []
    page = {"project": project, "shown": shown, "no_rule": rule is None}
    return render(request, "drift/settings.html#preview", page)


@login_required
@require_POST
def embed(request: PersonRequest, slug: str) -> HttpResponse:
    """Embed yesterday, and the days before it that are missing."""
    project = access.project(request.user, slug, access.OWNERS)
    plans.ensure_plan(project, now=timezone.now())
    if _ask(request, project):
        messages.success(request, _("Asked. The ml worker embeds what is missing."))
    else:
        messages.info(request, _("That is being done."))
    return redirect("drift-inputs", slug)


def _ask(request: PersonRequest, project: Project, *, anew: bool = False) -> bool:
    now = timezone.now()
    day = days.day_of(now, zone_of(project)) - days.DAY
    job = embedding.ask_now(project, day, by=request.user, now=now, anew=anew)
    if job is not None:
        tasks.ring(job)
    return job is not None


@login_required
@require_safe
def inputs(request: PersonRequest, slug: str) -> HttpResponse:
    """What was embedded of each day; as a fragment, only what hinders it."""
    membership = access.membership(request.user, slug)
    project = membership.project
    plan: DriftPlan | None = plans.plan_of(project)
    page = {
        "project": project,
        "role": membership.role,
        "tab": "drift",
        "plan": plan,
        "state": embedded.state(project),
    }
    if request.htmx:
        return render(request, "drift/inputs.html#hindered", page)
    page["rows"] = embedded.rows(project, plan.space if plan else None)
    return render(request, "drift/inputs.html", page)


@login_required
@require_safe
def repeats(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """What was sent again and again on a day."""
    membership = access.membership(request.user, slug)
    found = embedded_day_of(membership.project, day)
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "drift",
        "day": found,
        "repeats": embedded.largest_repeats(membership.project, found),
    }
    return render(request, "drift/repeats.html", page)

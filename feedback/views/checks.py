"""The checks of a project: the list, one day, its hand-over note, a draw by hand."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from annotator import access, tasks
from annotator.models import Job, JobState, Membership, Project
from annotator.services import jobs
from annotator.web.request import PersonRequest
from feedback import days
from feedback.access import check_of, find_check
from feedback.forms.checks import NoteForm
from feedback.jobs import vibecheck as job
from feedback.models import VibeCheck
from feedback.queries import checks as queries
from feedback.queries.digest import digest as digest_of
from feedback.queries.digest import earlier_notes
from feedback.queries.interactions import holds_any
from feedback.queries.late import late_of
from feedback.queries.mode_rates import mode_rates
from feedback.queries.shadows import compared
from feedback.queries.shifts import rota_of
from feedback.queries.waiting import next_of, today_in
from feedback.services import handover
from feedback.services.plan_words import drawn_by
from feedback.services.plans import plan_of
from feedback.trend import trend
from feedback.views.answers import item_pages
from feedback.views.note import note_form

PAGE = 30
WEEKS = 26  # of a trend by week
Page = dict[str, object]


@login_required
@require_safe
def checks(request: PersonRequest, slug: str) -> HttpResponse:
    """The days, newest first. `?before=2026-11-01` pages on; `?by=week` shows the trend by week."""
    membership = access.membership(request.user, slug)
    project, before = membership.project, _day(request.GET.get("before", ""))
    by_week = request.GET.get("by") == "week"
    rows = queries.newest(project, before=before, count=WEEKS * 7 if by_week else PAGE + 1)
    weeks = queries.weeks_of(rows) if by_week else []
    older = rows[PAGE - 1].check.day if len(rows) > PAGE else None
    now, plan = timezone.now(), plan_of(project)
    today = today_in(project, now)
    rota = rota_of(plan, today, today) if plan else None
    page = {
        **_page(membership),
        "rows": rows[:PAGE],
        "older": older,
        "before": before,
        "trend": trend(
            [(week.monday, week.estimate) for week in weeks]
            if by_week
            else [(row.check.day, row.estimate) for row in rows[:PAGE]]
        ),
        "by_week": by_week,
        "weeks": weeks,
        "plan": plan,
        "on_shift": rota.person_on(today) if rota else None,
        "next": next_of(rota, now=now) if rota and rota.plan.enabled else None,
        "yesterday": today - days.DAY,
        "drawn": any(row.check.day >= today - days.DAY for row in rows),
        "logged": holds_any(project),
    }
    return render(request, "feedback/checks.html", page)


def _day(text: str) -> date | None:
    """A day from a link; what is none begins at the newest."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(membership: Membership) -> Page:
    role = membership.role
    may_label = role in access.LABELERS
    return {"project": membership.project, "role": role, "tab": "checks", "may_label": may_label}


@login_required
@require_safe
def check(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """One day. `?page=2` of its items."""
    membership = access.membership(request.user, slug)
    found = find_check(membership.project, day)
    asked = _asked(membership, day, found)
    if found is None or (found.queue_id is None and _is_moving(asked)):
        return _not_drawn(request, membership, day, asked)
    if request.htmx:  # the page that waited for the draw
        return HttpResponseClientRefresh()
    return _show(request, membership, found, note_form(request.user, found))


def _show(
    request: PersonRequest, membership: Membership, found: VibeCheck, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    (seen,) = queries.looked([found])
    pages = item_pages(seen, request.GET.get("page", ""))
    came_to = digest_of(found) if found.queue_id else None
    page = {
        **_page(membership),
        "seen": seen,
        "check": found,
        "estimate": seen.estimate,
        "late": late_of(found),
        "compared": compared(found),
        "drawn_by": drawn_by(found),
        "neighbours": queries.neighbours(found),
        "earlier_notes": earlier_notes(membership.project, before=found.day),
        "digest": came_to,
        "by_mode": mode_rates(found, came_to.modes) if came_to and seen.estimate.value is not None else None,
        "items": pages.items,
        "pages": pages,
        "may_export": found.queue is not None and access.may_export(membership, found.queue),
        "may_go_on": seen.state == "done"
        and membership.role in access.LABELERS
        and queries.may_go_on(found, request.user),
        "form": form,
    }
    return render(request, "feedback/check.html", page, status=status)


def _asked(membership: Membership, day: date, found: VibeCheck | None) -> Job | None:
    """The job that draws it for the first time, or again after it found nothing."""
    if found is not None and found.queue_id is not None:
        return None
    return Job.objects.filter(kind=job.NAME, idempotency_key=_key(membership.project, day, found)).first()


def _key(project: Project, day: date, found: VibeCheck | None) -> str:
    return job.key_again(found) if found else job.key_of(project.pk, day)


def _is_moving(asked: Job | None) -> bool:
    return asked is not None and asked.state in {JobState.DUE, JobState.LEASED}


def _not_drawn(request: PersonRequest, membership: Membership, day: date, asked: Job | None) -> HttpResponse:
    """A day that is over and has no check: drawn now, or not at all."""
    if not days.known(day) or day > today_in(membership.project, timezone.now()):
        raise Http404
    page = {
        **_page(membership),
        "day": day,
        "job": asked,
        "over": day < today_in(membership.project, timezone.now()),
        "moving": _is_moving(asked),
    }
    template = "feedback/check_not_drawn.html"
    return render(request, f"{template}#state" if request.htmx else template, page)


@login_required
@require_POST
def draw(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """Ask a worker for the draw; the page of the day waits for it."""
    project = access.project(request.user, slug, access.LABELERS)
    if not days.known(day) or day >= today_in(project, timezone.now()):
        messages.error(request, _("That day is not over yet: its check can be drawn the day after."))
        return redirect("checks", slug)
    found = find_check(project, day)
    if found is not None and found.queue_id is not None:
        return redirect("check", slug, day)
    asked = jobs.ask(
        kind=job.NAME,
        key=_key(project, day, found),
        project=project,
        arguments={"day": day.isoformat()},
        by=request.user,
    )
    tasks.ring(jobs.retry(job=asked) or asked)
    return redirect("check", slug, day)


@login_required
@require_POST
def note(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """Store the hand-over note; `reopen` opens a check that was handed over."""
    membership = access.membership(request.user, slug, access.LABELERS)
    found = check_of(membership.project, day)
    if found.queue_id is None:
        raise Http404
    if "reopen" in request.POST:
        handover.reopen(found)
        if queries.may_go_on(found, request.user):
            return redirect("annotate", slug, found.queue_id)
        return redirect("check", slug, day)
    form = note_form(request.user, found, request.POST)
    if not form.is_valid():
        return _show(request, membership, found, form, status=422)
    try:
        handover.hand_over(found, **form.cleaned_data, by=request.user, now=timezone.now())
    except handover.NoteChanged as changed:
        return _conflict(request, membership, changed.check, form)
    messages.success(request, _("Handed over. Thank you for looking."))
    return redirect("check", slug, day)


def _conflict(request: PersonRequest, membership: Membership, now: VibeCheck, form: NoteForm) -> HttpResponse:
    """What was typed stays on the page, beside what somebody else wrote."""
    typed = {"note": form.cleaned_data["note"], "seen": handover.state_of(now)}
    again = note_form(request.user, now, typed)
    again.add_error(
        "note", _("Somebody else wrote a note meanwhile: it stands above. Join the two and save again.")
    )
    return _show(request, membership, check_of(membership.project, now.day), again, status=409)

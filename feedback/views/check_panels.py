"""Fragments that lower pages show: at home, on a project's first page, beside an item, at the end of a queue."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest
from feedback.access import check_of_queue
from feedback.queries import checks as queries
from feedback.queries.alike import alike as alike_of
from feedback.queries.digest import digest as digest_of
from feedback.queries.interactions import holds_any
from feedback.queries.late import late_of
from feedback.queries.said import Said, made_from, said_of
from feedback.queries.shadows import compared
from feedback.queries.shifts import rota_of
from feedback.queries.waiting import next_of, today_in, waiting_for, waiting_in
from feedback.services.plans import plan_of
from feedback.trend import trend
from feedback.views.note import note_form

TREND = 14  # checks


@login_required
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """What waits for me, what I could cover, what comes next."""
    found = waiting_for(request.user, now=timezone.now())
    page = {"mine": found.mine, "others": found.others, "coming": found.coming, "asked": found.asked}
    return render(request, "feedback/my_checks.html", page)


@login_required
@require_safe
def panel(request: PersonRequest, slug: str) -> HttpResponse:
    """The newest rate with its trend, who is on shift today, and what waits.

    With `?next` in a line when the next check comes, for where nothing waits.
    """
    membership = access.membership(request.user, slug)
    project, now = membership.project, timezone.now()
    plan = plan_of(project)
    today = today_in(project, now)
    rota = rota_of(plan, today, today) if plan else None
    coming: dict[str, object] = {
        "plan": plan,
        "on_shift": rota.person_on(today) if rota else None,
        "next": next_of(rota, now=now) if rota and rota.plan.enabled else None,
    }
    if "next" in request.GET:
        page = {**coming, "logged": holds_any(project)}
        return render(request, "feedback/checks_next.html", page)
    rows = queries.newest(project, count=TREND)
    page = {
        **coming,
        "project": project,
        "role": membership.role,
        "may_label": membership.role in access.LABELERS,
        "latest": next((row for row in rows if row.estimate.value is not None), None),
        "trend": trend([(row.check.day, row.estimate) for row in rows]),
        "waiting": waiting_in([project.pk], now=now)[:2],
    }
    return render(request, "feedback/checks_panel.html", page)


@login_required
@require_safe
def alike(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """Beside an item on the labeling screen: what was said of earlier ones like it. `?item=` its external id.

    Empty when nothing was.
    """
    membership = access.membership(request.user, slug, access.LABELERS)
    queue = access.queue_of(membership.project, queue_id)
    item = queue.items.filter(external_id=request.GET.get("item", "")).only("pk").first()
    page = {"project": membership.project, "alike": alike_of(item) if item else None}
    return render(request, "feedback/alike.html", page)


@login_required
@require_safe
def said(request: PersonRequest, slug: str, item_id: int) -> HttpResponse:
    """On an item's page: how people say that it fails, what it should have been, and what watches for that.

    Empty when nothing was said, and for whoever must not know yet.
    """
    me = access.membership(request.user, slug)
    item = access.item_of(me.project, item_id)
    blind = access.is_blind(me, item.queue)
    known = Said() if blind else said_of([item.pk]).get(item.pk, Said())
    page = {
        "project": me.project,
        "modes": known.modes,
        "expected": [(row.rater, payload_html(row.text)) for row in known.expectations],
        "assertions": [] if blind else made_from(item),
    }
    return render(request, "feedback/item_said.html", page)


@login_required
@require_safe
def end(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """What the labeling screen shows when the queue is done: the day's estimate, and the note."""
    membership = access.membership(request.user, slug, access.LABELERS)
    found = check_of_queue(membership.project, queue_id)
    (seen,) = queries.looked([found])
    page = {
        "project": membership.project,
        "seen": seen,
        "check": found,
        "estimate": seen.estimate,
        "late": late_of(found),
        "digest": digest_of(found),
        "compared": compared(found),
        "form": note_form(request.user, found),
    }
    return render(request, "feedback/check_end.html", page)

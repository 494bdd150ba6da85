"""One day that was judged: what stands behind it, and having it judged again."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access, tasks
from annotator.web.request import PersonRequest
from drift.access import check_of
from drift.jobs import judge as job
from drift.models import DriftGroup
from drift.queries import alerts, judged, kept_out
from drift.services.judge import plan_of

PAGE = 50


@login_required
@require_safe
def day(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    me = access.membership(request.user, slug)
    check = check_of(me.project, day)
    frozen = check.baseline.get("frozen") or {}
    plan = plan_of(me.project)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "drift",
        "may_set": me.role in access.OWNERS,
        "check": check,
        "frozen": {**frozen, **{end: date.fromisoformat(frozen[end]) for end in ("first", "last")}}
        if frozen
        else None,
        "groups": judged.groups_of(check, plan),
        "neighbours": judged.neighbours(check),
        "embedded": judged.embedded_of(check),
        "told": alerts.of_day(me.project, day),
        "kept_out": kept_out.keeping_out(plan, day) if kept_out.wants_days(check) else [],
    }
    return render(request, "drift/day.html", page)


@login_required
@require_safe
def group(request: PersonRequest, slug: str, day: date, rank: int) -> HttpResponse:
    """All rows of a group, of the day and of the baseline. `?side=before`, `?page=2`."""
    me = access.membership(request.user, slug)
    check = check_of(me.project, day)
    found = DriftGroup.objects.filter(check_of_day=check, rank=rank).first()
    if found is None:
        raise Http404
    side = request.GET.get("side", "")
    before = side == "before" or (side != "now" and found.kind == "shrunk")
    in_reference = before and found.reference_rows is not None
    count = found.then_count if before else len(found.day_rows)
    number = _number(request.GET.get("page", ""), count)
    here, plan = slice((number - 1) * PAGE, number * PAGE), plan_of(me.project)
    if in_reference:
        rows = judged.page_of_reference(check, plan, (found.reference_rows or [])[here])
    else:
        rows = judged.page_of(check, plan, (found.baseline_rows if before else found.day_rows)[here])
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "drift",
        "check": check,
        "one": judged.shown(check, found, []),
        "rows": rows,
        "before": before,
        "pages": {"number": number, "last": max(1, -(-count // PAGE))},
    }
    return render(request, "drift/group.html", page)


def _number(text: str, rows: int) -> int:
    last = max(1, -(-rows // PAGE))
    return min(int(text), last) if text.isdecimal() and len(text) < 9 and int(text) else 1


@login_required
@require_POST
def again(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """Judged anew with what is set and known now; its groups are replaced."""
    project = access.project(request.user, slug, access.OWNERS)
    check = check_of(project, day)
    tasks.ring(job.ask_again(check, request.user))
    messages.success(request, _("The day is being judged again: reload in a few seconds."))
    return redirect("drift-day", slug, day)

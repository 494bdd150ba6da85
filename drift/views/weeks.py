"""A week that was judged: which topics are larger or smaller than in the weeks before."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.request import PersonRequest
from drift.access import week_of
from drift.queries import weeks


@login_required
@require_safe
def week(request: PersonRequest, slug: str, day: date) -> HttpResponse:
    """`day`: its last one."""
    me = access.membership(request.user, slug)
    check = week_of(me.project, day)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "drift",
        "check": check,
        "groups": weeks.shown(check),
        "alert": weeks.alerts_of([check]).get(day),
    }
    return render(request, "drift/week.html", page)

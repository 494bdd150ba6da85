"""One page that answers: is it getting better?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotator import access
from annotator.web.request import PersonRequest
from feedback import days
from feedback.queries.better import better as better_of
from feedback.trend import bars, trend


@login_required
@require_safe
def better(request: PersonRequest, slug: str) -> HttpResponse:
    """The last four weeks against the four before; failure rates by week and by version."""
    me = access.membership(request.user, slug)
    found = better_of(me, timezone.now())
    weeks = found.failures.weeks
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "overview",
        "may_make": me.role in access.LABELERS,
        "told": found,
        "trend": trend([(week.monday, week.estimate) for week in weeks]),
        "by_week": True,
        "weeks": [(week, week.monday + days.DAY * 7) for week in reversed(weeks)],
        "bars": bars([n for _day, n in found.labels.lately]),
    }
    return render(request, "feedback/better.html", page)

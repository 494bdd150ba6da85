"""What changed lately: the days that were judged."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.models import Project
from annotator.web.request import PersonRequest
from drift.chart import Point, chart
from drift.models import DriftCheck
from drift.queries import judged, kept_out, weeks
from drift.services.judge import plan_of
from drift.web import structure_said
from drift.web.days import lines
from feedback.queries.shifts import zone_of

PAGE = 30
WEEKS = 8  # of the chart


@login_required
@require_safe
def overview(request: PersonRequest, slug: str) -> HttpResponse:
    """The newest day in a sentence, the chart of the last weeks, all days. `?before=2026-11-01` pages on."""
    me = access.membership(request.user, slug)
    before = _day(request.GET.get("before", ""))
    plan = plan_of(me.project)
    checks = judged.newest(me.project, WEEKS * 7 if before is None else PAGE + 1, before)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "drift",
        "may_set": me.role in access.OWNERS,
        "newest": checks[0] if checks and before is None else None,
        "lines": lines(checks[:PAGE]),
        "weeks": weeks.newest(me.project, before),
        "changed": _changed(me.project, checks),
        "before": before,
        "older": checks[PAGE - 1].day if len(checks) > PAGE else None,
        "chart": chart(Point(one.day, one.p, one.alarm) for one in checks) if before is None else None,
        "plan": plan,
        "kept_out": kept_out.for_refused(plan, checks[:PAGE]),
    }
    return render(request, "drift/overview.html", page)


def _changed(project: Project, checks: list[DriftCheck]) -> dict[date, list[str]]:
    """How inputs and outputs of a day differ, in sentences."""
    zone = zone_of(project)
    found = judged.changed(project, checks)
    return {day: [structure_said.sentence(one, zone) for one in changes] for day, changes in found.items()}


def _day(text: str) -> date | None:
    """A day from a link; what is none begins at the newest."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

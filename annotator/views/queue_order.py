"""What the order by uncertainty did to a queue, and what its random share says about it: a panel."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.models import Job, JobState, Queue, QueueKind, Report, Role
from annotator.ordering.answers import ENOUGH
from annotator.ordering.job import NAME, REPORT
from annotator.queries.random_share import estimate_of
from annotator.stats.intervals import Estimate, wilson
from annotator.web.request import PersonRequest

THIN = "\u202f"  # between a number and its sign


@login_required
@require_safe
def panel(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """The queue's page shows it for the order by uncertainty; it has an answer for any."""
    membership = access.membership(request.user, slug)
    queue = access.queue_of(membership.project, queue_id)
    report = Report.objects.filter(queue=queue, kind=REPORT).first()
    job = (
        Job.objects.filter(project=membership.project, kind=NAME, arguments__queue=str(queue.pk))
        .order_by("-created_at")
        .first()
    )
    may_see = membership.role == Role.VIEWER or access.may_export(membership, queue)
    page = {
        "project": membership.project,
        "queue": queue,
        "report": report,
        "result": report.result if report else None,
        "learned": _learned(report) if report and may_see else None,
        "enough": ENOUGH,
        "share": _percent(queue.random_share),
        "job": job if job and job.state != JobState.DONE else None,
        "estimate": _estimate(queue) if may_see and queue.kind == QueueKind.BINARY else None,
        "may_see": may_see,
    }
    return render(request, "annotator/queue_order.html", page)


def _learned(report: Report) -> dict[str, Any] | None:
    """How often the classifier guesses right, beside what always the same answer would get."""
    result = report.result
    if not result["ordered"]:
        return None
    right = wilson(result["right"], result["items"])
    always = max(result["counts"]) / sum(result["counts"])
    return {
        "right": _percent(right.value),
        "interval": _interval(right),
        "always": _percent(always),
        "helps": right.low is not None and right.low > always,
    }


def _estimate(queue: Queue) -> dict[str, Any]:
    found = estimate_of(queue)
    return {
        "rate": _percent(found.estimate.value),
        "interval": _interval(found.estimate),
        "n": found.estimate.n,
        "left_out": found.left_out,
        "whole": found.whole,
    }


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.0f}{THIN}%"


def _interval(estimate: Estimate) -> str:
    """“15–33 %”; empty when nothing is uncertain, or nothing known."""
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return ""
    return f"{100 * estimate.low:.0f}–{100 * estimate.high:.0f}{THIN}%"

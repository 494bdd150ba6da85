"""Results of a queue of pairs: the leaderboard, biases, judges; computed by a job."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotator import access, tasks
from annotator.models import Job, JobState, Membership, Queue, QueueKind, Report, Role
from annotator.pair_results.job import NAME, REPORT
from annotator.queries.chains import chain_of
from annotator.queries.queues import Filled, filled
from annotator.services.pair_results import ask_results
from annotator.services.reports import is_outdated
from annotator.views.queue_page import head
from annotator.web import results_page
from annotator.web.request import PersonRequest

ACTIVE = (JobState.DUE, JobState.LEASED)


def _found(request: PersonRequest, slug: str, pairs_id: UUID) -> tuple[Membership, Queue, Filled]:
    membership = access.membership(request.user, slug)
    queue = access.queue_of(membership.project, pairs_id)
    if queue.kind != QueueKind.PAIRWISE:
        raise Http404
    return membership, queue, filled(queue, membership.user)


@login_required
@require_safe
def results(request: PersonRequest, slug: str, pairs_id: UUID) -> HttpResponse:
    membership, queue, places = _found(request, slug, pairs_id)
    page = head(membership, queue, "results", places=places)
    if access.is_asked_still(membership, queue, finished=places.finished):
        return render(request, "annotator/queue_results.html", {**page, "blind": True})
    report = Report.objects.filter(queue=queue, kind=REPORT).first()
    labels = queue.labels.count()
    job = _job(queue, report)
    newer = max(0, labels - report.result["labels"]) if report else labels
    page |= {
        "report": report,
        "newer": newer,
        "outdated": job is None and is_outdated(report, newer),  # one that failed is not tried for ever
        "job": job,
        "active": job is not None and job.state in ACTIVE,
        "may_compute": membership.role != Role.VIEWER,
        "questions": [
            results_page.answered(asked, report.result, mirrored=queue.mirror_share > 0)
            for asked in chain_of(queue)
        ]
        if report
        else [],
    }
    return render(request, "annotator/queue_results.html", page)


def _job(queue: Queue, report: Report | None) -> Job | None:
    """The newest one, unless its result is the one on the page."""
    newest = Job.objects.filter(project=queue.project_id, kind=NAME, arguments={"queue": str(queue.pk)})
    job = newest.order_by("-created_at").first()
    return None if job is None or (report and report.job_id == job.pk) else job


@login_required
@require_POST
def compute(request: PersonRequest, slug: str, pairs_id: UUID) -> HttpResponse:
    membership, queue, places = _found(request, slug, pairs_id)
    if membership.role == Role.VIEWER or access.is_asked_still(membership, queue, finished=places.finished):
        raise PermissionDenied
    job = ask_results(queue=queue, by=request.user)
    tasks.ring(job)
    return redirect("queue-results", slug, pairs_id)


@login_required
@require_safe
def download(request: PersonRequest, slug: str, pairs_id: UUID, form: str) -> HttpResponse:
    """What the page shows, as JSON or the leaderboard as CSV; 404 while nothing is computed."""
    membership, queue, places = _found(request, slug, pairs_id)
    if access.is_asked_still(membership, queue, finished=places.finished):
        raise PermissionDenied
    report = Report.objects.filter(queue=queue, kind=REPORT).first()
    if report is None:
        raise Http404
    chain = chain_of(queue)
    answer = (
        JsonResponse(_document(queue, report, chain), json_dumps_params={"ensure_ascii": False, "indent": 1})
        if form == "json"
        else HttpResponse(results_page.as_csv(chain, report.result), content_type="text/csv; charset=utf-8")
    )
    answer["Content-Disposition"] = f'attachment; filename="results-{queue.pk}.{form}"'
    return answer


def _document(queue: Queue, report: Report, chain: list[Any]) -> dict[str, Any]:
    found = report.result["questions"]
    return {
        "queue": str(queue.pk),
        "computed_at": report.computed_at.isoformat(),
        "labels": report.result["labels"],
        "questions": {asked.key: found[str(asked.id)] for asked in chain if str(asked.id) in found},
    }

"""Background work of a project: the list, one job with its progress, cancel and retry."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access, tasks
from annotator.models import Job
from annotator.queries.jobs import FILTERS, PAGE, newest, shown
from annotator.services import jobs as service
from annotator.web.request import PersonRequest


@login_required
@require_safe
def jobs(request: PersonRequest, slug: str) -> HttpResponse:
    """`?which=active|failed|done` narrows, `?after=ID` pages on."""
    membership = access.membership(request.user, slug)
    which = request.GET.get("which", "")
    after = _job_named(membership.project.pk, request.GET.get("after", ""))
    now = timezone.now()
    rows = shown(list(newest(membership.project, which=which, after=after)[: PAGE + 1]), now)
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "jobs",
        "which": which if which in FILTERS else "",
        "jobs": rows[:PAGE],
        "older": rows[PAGE - 1].job.pk if len(rows) > PAGE else None,
        "moving": any(row.is_active for row in rows[:PAGE]),
        "paged": after is not None,
    }
    template = "annotator/jobs.html#list" if request.htmx else "annotator/jobs.html"
    return render(request, template, page)


def _job_named(project_id: int, text: str) -> Job | None:
    """The job that a link's `after` names; a link that names none begins at the newest."""
    try:
        job_id = UUID(text)
    except ValueError:
        return None
    return Job.objects.filter(project_id=project_id, pk=job_id).first()


@login_required
@require_safe
def job(request: PersonRequest, slug: str, job_id: UUID) -> HttpResponse:
    membership = access.membership(request.user, slug)
    found = access.job_of(membership.project, job_id)
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "jobs",
        "shown": shown([found], timezone.now())[0],
        "may_change": access.may_change_job(membership, found),
    }
    template = "annotator/job.html#live" if request.htmx else "annotator/job.html"
    return render(request, template, page)


@login_required
@require_POST
def retry(request: PersonRequest, slug: str, job_id: UUID) -> HttpResponse:
    again = service.retry(job=_changeable(request, slug, job_id))
    if again is None:
        messages.info(request, _("Nothing to try again: this job has not failed."))
    else:
        tasks.ring(again)
        messages.success(request, _("It is tried again, from where it stopped."))
    return redirect("job", slug, job_id)


@login_required
@require_POST
def cancel(request: PersonRequest, slug: str, job_id: UUID) -> HttpResponse:
    if service.cancel(job=_changeable(request, slug, job_id)):
        messages.success(request, _("Cancelled. A step that is under way is finished first."))
    else:
        messages.info(request, _("Nothing to cancel: this job has ended."))
    return redirect("job", slug, job_id)


def _changeable(request: PersonRequest, slug: str, job_id: UUID) -> Job:
    membership = access.membership(request.user, slug, access.LABELERS)
    found = access.job_of(membership.project, job_id)
    if not access.may_change_job(membership, found):
        raise PermissionDenied
    return found

"""Labels as files: downloaded at once, or made by a job and kept."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access, tasks
from annotator.exports import file as files
from annotator.exports import manifest
from annotator.exports.filters import BadFilter, Filters, given, read
from annotator.models import Export, Membership, Queue
from annotator.queries.chains import chain_of
from annotator.queries.jobs import Shown
from annotator.services.exports import ask_export
from annotator.web import downloads
from annotator.web.request import PersonRequest


def _queue(request: PersonRequest, slug: str, queue_id: UUID) -> tuple[Membership, Queue]:
    membership = access.membership(request.user, slug, access.LABELERS)
    queue = access.queue_of(membership.project, queue_id)
    if not access.may_export(membership, queue):
        raise PermissionDenied
    return membership, queue


def _export(request: PersonRequest, slug: str, export_id: UUID) -> tuple[Membership, Export]:
    membership = access.membership(request.user, slug, access.LABELERS)
    found = access.export_of(membership.project, export_id)
    if not access.may_export(membership, found.queue):
        raise PermissionDenied
    return membership, found


def _filters(queue: Queue, query: QueryDict) -> Filters:
    asked = {name: value for name, value in given(query).items() if name != "how"}
    return read(asked, questions=[asked.key for asked in chain_of(queue)])


@login_required
@require_safe
def download(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponseBase:
    """The labels as they are now. Filters as in the API."""
    _membership, queue = _queue(request, slug, queue_id)
    try:
        filters = _filters(queue, request.GET)
    except BadFilter as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    if request.method == "HEAD":
        return HttpResponse(content_type=downloads.JSON_LINES)
    return downloads.lines(queue, filters)


@login_required
@require_POST
def make(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """From the queue's page: `how=download` goes to the stream, anything else makes a file."""
    _membership, queue = _queue(request, slug, queue_id)
    try:
        filters = _filters(queue, request.POST)
    except BadFilter as error:
        messages.error(request, str(error))
        return redirect("queue", slug, queue_id)
    if request.POST.get("how") == "download":
        query = urlencode(filters.as_dict())
        address = redirect("queue-download", slug, queue_id)
        address["Location"] += f"?{query}" if query else ""
        return address
    export, job = ask_export(queue=queue, filters=filters, by=request.user)
    tasks.ring(job)
    return redirect("export", slug, export.pk)


@login_required
@require_safe
def export(request: PersonRequest, slug: str, export_id: UUID) -> HttpResponse:
    membership, found = _export(request, slug, export_id)
    page = {
        "project": membership.project,
        "role": membership.role,
        "tab": "queues",
        "export": found,
        "queue": found.queue,
        "manifest": found.manifest,
        "shown": Shown(found.job, timezone.now()) if found.job else None,
        "is_there": bool(found.sha256) and files.path_of(found.pk).exists(),
        "may_change": found.job is not None and access.may_change_job(membership, found.job),
    }
    template = "annotator/export.html#live" if request.htmx else "annotator/export.html"
    return render(request, template, page)


@login_required
@require_safe
def file(request: PersonRequest, slug: str, export_id: UUID, name: str) -> HttpResponseBase:
    """`labels.jsonl` or `manifest.json` of a finished export."""
    _membership, found = _export(request, slug, export_id)
    if not found.sha256 or found.manifest is None:
        raise Http404(_("This export is not finished."))
    shown_as = manifest.file_name(found.queue)
    if name == "manifest.json":
        response = JsonResponse(found.manifest, json_dumps_params={"indent": 2, "ensure_ascii": False})
        shown_as = shown_as.removesuffix(".jsonl") + ".manifest.json"
        response["Content-Disposition"] = content_disposition_header(True, shown_as) or ""
        return response
    path = files.path_of(found.pk)
    if name != "labels.jsonl" or not path.exists():
        raise Http404
    return downloads.stored(path, name=shown_as)

"""Importing a log file: upload, say which column is what, watch the job."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.models import Membership
from annotator.queries.jobs import Shown
from annotator.reading.errors import BadFile
from annotator.web import downloads, refusals
from annotator.web.request import PersonRequest
from feedback import days
from feedback.access import import_of
from feedback.forms.log_import import MappingForm, UploadForm
from feedback.models import LogImport
from feedback.queries.shifts import zone_of
from feedback.services import uploads
from feedback.services.uploads import LOGS

LISTED = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    membership = access.membership(request.user, slug, access.LABELERS)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            LOGS.sweep()
            try:
                kept = uploads.keep(
                    project=membership.project, file=form.cleaned_data["file"], by=request.user
                )
                return redirect("log-import-file", slug, kept.pk)
            except BadFile as bad:
                form.add_error("file", refusals.of_file(bad))
    earlier = LogImport.objects.filter(project=membership.project).select_related("job", "created_by")
    page = {**_page(membership), "form": form, "earlier": earlier[:LISTED]}
    return render(request, "feedback/log_import.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest, slug: str, upload_id: UUID) -> HttpResponse:
    """Before the start: the mapping. After it: progress, and what became of the lines."""
    membership = access.membership(request.user, slug, access.LABELERS)
    found = _upload_of(membership, upload_id)
    if found.job is not None:
        return _outcome(request, membership, found)
    if not LOGS.file_of(found).exists():  # read long ago: its job is forgotten
        messages.error(request, _("The uploaded file is gone: upload it again."))
        return redirect("log-import", slug)
    sent = request.POST if request.method == "POST" else None
    form = MappingForm(found.shape["columns"], found.mapping, sent)
    if form.is_valid():
        chosen = form.mapping()
        tasks.ring(LOGS.start(found, project=membership.project, chosen=chosen, by=request.user))
        return redirect("log-import-file", slug, found.pk)
    rows = LOGS.preview(found)
    samples = [[row[n] for row in rows if row[n]][:3] for n in range(len(form.columns))]
    columns = list(zip(form, samples, strict=True))
    page = {**_page(membership), "upload": found, "form": form, "columns": columns}
    return render(request, "feedback/log_import_map.html", page, status=422 if form.is_bound else 200)


def _outcome(request: PersonRequest, membership: Membership, found: LogImport) -> HttpResponse:
    if request.method == "POST":
        return redirect("log-import-file", membership.project.slug, found.pk)  # started already
    assert found.job is not None  # noqa: S101 - asked by the caller
    result: dict[str, Any] = found.job.result or {}
    page = {
        **_page(membership),
        "upload": found,
        "shown": Shown(found.job, timezone.now()),
        "result": result,
        "imported": _imported(membership, result),
        "errors": refusals.of_lines(result),
        "hidden_errors": refusals.hidden(result),
        "rejects": _rejects_url(membership, found) if result.get("rejected") else "",
    }
    template = "feedback/log_import_outcome.html"
    return render(request, f"{template}#outcome" if request.htmx else template, page)


def _rejects_url(membership: Membership, found: LogImport) -> str:
    """Where the refused lines can be fetched; empty when they are there no more."""
    if not LOGS.rejects_of(found).exists():
        return ""
    return reverse("log-import-rejects", args=[membership.project.slug, found.pk])


def _imported(membership: Membership, result: dict[str, Any]) -> str:
    """The log's days that something was imported into, as a query; empty when nothing was."""
    if not result.get("first"):
        return ""
    zone = zone_of(membership.project)
    first, last = (days.day_of(datetime.fromisoformat(result[name]), zone) for name in ("first", "last"))
    return f"?since={first}&until={last}"


@login_required
@require_POST
def discard(request: PersonRequest, slug: str, upload_id: UUID) -> HttpResponse:
    found = _upload_of(access.membership(request.user, slug, access.LABELERS), upload_id)
    if found.job is None:
        LOGS.discard(found)
        messages.success(request, _("The uploaded file is deleted. Nothing was imported."))
    return redirect("log-import", slug)


@login_required
@require_safe
def rejects(request: PersonRequest, slug: str, upload_id: UUID) -> HttpResponseBase:
    """The refused lines with the reason, as JSONL."""
    found = _upload_of(access.membership(request.user, slug, access.LABELERS), upload_id)
    path = LOGS.rejects_of(found)
    if not path.exists():
        raise Http404
    return downloads.stored(path, name=f"{found.name}.rejects.jsonl")


def _upload_of(membership: Membership, upload_id: UUID) -> LogImport:
    return import_of(membership.project, upload_id)


def _page(membership: Membership) -> dict[str, Any]:
    return {"project": membership.project, "role": membership.role, "tab": "log"}

"""Datasets as files: sent at once, or packed by a job and kept."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotator import access, tasks
from annotator.datasets import exporting
from annotator.forms.dataset_exports import ExportForm, given
from annotator.models import DatasetExport, DatasetVersion, Membership
from annotator.queries.jobs import Shown
from annotator.services.datasets import ask_dataset_export
from annotator.ways_out import registry
from annotator.ways_out.model import REASONS, Refused
from annotator.web import dataset_downloads, downloads
from annotator.web.request import PersonRequest


def _version(request: PersonRequest, slug: str, dataset_id: UUID, number: int) -> DatasetVersion:
    me = access.membership(request.user, slug, access.LABELERS)
    version = access.made_version_of(access.dataset_of(me.project, dataset_id), number)
    if not access.may_export_dataset(me, version):
        raise PermissionDenied
    return version


def _export(request: PersonRequest, slug: str, export_id: UUID) -> tuple[Membership, DatasetExport]:
    me = access.membership(request.user, slug, access.LABELERS)
    found = access.dataset_export_of(me.project, export_id)
    if not access.may_export_dataset(me, found.version):
        raise PermissionDenied
    return me, found


@login_required
@require_safe
def form(request: PersonRequest, slug: str, dataset_id: UUID, number: int) -> HttpResponse:
    """A fragment: the options of the format in the address. Of no rows there is no form."""
    version = _version(request, slug, dataset_id, number)
    if not version.rows:
        raise Http404
    fields = ExportForm(version, chosen=request.GET.get("format", ""))
    return render(request, "annotator/dataset_export_options.html", {"export_form": fields})


@login_required
@require_safe
def download(request: PersonRequest, slug: str, dataset_id: UUID, number: int) -> HttpResponseBase:
    """`?format=KEY&split=train` and the format's options: one split in one file, as it is made."""
    version = _version(request, slug, dataset_id, number)
    try:
        asked = exporting.ask(version, *given(request.GET))
        return dataset_downloads.file(asked, empty=request.method == "HEAD")
    except Refused as why:
        return HttpResponse(str(why), status=400, content_type="text/plain; charset=utf-8")


@login_required
@require_POST
def make(request: PersonRequest, slug: str, dataset_id: UUID, number: int) -> HttpResponse:
    """`how=download` goes to the stream where there can be one, anything else packs an archive."""
    version = _version(request, slug, dataset_id, number)
    try:
        asked = exporting.ask(version, *given(request.POST))
    except Refused as why:
        messages.error(request, str(why))
        return redirect("dataset-version", slug, dataset_id, number)
    if request.POST.get("how") == "download":
        if asked.streams:
            return dataset_downloads.redirected(asked, slug)
        messages.info(
            request,
            _("This takes several files, or reads all rows first: it is packed, and kept for you here."),
        )
    export, job = ask_dataset_export(asked, by=request.user)
    tasks.ring(job)
    return redirect("dataset-export", slug, export.pk)


def _dropped(found: DatasetExport) -> list[tuple[str, int]]:
    """Why rows gave no line, in words that are still to be translated, and how many: the most first."""
    counts = (found.manifest or {}).get("counts", {}).get("dropped", {})
    return sorted(((REASONS.get(reason, reason), n) for reason, n in counts.items()), key=lambda one: -one[1])


@login_required
@require_safe
def export(request: PersonRequest, slug: str, dataset_export_id: UUID) -> HttpResponse:
    me, found = _export(request, slug, dataset_export_id)
    form_ = registry.get(found.format)
    page = {
        "project": me.project,
        "role": me.role,
        "tab": "datasets",
        "export": found,
        "version": found.version,
        "dataset": found.version.dataset,
        "format": form_,
        "manifest": found.manifest,
        "dropped": _dropped(found),
        "shown": Shown(found.job, timezone.now()) if found.job else None,
        "is_there": bool(found.sha256) and exporting.path_of(found.pk).exists(),
        "may_change": found.job is not None and access.may_change_job(me, found.job),
    }
    template = "annotator/dataset_export.html#live" if request.htmx else "annotator/dataset_export.html"
    return render(request, template, page)


@login_required
@require_safe
def archive(request: PersonRequest, slug: str, dataset_export_id: UUID) -> HttpResponseBase:
    """The file of an export that is finished."""
    _me, found = _export(request, slug, dataset_export_id)
    path = exporting.path_of(found.pk)
    if not found.sha256 or not path.exists():
        raise Http404
    name = exporting.name_of(found.version, found.format)
    return downloads.stored(path, name=f"{name}.zip", content_type="application/zip")

"""Items and labels out of a file: upload, say which column is what, watch the job."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.forms.queue_files import MAPPINGS, UploadForm
from annotator.models import ItemImport, Membership, Queue
from annotator.queries.chains import chain_of
from annotator.queries.jobs import Shown
from annotator.reading.errors import BadFile
from annotator.services import queue_files
from annotator.services.queue_files import ITEMS, LABELS, SHELVES
from annotator.views.queue_page import head
from annotator.web import downloads, refusals
from annotator.web.request import PersonRequest

LISTED = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    me, queue = _door(request, slug, queue_id)
    form = UploadForm(queue, initial={"what": _what(request)})
    if request.method == "POST":
        form = UploadForm(queue, request.POST, request.FILES)
        if form.is_valid():
            ITEMS.sweep()
            what = form.cleaned_data["what"]
            guess = queue_files.reader_of(what, queue).vocabulary.guess
            try:
                kept = ITEMS.keep(file=form.cleaned_data["file"], by=request.user, guess=guess, queue=queue)
                return redirect(_address(queue, kept.pk, what))
            except BadFile as bad:
                form.add_error("file", refusals.of_file(bad))
    earlier = ItemImport.objects.filter(queue=queue).select_related("job", "created_by")
    page = {
        **head(me, queue, "upload"),
        "form": form,
        "earlier": earlier[:LISTED],
        "labels_kind": LABELS.job_kind,
        "chain": chain_of(queue),
    }
    return render(request, "annotator/queue_upload.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest, slug: str, queue_id: UUID, import_id: UUID) -> HttpResponse:
    """Before the start: the mapping, of items or with `?what=labels` of labels. After it: what
    became of the lines."""
    me, queue = _door(request, slug, queue_id)
    found = access.item_import_of(queue, import_id)
    if found.job is not None:
        return _outcome(request, me, found)
    if not ITEMS.file_of(found).exists():  # read long ago: its job is forgotten
        messages.error(request, _("The uploaded file is gone: upload it again."))
        return redirect("queue-upload", slug, queue_id)
    what = _what(request)
    reader = queue_files.reader_of(what, queue)
    columns = found.shape["columns"]
    sent = request.POST if request.method == "POST" else None
    form = MAPPINGS[what](queue, reader, columns, reader.vocabulary.guess(columns), sent)
    if form.is_valid():
        tasks.ring(queue_files.start(found, what=what, chosen=form.mapping(), by=request.user))
        return redirect("queue-upload-file", slug, queue_id, import_id)
    rows = ITEMS.preview(found)
    samples = [[row[n] for row in rows if row[n]][:3] for n in range(len(columns))]
    page = {
        **head(me, queue, "upload"),
        "upload": found,
        "what": what,
        "other": _address(queue, found.pk, "labels" if what == "items" else "items"),
        "form": form,
        "columns": list(zip(form, samples, strict=True)),
    }
    return render(request, "annotator/queue_upload_map.html", page, status=422 if form.is_bound else 200)


def _outcome(request: PersonRequest, me: Membership, found: ItemImport) -> HttpResponse:
    queue = found.queue
    if request.method == "POST":  # started already
        return redirect("queue-upload-file", me.project.slug, queue.pk, found.pk)
    assert found.job is not None  # noqa: S101 - asked by the caller
    result: dict[str, Any] = found.job.result or {}
    page = {
        **head(me, queue, "upload"),
        "upload": found,
        "of_labels": found.job.kind == LABELS.job_kind,
        "shown": Shown(found.job, timezone.now()),
        "result": result,
        "held_items": _held_items(queue) if result.get("held") else "",
        "more_changed": result.get("changed", 0) - len(result.get("changed_ids", ())),
        "errors": refusals.of_lines(result),
        "hidden_errors": refusals.hidden(result),
        "rejects": _rejects_url(queue, found) if result.get("rejected") else "",
    }
    template = "annotator/queue_upload_outcome.html"
    return render(request, f"{template}#outcome" if request.htmx else template, page)


def _held_items(queue: Queue) -> str:
    """The page where somebody decides about items that are held back; empty where there is none."""
    try:
        return reverse("queue-items", args=[queue.project.slug, queue.pk]) + "?which=held"
    except NoReverseMatch:
        return ""


def _rejects_url(queue: Queue, found: ItemImport) -> str:
    """Where the refused lines can be fetched; empty when they are there no more."""
    if not ITEMS.rejects_of(found).exists():
        return ""
    return reverse("queue-upload-rejects", args=[queue.project.slug, queue.pk, found.pk])


@login_required
@require_POST
def discard(request: PersonRequest, slug: str, queue_id: UUID, import_id: UUID) -> HttpResponse:
    _me, queue = _door(request, slug, queue_id)
    found = access.item_import_of(queue, import_id)
    if found.job is None:
        ITEMS.discard(found)
        messages.success(request, _("The uploaded file is deleted. Nothing was imported."))
    return redirect("queue-upload", slug, queue_id)


@login_required
@require_safe
def rejects(request: PersonRequest, slug: str, queue_id: UUID, import_id: UUID) -> HttpResponseBase:
    """The refused lines with the reason, as JSONL."""
    _me, queue = _door(request, slug, queue_id)
    found = access.item_import_of(queue, import_id)
    path = ITEMS.rejects_of(found)
    if not path.exists():
        raise Http404
    return downloads.stored(path, name=f"{found.name}.rejects.jsonl")


def _door(request: PersonRequest, slug: str, queue_id: UUID) -> tuple[Membership, Queue]:
    me = access.membership(request.user, slug, access.OWNERS)
    return me, access.queue_of(me.project, queue_id)


def _what(request: HttpRequest) -> str:
    what = request.GET.get("what", "")
    return what if what in SHELVES else "items"


def _address(queue: Queue, import_id: UUID, what: str) -> str:
    address = reverse("queue-upload-file", args=[queue.project.slug, queue.pk, import_id])
    return address if what == "items" else f"{address}?what={what}"

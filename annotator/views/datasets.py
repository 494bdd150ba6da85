"""Datasets: the list, what one takes, and its versions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotator import access, tasks
from annotator.datasets import filters as dataset_filters
from annotator.datasets import narrowings, told
from annotator.datasets.filters import Filters
from annotator.forms.dataset_exports import ExportForm
from annotator.forms.datasets import DatasetForm, FiltersForm
from annotator.models import Dataset, DatasetVersion, Membership, Role
from annotator.queries import datasets as query
from annotator.queries.jobs import Shown
from annotator.services import datasets as service
from annotator.web.dataset_words import filters_in_words, labels_by_split
from annotator.web.request import PersonRequest

PAGE = 50
LABELS = 10  # of a version's page before the fold


@login_required
@require_safe
def datasets(request: PersonRequest, slug: str) -> HttpResponse:
    """The newest first; `?after=ID` pages on."""
    me = access.membership(request.user, slug)
    after = access.dataset_of(me.project, _id(request)) if request.GET.get("after") else None
    found = list(query.datasets_of(me.project, after=after)[: PAGE + 1])
    page = _page(me) | {
        "datasets": found[:PAGE],
        "has_labels": bool(found) or query.has_labels(me.project),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "paged": after is not None,
    }
    return render(request, "annotator/datasets.html", page)


def _id(request: PersonRequest) -> UUID:
    try:
        return UUID(request.GET["after"])
    except ValueError:
        raise Http404 from None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """POST makes the dataset and asks for its first version."""
    me = access.membership(request.user, slug, access.OWNERS)
    posted = request.method == "POST"
    form = DatasetForm(me.project, request.POST if posted else None, filters=_asked(request))
    if form.is_valid():
        try:
            made = service.make_dataset(
                project=me.project, name=form.cleaned_data["name"], filters=form.filters(), by=request.user
            )
        except service.Taken:
            form.add_error("name", _("There is a dataset of this name: choose another one."))
        else:
            return _ask_version(request, slug, made)
    page = _page(me) | {"form": form}
    return render(request, "annotator/dataset_form.html", page, status=422 if posted else 200)


def _asked(request: PersonRequest) -> Filters:
    """What a link from elsewhere has chosen beforehand. What was never offered is no choice of the form."""
    chosen = {one.name: tuple(request.GET.getlist(one.name)) for one in narrowings.narrowings()}
    return Filters(within={name: values for name, values in chosen.items() if values})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: PersonRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    """What the next version takes."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = access.dataset_of(me.project, dataset_id)
    posted = request.method == "POST"
    known = dataset_filters.read(found.filters)
    form = DatasetForm(me.project, request.POST if posted else None, name=found.name, filters=known)
    if form.is_valid():
        try:
            service.change_dataset(found, name=form.cleaned_data["name"], filters=form.filters())
        except service.Taken:
            form.add_error("name", _("There is a dataset of this name: choose another one."))
        else:
            messages.success(
                request, _("Saved. Versions that are made stay as they are; the next one takes this.")
            )
            return redirect("dataset", slug, found.pk)
    page = _page(me) | {"form": form, "dataset": found}
    return render(request, "annotator/dataset_form.html", page, status=422 if posted else 200)


@login_required
@require_safe
def preview(request: PersonRequest, slug: str) -> HttpResponse:
    """A fragment: how many rows the filters in the address would give now."""
    me = access.membership(request.user, slug, access.OWNERS)
    form = FiltersForm(me.project, request.GET)
    page: dict[str, Any] = {"form": form}
    if form.is_valid():
        found = query.preview(me.project, form.filters())
        page |= {"found": found, "left": told.left_out({"left_out": found.left})}
    return render(request, "annotator/dataset_preview.html", page)


@login_required
@require_safe
def dataset(request: PersonRequest, slug: str, dataset_id: UUID, number: int | None = None) -> HttpResponse:
    """With its newest version, or the one of this number."""
    me = access.membership(request.user, slug)
    found = access.dataset_of(me.project, dataset_id)
    versions = query.versions_of(found)
    version = versions[0] if versions else None
    if number is not None:
        version = access.dataset_version_of(found, number)
    page = _page(me) | {"dataset": found, "versions": versions, "version": version}
    page |= {
        "filters": filters_in_words(
            dataset_filters.read(version.filters if version else found.filters), found.project
        )
    }
    if version is not None:
        page |= _version(request, me, version, versions)
    template = "annotator/dataset.html#live" if request.htmx else "annotator/dataset.html"
    return render(request, template, page)


def _version(
    request: PersonRequest, me: Membership, version: DatasetVersion, versions: list[DatasetVersion]
) -> dict[str, Any]:
    shown = Shown(version.job, timezone.now()) if version.job else None
    page: dict[str, Any] = {
        "shown": shown,
        "may_change": version.job is not None and access.may_change_job(me, version.job),
        "newest": version.number == versions[0].number,
    }
    if version.made_at is None or version.counts is None:
        return page
    may_export = access.may_export_dataset(me, version)
    labels = labels_by_split(version.counts)
    before = next((one.number for one in versions if one.number < version.number and one.made_at), None)
    return page | {
        "may_read": may_export or access.may_read_rows(me, version),
        "may_export": may_export,
        "export_form": ExportForm(version) if may_export and version.rows else None,
        "exports": query.exports_of(version) if may_export else [],
        "splits": [(split, version.counts["splits"][split]) for split in told.SPLITS],
        "labels": labels[:LABELS],
        "more_labels": labels[LABELS:],
        "untold": (version.rows or 0) - sum(n for _label, _each, n in labels),
        "left": told.left_out(version.counts),
        "warnings": told.warnings(version.counts),
        "news": query.has_news(version),
        "same_as": next(
            (one.number for one in versions if one.number < version.number and one.sha256 == version.sha256),
            None,
        ),
        "before": before,
    }


@login_required
@require_POST
def make_version(request: PersonRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    return _ask_version(request, slug, access.dataset_of(me.project, dataset_id))


def _ask_version(request: PersonRequest, slug: str, found: Dataset) -> HttpResponse:
    version, job = service.ask_version(found, by=request.user)
    tasks.ring(job)
    return redirect("dataset-version", slug, found.pk, version.number)


@login_required
@require_POST
def delete(request: PersonRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    """With all its versions and files."""
    me = access.membership(request.user, slug, access.OWNERS)
    found = access.dataset_of(me.project, dataset_id)
    service.delete_dataset(found)
    messages.success(request, _("“%(name)s” is deleted, with its rows and files.") % {"name": found.name})
    return redirect("datasets", slug)


@login_required
@require_POST
def delete_version(request: PersonRequest, slug: str, dataset_id: UUID, number: int) -> HttpResponse:
    me = access.membership(request.user, slug, access.OWNERS)
    found = access.dataset_of(me.project, dataset_id)
    service.delete_versions([access.dataset_version_of(found, number)])
    messages.success(request, _("Version %(n)s is deleted, with its rows and files.") % {"n": number})
    return redirect("dataset", slug, found.pk)


def _page(me: Membership) -> dict[str, Any]:
    return {"project": me.project, "role": me.role, "tab": "datasets", "owns": me.role == Role.OWNER}

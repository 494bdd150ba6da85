"""The rows of a version, one of them with where it is from, and what changed since another version."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotator import access
from annotator.datasets import diff as diffs
from annotator.datasets import frozen
from annotator.forms.datasets import RowsForm
from annotator.models import DatasetVersion, Membership
from annotator.queries import datasets as query
from annotator.web.dataset_words import CHANGES, parts_of, shown_rows
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest


def _version(
    request: PersonRequest, slug: str, dataset_id: UUID, number: int
) -> tuple[Membership, DatasetVersion]:
    me = access.membership(request.user, slug)
    version = access.made_version_of(access.dataset_of(me.project, dataset_id), number)
    if not access.may_read_rows(me, version):
        raise PermissionDenied
    return me, version


def _page(me: Membership, version: DatasetVersion) -> dict[str, Any]:
    return {
        "project": me.project,
        "role": me.role,
        "tab": "datasets",
        "dataset": version.dataset,
        "version": version,
    }


@login_required
@require_safe
def rows(request: PersonRequest, slug: str, dataset_id: UUID, number: int) -> HttpResponse:
    """`?split=`, `?label=`; `?after=` pages on."""
    me, version = _version(request, slug, dataset_id, number)
    form = RowsForm(request.GET)
    page = _page(me, version) | {"form": form}
    if form.is_valid():
        chosen = form.cleaned_data
        found, after = query.rows_page(
            version, split=chosen["split"], label=chosen["label"], after=chosen["after"] or 0
        )
        counts = (version.counts or {})["splits"]
        page |= {
            "rows": shown_rows(found),
            "next": form.query(after=after) if after else "",
            "filters": [
                (split, form.query(split=split), split == chosen["split"], counts.get(split))
                for split in ("", "train", "dev", "test")
            ],
            "label": chosen["label"],
            "without_label": form.query(label=""),
            "beginning": form.query() if chosen["after"] else "",
        }
    return render(request, "annotator/dataset_rows.html", page, status=200 if form.is_valid() else 400)


@login_required
@require_safe
def row(request: PersonRequest, slug: str, dataset_id: UUID, number: int, position: int) -> HttpResponse:
    """One row: its texts, and its lineage down to labels, wordings and raters."""
    me, version = _version(request, slug, dataset_id, number)
    found = access.dataset_row_of(version, position)
    content = frozen.row_of(found.content, split=found.split, group=str(found.group))
    told = content.provenance
    page = _page(me, version) | {
        "row": found,
        "content": content,
        "parts": parts_of(content),
        "metadata_html": payload_html(content.metadata) if content.metadata else "",
        "lineage": query.lineage_of(found, told.labels, told.item),
        "last": version.rows,
    }
    return render(request, "annotator/dataset_row.html", page)


@login_required
@require_safe
def diff(request: PersonRequest, slug: str, dataset_id: UUID, number: int, other: int) -> HttpResponse:
    """What changed from version `other` to version `number`."""
    me, version = _version(request, slug, dataset_id, number)
    before = access.made_version_of(version.dataset, other)
    if not access.may_read_rows(me, before):
        raise PermissionDenied
    counts = diffs.counts(before, version)
    changes = {which: diffs.examples(before, version, which) for which in diffs.WHICH if counts[which]}
    texts = query.by_id(change.new_id or change.old_id or 0 for those in changes.values() for change in those)
    page = _page(me, version) | {
        "before": before,
        "same": counts["same"],
        "parts": [
            (
                which,
                words,
                counts[which],
                [(one, texts.get(one.new_id or one.old_id or 0)) for one in changes.get(which, [])],
            )
            for which, words in CHANGES.items()
        ],
        "others": [one for one in query.versions_of(version.dataset) if one.made_at and one.number != number],
    }
    return render(request, "annotator/dataset_diff.html", page)

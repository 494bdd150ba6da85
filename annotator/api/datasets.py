"""Datasets out: what there are, their versions, and one split of one in any format, streamed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router, Schema

from annotator import access
from annotator.api.auth import ByKey, Caller
from annotator.api.errors import Refused
from annotator.datasets import exporting
from annotator.forms.dataset_exports import given
from annotator.models import DatasetVersion, Project, Scope
from annotator.queries import datasets as query
from annotator.ways_out import registry
from annotator.ways_out.model import Refused as NoExport
from annotator.web import dataset_downloads

router = Router(tags=["datasets"])
EXPORTS = ByKey(Scope.EXPORT)
MOST = 500


class DatasetOut(Schema):
    id: UUID
    name: str
    newest_version: int | None
    rows: int | None
    made_at: datetime | None


class VersionOut(Schema):
    number: int
    rows: int
    splits: dict[str, int]
    sha256: str
    made_at: datetime
    filters: dict[str, Any]


class FormatOut(Schema):
    key: str
    title: str
    takes: list[str]
    splits: list[str]
    streams: bool
    options: dict[str, Any]


def _project(request: HttpRequest) -> Project:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    assert caller.key is not None  # noqa: S101 - ByKey lets nobody else in
    return caller.key.project


@router.get("/datasets", auth=EXPORTS, response=list[DatasetOut], summary="Datasets of the project")
def datasets(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest first, at most 500."""
    return [
        {
            "id": one.pk,
            "name": one.name,
            "newest_version": one.newest,  # type: ignore[attr-defined]
            "rows": one.newest_rows,  # type: ignore[attr-defined]
            "made_at": one.newest_at,  # type: ignore[attr-defined]
        }
        for one in query.datasets_of(_project(request))[:MOST]
    ]


@router.get(
    "/datasets/{uuid:dataset_id}/versions",
    auth=EXPORTS,
    response=list[VersionOut],
    summary="Versions of a dataset that are made",
)
def versions(request: HttpRequest, dataset_id: UUID) -> list[dict[str, Any]]:
    """The newest first. A version never changes."""
    found = query.versions_of(access.dataset_of(_project(request), dataset_id))
    return [_told(one) for one in found if one.made_at is not None]


def _told(one: DatasetVersion) -> dict[str, Any]:
    return {
        "number": one.number,
        "rows": one.rows,
        "splits": (one.counts or {})["splits"],
        "sha256": one.sha256,
        "made_at": one.made_at,
        "filters": one.filters,
    }


@router.get("/dataset-formats", auth=EXPORTS, response=list[FormatOut], summary="Formats of datasets")
def formats(request: HttpRequest) -> list[dict[str, Any]]:
    """What `format` can be, and each one's options with their defaults."""
    return [
        {
            "key": form.key,
            "title": form.title,
            "takes": sorted(form.takes),
            "splits": [split for split in exporting.SPLITS if split in form.splits],
            "streams": form.streams,
            "options": {option.name: option.default for option in form.options},
        }
        for form in registry.formats()
    ]


@router.get(
    "/datasets/{uuid:dataset_id}/versions/{int:number}/export",
    auth=EXPORTS,
    summary="One split in one format",
    openapi_extra={
        "parameters": [
            {
                "in": "query",
                "name": name,
                "required": needed,
                "schema": {"type": "string"},
                "description": text,
            }
            for name, needed, text in (
                ("format", True, "a key of /dataset-formats"),
                ("split", False, "train, dev or test; left out: train"),
            )
        ],
        "responses": {200: {"description": "The file", "content": {"application/x-ndjson": {}}}},
    },
)
def export(request: HttpRequest, dataset_id: UUID, number: int) -> HttpResponseBase:
    """Streamed. The format's options are further parameters.

    A download that was cut is seen: it ends in the middle of a line, with an error. What takes several
    files is made on the dataset's page, or by `manage.py export_dataset`.
    """
    version = access.made_version_of(access.dataset_of(_project(request), dataset_id), number)
    try:
        return dataset_downloads.file(exporting.ask(version, *given(request.GET)))
    except NoExport as why:
        raise Refused(400, str(why)) from why

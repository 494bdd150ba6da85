"""Uploaded log files: kept under a name of our own until a job has read them."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from annotator.models import Job, Project, User
from annotator.services import jobs
from feedback.ingest import files, mapping
from feedback.ingest.errors import gettext_noop
from feedback.ingest.files import Row, Shape
from feedback.models import LogImport
from feedback.services.imports import Plan

KIND = "import_logs"
UNUSED_FOR = timedelta(days=1)  # an upload that nobody started
KEEP_REJECTS = timedelta(days=30)
PREVIEW_ROWS = 5
CELL = 200  # characters a preview shows


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def file_of(upload: LogImport) -> Path:
    return folder() / str(upload.pk)


def rejects_of(upload: LogImport) -> Path:
    return folder() / f"{upload.pk}.rejects.jsonl"


def keep(*, project: Project, file: "UploadedFile[bytes]", by: User) -> LogImport:
    """The upload with what its content says it is. BadFile: it is nothing we read; nothing is kept."""
    upload = LogImport(project=project, name=(file.name or "")[-255:], size=file.size or 0, created_by=by)
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = file_of(upload)
    try:
        with path.open("xb") as target:
            for piece in file.chunks():
                target.write(piece)
        shape = files.look(path)
        if next(files.rows(path, shape, record_bytes=settings.INGEST_MAX_RECORD_BYTES), None) is None:
            raise files.BadFile(gettext_noop("The file has a header and no rows."))
        upload.shape = vars(shape) | {"columns": list(shape.columns)}
        upload.mapping = mapping.guess(shape.columns)
        upload.save()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return upload


def shape_of(upload: LogImport) -> Shape:
    return Shape(**{**upload.shape, "columns": tuple(upload.shape["columns"])})


def plan_of(upload: LogImport) -> Plan:
    return Plan(
        file_of(upload),
        shape_of(upload),
        upload.mapping,
        ZoneInfo(upload.project.time_zone),
        settings.INGEST_MAX_RECORD_BYTES,
        settings.INGEST_MAX_DEPTH,
    )


def preview(upload: LogImport) -> list[list[str]]:
    """The first rows, a short text for each column."""
    found = files.rows(file_of(upload), shape_of(upload), record_bytes=settings.INGEST_MAX_RECORD_BYTES)
    shown = [row for (row, _), _n in zip(found, range(PREVIEW_ROWS), strict=False)]
    return [_cells(row, upload.shape["columns"]) for row in shown]


def _cells(row: Row, columns: list[str]) -> list[str]:
    cells: dict[str, Any] = row.cells or mapping.texts(row.text)
    return [str(cells.get(column, ""))[:CELL] for column in columns]


@transaction.atomic
def start(*, upload: LogImport, chosen: dict[str, str], by: User) -> Job:
    """The job that reads it; asked twice it is one."""
    job = jobs.ask(
        kind=KIND, key=str(upload.pk), project=upload.project, arguments={"upload": str(upload.pk)}, by=by
    )
    if upload.job_id is None:
        upload.job, upload.mapping = job, chosen
        upload.save(update_fields=["job", "mapping"])
    return job


def discard(*, upload: LogImport) -> None:
    """Forget an upload that was not started."""
    path = file_of(upload)
    upload.delete()
    path.unlink(missing_ok=True)


def sweep() -> None:
    """Drop uploads that nobody started, and rejects that nobody will fetch any more."""
    now = timezone.now()
    for upload in LogImport.objects.filter(job=None, created_at__lt=now - UNUSED_FOR)[:100]:
        discard(upload=upload)
    for upload in LogImport.objects.filter(created_at__lt=now - KEEP_REJECTS)[:100]:
        rejects_of(upload).unlink(missing_ok=True)
        file_of(upload).unlink(missing_ok=True)
        upload.delete()

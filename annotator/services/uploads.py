"""Uploaded files of records: kept under a name of our own until a job has read them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from annotator.models import Job, Project, User
from annotator.reading import files, mapping
from annotator.reading.errors import BadFile, gettext_noop
from annotator.reading.files import Shape
from annotator.reading.plans import Plan
from annotator.reading.records import Limits
from annotator.services import jobs

UNUSED_FOR = timedelta(days=1)  # an upload that nobody started
KEEP_REJECTS = timedelta(days=30)
PREVIEW_ROWS = 5
CELL = 200  # characters a preview shows

# A model with name, size, shape, mapping, job, created_by and created_at.
Upload = TypeVar("Upload", bound=Model)


def limits(zone: tzinfo | None = None) -> Limits:
    """What one record of a file may weigh here."""
    return Limits(settings.INGEST_MAX_RECORD_BYTES, settings.INGEST_MAX_DEPTH, zone)


@dataclass(frozen=True)
class Shelf(Generic[Upload]):
    """Where the uploads of one kind lie, and the kind of job that reads them."""

    model: type[Upload]
    folder_name: str
    job_kind: str

    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.folder_name

    def file_of(self, upload: Upload) -> Path:
        return self.folder() / str(upload.pk)

    def rejects_of(self, upload: Upload) -> Path:
        return self.folder() / f"{upload.pk}.rejects.jsonl"

    def keep(
        self,
        *,
        file: "UploadedFile[bytes]",
        by: User,
        guess: Callable[[Sequence[str]], dict[str, str]],
        **of: Any,
    ) -> Upload:
        """The upload with what its content says it is. BadFile: it is nothing we read; nothing is kept.

        `of` says what it belongs to.
        """
        upload: Any = self.model(name=(file.name or "")[-255:], size=file.size or 0, created_by=by, **of)
        self.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.file_of(upload)
        try:
            with path.open("xb") as target:
                for piece in file.chunks():
                    target.write(piece)
            shape = files.look(path)
            if next(files.rows(path, shape, record_bytes=limits().record_bytes), None) is None:
                raise BadFile(gettext_noop("The file has a header and no rows."))
            upload.shape = vars(shape) | {"columns": list(shape.columns)}
            upload.mapping = guess(shape.columns)
            upload.save()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        kept: Upload = upload
        return kept

    def plan_of(self, upload: Upload, *, zone: tzinfo | None = None) -> Plan:
        """`zone` is that of times written without one."""
        return Plan(self.file_of(upload), shape_of(upload), _row(upload).mapping, limits(zone))

    def preview(self, upload: Upload) -> list[list[str]]:
        """The first rows, a short text for each column."""
        shape = shape_of(upload)
        found = files.rows(self.file_of(upload), shape, record_bytes=limits().record_bytes)
        shown = [mapping.texts(row) for (row, _), _n in zip(found, range(PREVIEW_ROWS), strict=False)]
        return [[cells.get(column, "")[:CELL] for column in shape.columns] for cells in shown]

    @transaction.atomic
    def start(
        self, upload: Upload, *, project: Project, chosen: dict[str, str], by: User, **more: str
    ) -> Job:
        """The job that reads it; asked twice it is one. `more` are arguments beside the upload's id."""
        key, row = str(upload.pk), _row(upload)
        job = jobs.ask(kind=self.job_kind, key=key, project=project, arguments={"upload": key, **more}, by=by)
        if row.job_id is None:
            row.job, row.mapping = job, chosen
            row.save(update_fields=["job", "mapping"])
        return job

    def discard(self, upload: Upload) -> None:
        """Forget an upload that was not started."""
        path = self.file_of(upload)
        upload.delete()
        path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Drop uploads that nobody started, and rejects that nobody will fetch any more."""
        now = timezone.now()
        uploads: QuerySet[Upload] = QuerySet(self.model)
        for upload in uploads.filter(job=None, created_at__lt=now - UNUSED_FOR)[:100]:
            self.discard(upload)
        for upload in uploads.filter(created_at__lt=now - KEEP_REJECTS)[:100]:
            self.rejects_of(upload).unlink(missing_ok=True)
            self.file_of(upload).unlink(missing_ok=True)
            upload.delete()
        self.sweep_lost()

    def sweep_lost(self) -> None:
        """Delete files whose upload is gone: it went with its project, and a database deletes no files."""
        if not self.folder().is_dir():
            return
        before = time.time() - UNUSED_FOR.total_seconds()  # one that is just being written has no row yet
        old = [path for path in self.folder().iterdir() if path.stat().st_mtime < before]
        of = {path: key for path in old if (key := _uuid_in(path.name)) is not None}
        uploads: QuerySet[Upload] = QuerySet(self.model)
        known = set(uploads.filter(pk__in=set(of.values())).values_list("pk", flat=True))
        for path, key in of.items():
            if key not in known:
                path.unlink(missing_ok=True)


def _uuid_in(name: str) -> UUID | None:
    try:
        return UUID(name.partition(".")[0])
    except ValueError:
        return None


def shape_of(upload: Model) -> Shape:
    shape = _row(upload).shape
    return Shape(**{**shape, "columns": tuple(shape["columns"])})


def _row(upload: Model) -> Any:
    """The upload with the columns that each kind of it has."""
    return upload

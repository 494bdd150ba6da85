"""Uploaded log files."""

from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile

from annotator.models import Project, User
from annotator.reading.plans import Plan
from annotator.services.uploads import Shelf
from feedback.ingest.mapping import LOG
from feedback.models import LogImport

LOGS = Shelf(LogImport, folder_name="imports", job_kind="import_logs")


def keep(*, project: Project, file: "UploadedFile[bytes]", by: User) -> LogImport:
    return LOGS.keep(file=file, by=by, guess=LOG.guess, project=project)


def plan_of(upload: LogImport) -> Plan:
    return LOGS.plan_of(upload, zone=ZoneInfo(upload.project.time_zone))

"""Uploading a log file, and saying which column is what."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.forms import uploads
from feedback.ingest.schema import FIELDS


class UploadForm(uploads.UploadForm):
    too_large = gettext_lazy("The file is larger than %(limit)s. Split it, or use manage.py import_logs.")


class MappingForm(uploads.MappingForm):
    def __init__(self, columns: list[str], chosen: dict[str, str], data: Any = None) -> None:
        super().__init__(columns, chosen, data, fields=FIELDS)

    def check_fields(self, picked: set[str]) -> None:
        if "input" not in picked:
            raise ValidationError(_("Say which column is the input: what your product was asked."))

"""Uploading a log file, and saying which column is what."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.ingest.schema import FIELDS


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # an empty one gets a sentence of ours
        help_text=gettext_lazy("JSONL, one object a line, or CSV with a header; either may be gzipped."),
        widget=forms.FileInput(
            attrs={"accept": ".jsonl,.ndjson,.json,.csv,.tsv,.txt,.gz,application/gzip,text/csv"}
        ),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _("The file is larger than %(limit)s. Split it, or use manage.py import_logs.")
                % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
            )
        return file


class MappingForm(forms.Form):
    """One choice a column: a field, or nothing, which keeps it as metadata."""

    def __init__(self, columns: list[str], chosen: dict[str, str], data: Any = None) -> None:
        super().__init__(data)
        self.columns = columns
        fields = {column: field for field, column in chosen.items()}
        choices = [("", _("metadata")), *((field, field) for field in FIELDS)]
        for number, column in enumerate(columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=fields.get(column, "")
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        picked = [field for field in cleaned.values() if field]
        for field in sorted(set(picked)):
            if picked.count(field) > 1:
                raise ValidationError(_("Two columns cannot both be “%(field)s”.") % {"field": field})
        if "input" not in picked and not self.errors:
            raise ValidationError(_("Say which column is the input: what your product was asked."))
        return cleaned

    def mapping(self) -> dict[str, str]:
        """Field → column."""
        return {
            self.cleaned_data[f"column-{number}"]: column
            for number, column in enumerate(self.columns)
            if self.cleaned_data.get(f"column-{number}")
        }

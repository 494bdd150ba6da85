"""Uploading a file of records, and saying which column is what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class UploadForm(forms.Form):
    too_large = gettext_lazy("The file is larger than %(limit)s. Split it.")
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
            raise ValidationError(self.too_large % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)})
        return file


class MappingForm(forms.Form):
    """One choice a column: a field, or nothing, which keeps it as metadata."""

    def __init__(
        self,
        columns: list[str],
        chosen: dict[str, str],
        data: Any = None,
        *,
        fields: Sequence[str],
        rest: str = "",
    ) -> None:
        """`rest`: what becomes of other columns; metadata, if it is not said."""
        super().__init__(data)
        self.columns = columns
        guessed = {column: field for field, column in chosen.items()}
        choices = [("", rest or _("metadata")), *((field, field) for field in fields)]
        for number, column in enumerate(columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=guessed.get(column, "")
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        picked = [field for field in cleaned.values() if field]
        for field in sorted(set(picked)):
            if picked.count(field) > 1:
                raise ValidationError(_("Two columns cannot both be “%(field)s”.") % {"field": field})
        if not self.errors:
            self.check_fields(set(picked))
        return cleaned

    def check_fields(self, picked: set[str]) -> None:
        """ValidationError when fields are lacking that each record must have."""

    def mapping(self) -> dict[str, str]:
        """Field → column."""
        return {
            self.cleaned_data[f"column-{number}"]: column
            for number, column in enumerate(self.columns)
            if self.cleaned_data.get(f"column-{number}")
        }

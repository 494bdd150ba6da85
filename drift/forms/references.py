"""What a reference is made of, and what becomes of the inputs that it does not cover."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.forms.texts import TextField
from annotator.models import Dataset, DatasetVersion, Project
from drift.services.references import MOST_INPUTS
from drift.services.uncovered import MOST, USUAL

OFFERED = 200
VERSION, FILE = "version", "file"


class ReferenceForm(forms.Form):
    """A version of a dataset, or a file: `of` says which, and the fields of the other kind are hidden by its style sheet."""

    name = TextField(label=gettext_lazy("Name"), max_length=120)
    of = forms.ChoiceField(
        label=gettext_lazy("What it is made of"),
        required=False,
        choices=[
            (VERSION, gettext_lazy("A version of a dataset")),
            (FILE, gettext_lazy("A file")),
        ],
        widget=forms.RadioSelect,
    )
    version = forms.ChoiceField(
        label=gettext_lazy("Version"),
        required=False,
        help_text=gettext_lazy("It never changes, so what it covers can be followed from day to day."),
    )
    split = forms.ChoiceField(
        label=gettext_lazy("Which part of it"),
        required=False,
        choices=[
            ("", gettext_lazy("All of it")),
            ("test", gettext_lazy("Test")),
            ("dev", gettext_lazy("Dev")),
            ("train", gettext_lazy("Train")),
        ],
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        allow_empty_file=True,  # an empty one gets a sentence of ours
        help_text=gettext_lazy("JSONL, one object a line, or CSV with a header; either may be gzipped."),
        widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.json,.csv,.tsv,.txt,.gz"}),
    )
    column = TextField(
        label=gettext_lazy("Column with the input"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: the one that looks like it, such as input or question."),
    )

    def __init__(self, project: Project, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, label_suffix="")
        self._versions = {
            str(one.pk): one
            for one in DatasetVersion.objects.filter(
                dataset__project=project, made_at__isnull=False, rows__gt=0
            )
            .select_related("dataset")
            .order_by("-made_at")[:OFFERED]
        }
        chosen = [(key, _shown(one)) for key, one in self._versions.items()]
        self.fields["version"].choices = [("", _("none")), *chosen]  # type: ignore[attr-defined]
        self.initial["of"] = VERSION if self._versions else FILE

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_file(self) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _("The file is larger than %(limit)s. Take a sample of it.")
                % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        version, file = cleaned.get("version"), cleaned.get("file")
        of = cleaned.get("of") or (FILE if file else VERSION)
        if of == FILE:  # what is not shown counts for nothing
            cleaned |= {"version": "", "split": ""}
        else:
            cleaned |= {"file": None, "column": ""}
            for name in ("file", "column"):
                self.errors.pop(name, None)
        if self.errors:
            return cleaned
        if of == FILE and not file:
            self.add_error("file", _("Choose a file."))
        elif of == VERSION and not version:
            self.add_error("version", _("Choose a version of a dataset."))
        elif of == VERSION and self.chosen_version is not None:
            self._check_size(self.chosen_version, cleaned.get("split") or "")
        return cleaned

    def _check_size(self, version: DatasetVersion, split: str) -> None:
        rows = (version.counts or {}).get("splits", {}).get(split, 0) if split else version.rows or 0
        if not rows:
            self.add_error("split", _("This part of the version has no rows: choose another one."))
        if rows > MOST_INPUTS:
            most = number_format(MOST_INPUTS, force_grouping=True)
            self.add_error("split", _("More than %(most)s rows: choose a smaller part.") % {"most": most})

    @property
    def chosen_version(self) -> DatasetVersion | None:
        return self._versions.get(self.cleaned_data.get("version") or "")


def _shown(one: DatasetVersion) -> str:
    return _("%(dataset)s, version %(n)s (%(rows)s rows)") % {
        "dataset": one.dataset.name,
        "n": one.number,
        "rows": number_format(one.rows or 0, force_grouping=True),
    }


class SampleForm(forms.Form):
    """How many of a group, or of all that is uncovered when there is none."""

    coverage = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    group = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    n = forms.IntegerField(label=gettext_lazy("How many at most"), min_value=1, max_value=MOST, initial=USUAL)


class AddForm(forms.Form):
    """Which dataset takes what was labelled."""

    dataset = forms.ChoiceField(label=gettext_lazy("Dataset"))

    def __init__(self, project: Project, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self._datasets = {
            str(one.pk): one
            for one in Dataset.objects.filter(project=project).order_by("-created_at")[:OFFERED]
        }
        self.fields["dataset"].choices = [(key, one.name) for key, one in self._datasets.items()]  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        return not self._datasets

    @property
    def choice(self) -> forms.BoundField:
        return self["dataset"]

    @property
    def chosen_dataset(self) -> Dataset:
        return self._datasets[str(UUID(self.cleaned_data["dataset"]))]

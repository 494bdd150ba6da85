"""Uploading a file into a queue, and saying which column is what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.forms import uploads
from annotator.models import Queue, QueueKind
from annotator.services.queue_files import Reader
from annotator.services.sent_items import why_not

WHAT = [
    ("items", gettext_lazy("Items: texts to be labelled")),
    ("labels", gettext_lazy("Labels: answers that were given elsewhere")),
]


class UploadForm(uploads.UploadForm):
    what = forms.ChoiceField(
        label=gettext_lazy("What is in the file?"),
        choices=WHAT,
        initial="items",
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    field_order = ("what", "file")

    def __init__(self, queue: Queue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = queue

    def clean_what(self) -> str:
        what: str = self.cleaned_data["what"]
        if what == "items":
            _check_may_be_filled(self.queue)
        return what


def _check_may_be_filled(queue: Queue) -> None:
    if refusal := why_not(queue):
        raise ValidationError(_(refusal))


class ItemMappingForm(uploads.MappingForm):
    def __init__(
        self, queue: Queue, reader: Reader, columns: list[str], chosen: dict[str, str], data: Any
    ) -> None:
        super().__init__(columns, chosen, data, fields=reader.vocabulary.fields)
        self.pairs = queue.kind == QueueKind.PAIRWISE
        self.queue = queue

    def check_fields(self, picked: set[str]) -> None:
        _check_may_be_filled(self.queue)
        if self.pairs and not {"left", "right"} <= picked:
            raise ValidationError(_("Say which columns are the two outputs: left and right."))
        if not self.pairs and not {"input", "output"} & picked:
            raise ValidationError(_("Say which column is the output, or the input: the text to be judged."))


class LabelMappingForm(uploads.MappingForm):
    def __init__(
        self, queue: Queue, reader: Reader, columns: list[str], chosen: dict[str, str], data: Any
    ) -> None:
        super().__init__(columns, chosen, data, fields=reader.vocabulary.fields, rest=_("not used"))
        self.several = reader.asked.only is None

    def check_fields(self, picked: set[str]) -> None:
        for field, words in (
            ("external_id", _("Say which column is the item’s external_id.")),
            ("answer", _("Say which column is the answer.")),
            ("rater", _("Say which column is the rater: who gave the answer.")),
            ("question", _("Say which column is the question: this queue asks several.")),
        ):
            if field not in picked and (field != "question" or self.several):
                raise ValidationError(words)


MAPPINGS: dict[str, type[ItemMappingForm] | type[LabelMappingForm]] = {
    "items": ItemMappingForm,
    "labels": LabelMappingForm,
}

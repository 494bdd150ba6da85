"""How many of what the log's filters match go into a queue."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.models import Queue, QueueKind, new_seed
from feedback.queries.interactions import Where
from feedback.queries.matching import Count
from feedback.services.from_log import MOST, Wanted

SAMPLE, ALL = "sample", "all"
USUAL = 100


class FillForm(forms.Form):
    """`token` is of this page: sent twice, it is filled once."""

    apart = forms.ChoiceField(
        label=gettext_lazy("What tells the two outputs apart"),
        choices=[
            ("variant", gettext_lazy("Variant")),
            ("model", gettext_lazy("Model")),
            ("prompt_version", gettext_lazy("Prompt version")),
        ],
        help_text=gettext_lazy(
            "A pair is made of interactions with exactly the same input: one for each two of these that "
            "answered it, of each the newest that has an output."
        ),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How many"),
        choices=[(SAMPLE, gettext_lazy("A random sample")), (ALL, gettext_lazy("All of them"))],
        initial=SAMPLE,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    n = forms.IntegerField(
        label=gettext_lazy("Size of the sample"), min_value=1, max_value=MOST, initial=USUAL, required=False
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=2**31 - 1,
        help_text=gettext_lazy("The same seed draws the same sample again, while the log is the same."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, queue: Queue, where: Where, count: Count) -> None:
        super().__init__(data, initial={"seed": new_seed(), "token": uuid4()}, label_suffix="")
        self.where, self.count = where, count
        self.pairs = queue.kind == QueueKind.PAIRWISE
        if not self.pairs:
            del self.fields["apart"]

    def clean_apart(self) -> str:
        apart: str = self.cleaned_data["apart"]
        if apart in dict(self.where.equal):
            raise ValidationError(
                _("The filters let only one of these through: take that filter out, or choose another.")
            )
        return apart

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.count.is_all and not self.count.n:
            raise ValidationError(_("Nothing in the log matches these filters: take one out above."))
        how = cleaned.get("how")
        if how == SAMPLE and cleaned.get("n") is None and "n" not in self.errors:
            self.add_error("n", _("Say how many to draw."))
        if how == ALL and self.count.n > MOST and not self.pairs:
            most = number_format(MOST, force_grouping=True)
            self.add_error(
                "how",
                _("More than %(most)s match: draw a random sample of them, or narrow the filters.")
                % {"most": most},
            )
        return cleaned

    def wanted(self) -> Wanted:
        """After is_valid()."""
        values = self.cleaned_data
        n = values["n"] if values["how"] == SAMPLE else None
        return Wanted(self.where, n, values["seed"], values.get("apart", ""))

"""The form of an export: which format, with which options, of which split."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.datasets.frozen import expected
from annotator.models import DatasetVersion
from annotator.ways_out import registry
from annotator.ways_out.model import Format, Option

SPLITS = ("train", "dev", "test")
OURS = ("format", "split", "how", "csrfmiddlewaretoken")


def given(query: QueryDict) -> tuple[str, list[str], dict[str, str]]:
    """(format, splits, options) of a query string or a form. `split` may come several times, or with
    commas; options are by their own names."""
    splits = [word.strip() for value in query.getlist("split") for word in value.split(",") if word.strip()]
    options = {name: str(query[name]) for name in query if name not in OURS}
    return query.get("format", ""), splits or ["train"], options


class ExportForm(forms.Form):
    """Shows what there is to choose; `annotator.datasets.exporting.ask` reads and checks it."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    split = forms.MultipleChoiceField(label=gettext_lazy("Splits"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, version: DatasetVersion, *, chosen: str = "") -> None:
        kinds = {kind for kind, n in (version.counts or {}).get("kinds", {}).items() if n}
        self.fitting = [form for form in registry.formats() if form.takes & kinds]
        self.form = next((form for form in self.fitting if form.key == chosen), None) or self.fitting[0]
        splits = [split for split in SPLITS if split in self.form.splits and expected(version, split)]
        super().__init__(initial={"format": self.form.key, "split": splits[:1]})
        self.fields["format"].choices = [(form.key, form.title) for form in self.fitting]  # type: ignore[attr-defined]
        self.fields["split"].choices = [(split, split) for split in splits]  # type: ignore[attr-defined]
        for option in self.form.options:
            self.fields[option.name] = _field(option)

    @property
    def chosen(self) -> Format:
        return self.form

    def options(self) -> list[forms.BoundField]:
        return [self[option.name] for option in self.form.options]


def _field(option: Option) -> forms.Field:
    words, default = _(option.words), option.default
    shared: dict[str, Any] = {"label": words, "required": False, "initial": default}
    if option.choices:
        named = [(value, _(text)) for value, text in option.choices.items()]
        return forms.ChoiceField(choices=named, **shared)
    if isinstance(default, bool):
        # A box that is not ticked sends nothing, which would be the default.
        both = [("true", _("Yes")), ("false", _("No"))]
        return forms.ChoiceField(choices=both, **{**shared, "initial": str(default).lower()})
    if isinstance(default, int):
        return forms.IntegerField(min_value=option.least, max_value=option.most, **shared)
    return forms.CharField(**shared)

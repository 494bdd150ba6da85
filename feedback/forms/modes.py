"""The forms of a failure mode: its words, its fix, its merger, its split."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from feedback.models import FailureMode, Severity
from feedback.models.modes import NAME
from feedback.queries.modes import offered
from feedback.services.modes import Words

LONG = 20_000


class ModeForm(forms.Form):
    """One wording."""

    name = TextField(
        label=_("Name"),
        max_length=NAME,
        help_text=_("A few words that say how it fails, such as “Invents a policy”."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.MAJOR)
    description = TextField(
        label=_("Description"),
        max_length=LONG,
        required=False,
        help_text=_("Markdown. What counts as this failure and what does not, so that two people agree."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    examples_bad = TextField(
        label=_("Fails like this"),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    examples_good = TextField(
        label=_("Looks like it, and does not"),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0)

    def words(self) -> Words:
        told = self.cleaned_data
        return Words(told["name"], told["description"], told["examples_bad"], told["examples_good"])


class FixForm(forms.Form):
    version = TextField(
        label=_("Mended by"),
        max_length=200,
        help_text=_(
            "The prompt or model version that no longer fails so. Seen again after this, it says so."
        ),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "list": "known-versions"}),
    )


class ModeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: FailureMode) -> str:
        return obj.name


class MergeForm(forms.Form):
    into = ModeField(
        label=_("Merge into"), queryset=FailureMode.objects.none(), empty_label=_("Choose a failure mode")
    )

    def __init__(self, mode: FailureMode, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = offered(mode.project).exclude(pk=mode.pk)  # type: ignore[attr-defined]

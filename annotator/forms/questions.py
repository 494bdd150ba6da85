"""The form of a question's new wording."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from annotator.models import Question, QueueKind


class WordingForm(forms.Form):
    text = TextField(
        label=_("Question"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    guideline = TextField(
        label=_("Guideline"),
        max_length=20_000,
        required=False,
        help_text=_("Markdown. What counts as yes, what as no, and what to do in doubt."),
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
    )
    desirable = forms.ChoiceField(
        label=_("The answer one hopes for"),
        required=False,
        choices=[("", _("Neither")), ("yes", _("Yes")), ("no", _("No"))],
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question.kind != QueueKind.BINARY:
            del self.fields["desirable"]
            self.fields["guideline"].help_text = _(
                "Markdown. What makes one side better, and when it is a tie."
            )

    def words(self) -> dict[str, str]:
        return {
            "text": self.cleaned_data["text"],
            "guideline": self.cleaned_data["guideline"],
            "desirable": self.cleaned_data.get("desirable", ""),
        }

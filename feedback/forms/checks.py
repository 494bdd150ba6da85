"""The forms of the vibe check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from feedback.models import Turn, VibePlan


class NoteForm(forms.Form):
    """The hand-over. `seen`: the state of the note that was shown (services.handover.state_of)."""

    note = forms.CharField(
        label=_("Hand-over note"),
        max_length=10_000,
        required=False,
        help_text=_("For whoever looks tomorrow: what was new, what to watch."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: str = "", **kwargs: Any) -> None:
        """`draft` names what the browser keeps of it while it is not stored (static/js/drafts.js)."""
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["data-draft"] = draft


class PlanForm(forms.Form):
    enabled = forms.BooleanField(label=_("Draw a check every day"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    sample_size = forms.IntegerField(
        label=_("Interactions a day"),
        min_value=1,
        max_value=500,
        help_text=_(
            "20 take about ten minutes. More make the interval narrower, slowly: four times as many halve it."
        ),
    )
    turn = forms.ChoiceField(
        label=_("A shift is"), choices=Turn.choices, widget=forms.RadioSelect(attrs={"class": "choices"})
    )
    text = TextField(
        label=_("Question"),
        max_length=300,
        help_text=_("Word it so that “yes” means good: the rate counts every “no”."),
    )
    guideline = TextField(
        label=_("Guideline"),
        max_length=20_000,
        required=False,
        help_text=_(
            "When yes, when no? Markdown. Other words make a new version; labels keep the one they answered."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    @staticmethod
    def of(plan: VibePlan) -> dict[str, Any]:
        """The plan as the form's first values."""
        version = plan.question.versions.order_by("-number").first()
        return {
            "enabled": plan.enabled,
            "hour": plan.hour,
            "sample_size": plan.sample_size,
            "turn": plan.turn,
            "text": version.text if version else "",
            "guideline": version.guideline if version else "",
        }

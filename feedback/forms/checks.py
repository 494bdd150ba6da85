"""The forms of the vibe check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from feedback.models import Turn, VibePlan
from feedback.sources import registry

PART = "part_"  # + the key of a source: the field that says how many


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
    """`plan_values` and `sample_values`, after is_valid(), are what `services.plans` stores."""

    enabled = forms.BooleanField(label=_("Draw a check every day"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    sample_size = forms.IntegerField(
        label=_("At random, from the whole day"),
        min_value=1,
        max_value=500,
        help_text=_(
            "20 take about ten minutes. More make the interval narrower, slowly: four times as many halve it."
        ),
    )
    base = forms.ChoiceField(
        label=_("How these are drawn"),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    shadow_pairs = forms.IntegerField(
        label=_("Pairs of shadow and production"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_(
            "At most so many a day, as a queue of their own: which of two answers to the same input is better? "
            "Who made them is hidden until it is answered. 0: none."
        ),
    )
    intern_test = forms.BooleanField(
        label=_("Ask the intern test of what is not good"),
        required=False,
        help_text=_(
            "Could a good graduate have done this, from exactly this input? What to do next follows."
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bases: Any = self.fields["base"]
        bases.choices = [(source.key, source.title) for source in registry.bases()]
        extras = {PART + source.key: _size(source) for source in registry.extras()}
        self.fields |= extras
        self.order_fields(["enabled", "hour", "sample_size", "base", *extras, "shadow_pairs"])

    def plan_values(self) -> dict[str, Any]:
        names = ("enabled", "hour", "sample_size", "turn", "intern_test", "text", "guideline")
        return {name: self.cleaned_data[name] for name in names}

    def sample_values(self) -> dict[str, Any]:
        """A field that was not sent means none, but for the base: that stays."""
        sizes = {source.key: self.cleaned_data[PART + source.key] or 0 for source in registry.extras()}
        return {
            "base": self.cleaned_data["base"] or self.initial.get("base", ""),
            "parts": [[key, size] for key, size in sizes.items() if size],
            "shadow_pairs": self.cleaned_data["shadow_pairs"] or 0,
        }

    @staticmethod
    def of(plan: VibePlan) -> dict[str, Any]:
        """The plan as the form's first values."""
        version = plan.question.versions.order_by("-number").first()
        return {
            "enabled": plan.enabled,
            "hour": plan.hour,
            "sample_size": plan.sample_size,
            "base": plan.base,
            **{PART + source.key: 0 for source in registry.extras()},
            **{PART + key: size for key, size in plan.parts},
            "shadow_pairs": plan.shadow_pairs,
            "turn": plan.turn,
            "intern_test": plan.intern_test,
            "text": version.text if version else "",
            "guideline": version.guideline if version else "",
        }


def _size(source: registry.Source) -> forms.IntegerField:
    return forms.IntegerField(
        label=source.title, required=False, min_value=0, max_value=100, help_text=source.explains
    )

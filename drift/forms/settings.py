"""How a project's inputs are embedded."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from annotator.encoding import permitted
from drift import texts
from drift.models import DriftPlan
from drift.texts import BadRule, Rule

LEAST_SAMPLE, MOST_SAMPLE = 200, 50_000


class EmbeddingForm(forms.Form):
    """`values`, after is_valid(), is what `services.plans.change` stores."""

    enabled = forms.BooleanField(label=_("Look for drift every day"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        help_text=_("Of the day that ended. Minutes later it is judged."),
    )
    sample_size = forms.IntegerField(
        label=_("Inputs a day"),
        min_value=LEAST_SAMPLE,
        max_value=MOST_SAMPLE,
        help_text=_(
            "Drawn at random from production. 5,000 short ones take about half a minute of one core, long ones six."
        ),
    )
    kind = forms.ChoiceField(
        label=_("The text of an input"),
        choices=[
            ("last_user", _("What the user said last")),
            ("conversation", _("The whole conversation, without instructions")),
            ("field", _("A field of the object")),
        ],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    path = forms.CharField(
        label=_("Path of the field"),
        required=False,
        max_length=texts.LONGEST,
        help_text=_(
            "Names with dots between, numbers for places in a list: question.text or messages.-1.content"
        ),
    )
    encoder = forms.ChoiceField(
        label=_("Model"),
        required=False,
        help_text=_(
            "What makes vectors of texts. Whoever runs this instance permits more with EMBEDDING_MODELS, such as one"
            " of many languages. Vectors of two models cannot be compared: another one embeds the days before anew."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine: Any = self.fields["encoder"]
        names = [permitted.BUILT_IN, *permitted.names()]
        mine.choices = [(name, permitted.title(name)) for name in names]

    @staticmethod
    def of(plan: DriftPlan) -> dict[str, Any]:
        rule = texts.rule_of(plan.rule)
        return {
            "enabled": plan.enabled,
            "hour": plan.hour,
            "sample_size": plan.sample_size,
            "kind": rule.kind,
            "path": rule.path,
            "encoder": plan.encoder,
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if "kind" in found and "path" in found:
            try:
                found["rule"] = texts.rule_of({"kind": found["kind"], "path": found["path"]})
            except BadRule:
                self.add_error("path", _now("Write names with dots between, such as question.text"))
        return found

    def values(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name] for name in ("enabled", "hour", "sample_size", "rule", "encoder")
        }


def rule_sent(sent: Any) -> Rule | None:
    """The rule that a preview asks for; None when it is none."""
    try:
        return texts.rule_of({"kind": sent.get("kind", ""), "path": sent.get("path", "")})
    except BadRule:
        return None

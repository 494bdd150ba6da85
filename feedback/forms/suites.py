"""The form of a suite."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import SlugField, TextField
from feedback.models import Assertion, Suite
from feedback.services.suites import MOST_ASSERTIONS


class SuiteForm(forms.Form):
    name = TextField(label=_("Name"), max_length=120, help_text=_("For example “Refunds before release”."))
    key = SlugField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("What a build names: genba check --suite … Left empty: made from the name."),
    )
    assertions = forms.TypedMultipleChoiceField(
        label=_("Assertions"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    TAKEN = _("The project has a suite of this short name already.")

    def __init__(
        self,
        *args: Any,
        offered: Sequence[Assertion],
        taken: Sequence[str] = (),
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        """`offered`: what may be chosen. `taken`: keys of the project's suites. `fixed`: the key stays."""
        super().__init__(*args, **kwargs)
        self.offered, self.taken = {one.pk: one for one in offered}, taken
        self.fields["assertions"].choices = [(one.pk, _shown(one)) for one in offered]  # type: ignore[attr-defined]
        if fixed:
            del self.fields["key"]

    def clean_key(self) -> str:
        name = self.cleaned_data.get("name")
        key = self.cleaned_data["key"] or slugify(name or "")[:60].strip("-")
        if not key and name:  # without a name that is what is missing
            raise ValidationError(_("Give a short name of letters a to z, digits and hyphens."))
        if key in self.taken:
            raise ValidationError(self.TAKEN)
        return str(key)

    def clean_assertions(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["assertions"]
        if len(chosen) > MOST_ASSERTIONS:
            raise ValidationError(_("Choose at most %(most)s.") % {"most": MOST_ASSERTIONS})
        return chosen

    def chosen(self) -> list[Assertion]:
        return [self.offered[pk] for pk in self.cleaned_data["assertions"]]

    @staticmethod
    def of(suite: Suite) -> dict[str, Any]:
        return {"name": suite.name, "assertions": [one.pk for one in suite.assertions.all()]}


def _shown(one: Assertion) -> str:
    where = ", ".join(one.features) or _("all features")
    return (
        f"{one.name} · {where}"
        if one.retired_at is None
        else gettext("%(name)s · %(where)s · retired") % {"name": one.name, "where": where}
    )

"""The filters of the list of alerts, and what people do with one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.models import Project, User
from drift.alert_rules import Do
from drift.models import KINDS, AlertState
from drift.queries.alerts import Wanted, owners_of
from drift.services.alert_changes import LONGEST

ANY, NOBODY = ("", gettext_lazy("Any")), "nobody"
GIVE, NOTE = "give", "note"


class FilterForm(forms.Form):
    """As they stand in an address."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[ANY, *AlertState.choices])
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[ANY, *KINDS])
    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data, label_suffix="")
        people = [(str(one.pk), one.shown_name) for one in owners_of(project)]
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)  # noqa: S101 - declared above
        owner.choices = [ANY, (NOBODY, _("Nobody")), *people]

    def wanted(self) -> Wanted:
        """After is_valid()."""
        values = self.cleaned_data
        owner = values["owner"]
        return Wanted(
            state=values["state"],
            kind=values["kind"],
            owner=int(owner) if owner not in ("", NOBODY) else None,
            unowned=owner == NOBODY,
            since=values["since"],
        )

    @property
    def is_set(self) -> bool:
        return any(self.cleaned_data.values())


class ChangeForm(forms.Form):
    """`do`: a state to go to, whom to give it to, or just a note."""

    do = forms.ChoiceField(choices=[(one, one) for one in (*Do, GIVE, NOTE)])
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=LONGEST)
    to: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=gettext_lazy("Owner")
    )

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data, label_suffix="")
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)  # noqa: S101 - declared above
        to.queryset = owners_of(project)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("do") == NOTE and not cleaned.get("note", "").strip():
            self.add_error("note", _("Write the note first."))
        return cleaned

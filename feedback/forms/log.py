"""The filters of the log, as they stand in an address."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback import days
from feedback.ingest.ids import first_id
from feedback.models import Environment
from feedback.queries.interactions import PAGE, Where

COLUMNS = {  # name in the address → column
    "feature": "feature",
    "model": "model",
    "prompt_version": "prompt_version",
    "variant": "variant",
    "environment": "environment",
    "user": "end_user",
    "session": "session",
    "same_input": "input_hash",
}
MAY_LACK = ("feature", "model", "prompt_version")
FAILED, NO_OUTPUT = "error", "no-output"
TYPED = "typed"


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, input_formats=["%Y-%m-%d"], widget=widget)


def _name(label: Any, *, most: int = 256, options: str = "") -> forms.CharField:
    attributes = {"autocomplete": "off", "spellcheck": "false"} | ({"list": options} if options else {})
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, required=False, max_length=most, strip=False, widget=widget)


class LogForm(forms.Form):
    """Filters and the place in the list. A name it does not know, as links from elsewhere bring
    them, is left out and never passed on."""

    q = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))
    feature = _name(gettext_lazy("Feature"), options="features")
    model = _name(gettext_lazy("Model"), options="models")
    prompt_version = _name(gettext_lazy("Prompt version"), options="prompt-versions")
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        required=False,
        choices=[("", gettext_lazy("Any")), *Environment.choices],
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        required=False,
        choices=[
            ("", gettext_lazy("Any")),
            (FAILED, gettext_lazy("Error")),
            (NO_OUTPUT, gettext_lazy("No output")),
        ],
    )
    variant = _name(gettext_lazy("Variant"), options="variants")
    user = _name(gettext_lazy("User"))
    session = _name(gettext_lazy("Session"))
    same_input = forms.IntegerField(  # a hash: ingest.same
        label=gettext_lazy("Same input"),
        required=False,
        min_value=-(2**63),
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
    )
    without = forms.CharField(  # names of MAY_LACK, with commas: only what tells none of these
        label=gettext_lazy("Without"), required=False, max_length=60, widget=forms.HiddenInput
    )
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
    found = forms.IntegerField(required=False, min_value=0, max_value=PAGE, widget=forms.HiddenInput)
    step = forms.IntegerField(required=False, min_value=0, max_value=10_000, widget=forms.HiddenInput)
    shown = forms.ChoiceField(required=False, choices=[("", ""), (TYPED, TYPED)], widget=forms.HiddenInput)

    PLACE = ("before", "after", "found", "step")

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, label_suffix="")

    def clean_since(self) -> date | None:
        return self._known_day("since")

    def clean_until(self) -> date | None:
        return self._known_day("until")

    def clean_without(self) -> str:
        found: str = self.cleaned_data["without"]
        if found and not set(found.split(",")) <= set(MAY_LACK):
            raise ValidationError(_("It can be without %(names)s.") % {"names": ", ".join(MAY_LACK)})
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day lies before the first one."))
        return cleaned

    def where(self, zone: ZoneInfo) -> Where:
        """After is_valid(). Days are the project's."""
        values = self.cleaned_data
        since, until = values["since"], values["until"]
        return Where(
            first=first_id(days.bounds(since, zone)[0]) if since else None,
            end=first_id(days.bounds(until, zone)[1]) if until else None,
            equal=(
                *((column, str(values[name])) for name, column in COLUMNS.items() if values[name]),
                *((COLUMNS[name], "") for name in self._lacking),
            ),
            failed=values["outcome"] == FAILED,
            no_output=values["outcome"] == NO_OUTPUT,
            text=values["q"],
        )

    def query(self, **changes: object) -> str:
        """The filters as a query string with `?`, without the place in the list; None takes one out."""
        values = {name: self.cleaned_data.get(name) for name in self.fields if name not in self.PLACE}
        set_ones = {
            name: str(value) for name, value in {**values, **changes}.items() if value not in (None, "")
        }
        return f"?{urlencode(set_ones)}" if set_ones else "?"

    def chips(self) -> list[tuple[str, str, str]]:
        """What is filtered by: (label, value, query without it)."""
        hidden = {*self.PLACE, "shown"}
        chips = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name in hidden or value in (None, ""):
                continue
            choices = dict(getattr(field, "choices", ()))
            shown = choices.get(value, value)
            if name == "without":
                shown = ", ".join(str(self.fields[one].label) for one in self._lacking)
            chips.append((str(field.label), str(shown), self.query(**{name: None})))
        return chips

    @property
    def _lacking(self) -> list[str]:
        """Names of what an interaction must not tell."""
        found: str = self.cleaned_data.get("without") or ""
        return found.split(",") if found else []

    @property
    def is_placed(self) -> bool:
        """Whether it shows another page than the first."""
        return any(self.cleaned_data.get(name) is not None for name in ("before", "after"))

    def key(self, name: str) -> UUID | None:
        value: UUID | None = self.cleaned_data.get(name)
        return value

    def _known_day(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and not days.known(day):
            raise ValidationError(_("Choose a day between 1971 and 8999."))
        return day

"""The form of an assertion: what stands on it, and the settings that its kind asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import SlugField, TextField
from feedback.assertions import registry
from feedback.assertions.fields import BadSettings, Field
from feedback.assertions.kind import Kind
from feedback.forms.modes import ModeField
from feedback.models import Assertion, AssertionVersion, FailureMode

BEFORE = "set_"  # a setting's name in the form
ROWS = {"lines": 4, "long": 4, "code": 8}


class SharePercent(forms.IntegerField):
    """Shown as a share of 100, kept as one of 1."""

    def prepare_value(self, value: Any) -> Any:
        return round(value * 100) if isinstance(value, float) else value

    def clean(self, value: Any) -> float:
        return float(super().clean(value) or 0) / 100


class AssertionForm(forms.Form):
    name = TextField(
        label=_("Name"), max_length=120, help_text=_("What must hold, for example “Names no competitor”.")
    )
    key = SlugField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("How programs ask for it. Left empty: made from the name."),
    )
    features = forms.MultipleChoiceField(
        label=_("Features"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where it runs. None chosen: on all of them."),
    )
    share = SharePercent(
        label=_("Of new interactions, %"),
        min_value=1,
        max_value=100,
        initial=1.0,
        help_text=_("100: all. Fewer are chosen by chance."),
    )
    mode = ModeField(
        label=_("Watches for"),
        queryset=FailureMode.objects.none(),
        required=False,
        empty_label=_("No failure mode"),
        help_text=_("The failure mode that it is made from: its page shows this assertion."),
    )
    TAKEN = _("The project has an assertion of this short name already.")

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        features: Sequence[str],
        modes: QuerySet[FailureMode],
        taken: Sequence[str] = (),
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        """`features` and `modes` that may be chosen; `taken`: keys of the project's other assertions; `fixed`: the key
        is what it is."""
        super().__init__(*args, **kwargs)
        self.kind, self.taken = kind, taken
        self.settings: dict[str, Any] = {}
        self.fields["features"].choices = [(one, one) for one in features]  # type: ignore[attr-defined]
        self.fields["mode"].queryset = modes  # type: ignore[attr-defined]
        if not features:
            del self.fields["features"]
        if fixed:
            del self.fields["key"]
        for one in kind.fields:
            self.fields[BEFORE + one.name] = _field(one)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(BEFORE)]

    @property
    def setting_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(BEFORE)]

    def clean_key(self) -> str:
        name = self.cleaned_data.get("name")
        key = self.cleaned_data["key"] or slugify(name or "")[:60].strip("-")
        if not key and name:
            raise ValidationError(_("Give a short name of letters a to z, digits and hyphens."))
        if key in self.taken:
            raise ValidationError(self.TAKEN)
        return str(key)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        names = [one.name for one in self.kind.fields if BEFORE + one.name in data]
        sent = {name: data[BEFORE + name] for name in names}
        if len(names) < len(self.kind.fields):
            return data  # a field has said what is wrong with it
        try:
            self.settings = registry.settings(self.kind.name, sent)
        except BadSettings as bad:
            for fault in bad.faults:
                text = _now(fault.text)
                self.add_error(BEFORE + fault.field, text % fault.values if fault.values else text)
        return data

    def plain(self) -> dict[str, Any]:
        """What stands on the assertion itself."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "features": data.get("features", []),
            "share": data["share"],
            "mode": data["mode"],
        }

    @staticmethod
    def of(assertion: Assertion, version: AssertionVersion) -> dict[str, Any]:
        """The assertion as the form's first values."""
        found = {name: getattr(assertion, name) for name in ("name", "features", "share", "mode")}
        return {**found, **first_values(version.settings)}


def first_values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as a form shows them: lists one a line."""
    return {
        BEFORE + name: "\n".join(value) if isinstance(value, list) else value
        for name, value in settings.items()
    }


def _field(one: Field) -> forms.Field:
    """What is wrong with it the kind says, in one place for forms and programs."""
    shared: dict[str, Any] = {
        "label": _now(one.title),
        "help_text": _now(one.help) if one.help else "",
        "required": False,
    }
    first = one.empty if one.initial is None else one.initial
    if one.type == "yes":
        return forms.BooleanField(**shared, initial=first)
    if one.type == "choice":
        choices = [(value, _now(title)) for value, title in one.choices]
        return forms.ChoiceField(**shared, initial=first, choices=choices)
    if one.type in ROWS:
        widget = forms.Textarea(attrs={"rows": ROWS[one.type], "spellcheck": "false"})
        text = "\n".join(first) if isinstance(first, list) else first
        return _Kept(**shared, initial=text, widget=widget)
    if one.type in {"whole", "number"}:
        attrs = {"inputmode": "numeric" if one.type == "whole" else "decimal"}
        shown = f"{first:g}" if isinstance(first, float) else first
        return _Kept(**shared, initial=shown, widget=forms.TextInput(attrs=attrs))
    return _Kept(**shared, initial=first)


class _Kept(forms.CharField):
    """White space at the ends may matter: of a code, of a text that must be equal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

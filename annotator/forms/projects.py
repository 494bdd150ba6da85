"""The forms of projects, members and keys."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import SlugField, TextField
from annotator.models import Project, Role, Scope


@cache
def time_zones() -> list[tuple[str, str]]:
    """Places, `Area/City`, and UTC; without the old and the abbreviated names."""
    areas = (
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    places = sorted(name for name in available_timezones() if name.split("/")[0] in areas)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class ProjectForm(forms.Form):
    """Name and time zone."""

    name = TextField(label=_("Name"), max_length=120, help_text=_("The LLM product you look at."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Its days are your days: yesterday’s sample is drawn by this clock."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.initial.get("time_zone")
        field = cast(forms.ChoiceField, self.fields["time_zone"])
        if now and now not in dict(time_zones()):  # an old name, given by a command
            field.choices = [(now, now), *time_zones()]


class NewProjectForm(ProjectForm):
    slug = SlugField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("In addresses and commands: letters, digits, hyphens. Empty: made from the name."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["name", "slug", "time_zone"]

    def clean_slug(self) -> str:
        given: str = self.cleaned_data["slug"]
        slug = given or slugify(self.cleaned_data.get("name", ""))[:50] or f"project-{secrets.token_hex(2)}"
        if not Project.objects.filter(slug=slug).exists():
            return slug
        if given:
            raise ValidationError(_("This short name is taken: choose another."))
        return f"{slug}-{secrets.token_hex(2)}"


class InviteForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Notices of the vibe check go there, if the project sends any."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANNOTATOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class KeyForm(forms.Form):
    DAYS = [("", _("Never")), ("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year"))]

    name = TextField(
        label=_("Name"), max_length=80, help_text=_("Who uses it, for example “production server”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[
            (Scope.INGEST, _("send interactions and signals (ingest)")),
            (Scope.SUGGEST, _("ask for suggestions and for tokens of pages (suggest)")),
            (Scope.LABEL, _("claim items and label them (label)")),
            (Scope.EXPORT, _("take labels out (export)")),
            (Scope.QUEUES, _("make queues and fill them (queues)")),
            (Scope.CHECK, _("check outputs by assertions (check)")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.ChoiceField(label=_("Expires"), choices=DAYS, required=False)

    @classmethod
    def asked(cls, scopes: Sequence[str]) -> list[str]:
        """What a link asks for, as far as a key may have it; else what a first key is for."""
        return [scope for scope in Scope.values if scope in scopes] or [Scope.INGEST]

    def lifetime(self) -> timedelta | None:
        days: Any = self.cleaned_data["days"]
        return timedelta(days=int(days)) if days else None

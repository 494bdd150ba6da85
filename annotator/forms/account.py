"""What a person may change of their own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from annotator.models import User


def own_names() -> list[tuple[str, str]]:
    """The languages by the names their speakers give them."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


def languages() -> list[tuple[str, Any]]:
    return [("", _("As the browser says")), *own_names()]


class AccountForm(forms.Form):
    first_name = TextField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("How others see you. Empty: your user name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Only owners of your projects see it. Notices of the vibe check go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    theme = forms.ChoiceField(label=_("Colours"), choices=User.THEMES)


class PasswordForm(forms.Form):
    """Sets a password; asks for the old one if there is one."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=4096,
        help_text=_("At least 10 characters. Three or four words that nobody says together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password, again"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        if not user.has_usable_password():
            del self.fields["current"]

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your current password."))
        return current

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(_("The two are not the same."))
        return again


class PreferencesForm(forms.Form):
    """One or both; what is missing stays as it is."""

    language = forms.ChoiceField(choices=own_names, required=False)
    theme = forms.ChoiceField(choices=User.THEMES, required=False)

"""The forms of the ways out."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from feedback.channels import outgoing
from feedback.channels import registry as channels
from feedback.notices import registry


def _tells() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("It tells"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one, or remove the channel.")},
    )


def _of_the_server() -> str:
    return str(dict(settings.LANGUAGES).get(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE))


class TellsForm(forms.Form):
    """What a channel tells, and in which language; `personal` ones speak each person's own."""

    tells = _tells()
    language = forms.ChoiceField(label=_("In which language"), required=False)

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("as this server: %(language)s") % {"language": _of_the_server()}),
            *settings.LANGUAGES,
        ]
        if personal:
            del self.fields["language"]
        self.fields["tells"].choices = [  # type: ignore[attr-defined]
            (kind.name, kind.title) for kind in registry.chosen()
        ]


class ChannelForm(TellsForm):
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    url = TextField(
        label=_("Address"),
        max_length=1000,
        required=False,
        help_text=_("Of a chat or a webhook: https://… It may hold a secret, so it is never shown again."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["kind", "url", "language", "tells"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.name, kind.title) for kind in channels.kinds()
        ]
        self.fields["tells"].initial = [kind.name for kind in registry.chosen()]
        self.fields["language"].help_text = _("Of a chat or a webhook. E-mail goes in each person’s own.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, url = channels.find(data.get("kind", "")), data.get("url", "").strip()
        if kind and kind.has_url:
            try:
                outgoing.check(url)
            except outgoing.BadAddress as error:
                self.add_error("url", ValidationError(str(error)))
        else:
            url = ""  # mail goes to the address in the person's account
        language = "" if kind and kind.personal else data.get("language", "")
        return {**data, "url": url, "language": language}

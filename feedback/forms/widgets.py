"""The forms of what other people's pages may send."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from annotator.models import Project, QueueKind
from feedback.models import Polarity, ReviewRule

PORTS = {"http": 80, "https": 443}


class OriginForm(forms.Form):
    origin = TextField(
        label=_("Origin"),
        max_length=300,
        help_text=_("As browsers write it: scheme, host and port, for example https://shop.example.com"),
    )

    def clean_origin(self) -> str:
        """As a browser names it: no path, lower case, no port where it is the usual one."""
        found = urlsplit(self.cleaned_data["origin"].strip())
        wrong = ValidationError(_("Write an origin such as https://shop.example.com, without a path."))
        try:
            port = found.port
        except ValueError:
            raise wrong from None
        if found.scheme not in PORTS or not found.hostname or found.username or found.path.strip("/"):
            raise wrong
        if found.query or found.fragment or "*" in found.hostname or not found.hostname.isascii():
            raise wrong
        host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
        return f"{found.scheme}://{host}" + (f":{port}" if port not in {None, PORTS[found.scheme]} else "")


class ReviewForm(forms.Form):
    queue = forms.ChoiceField(
        label=_("Into the queue"),
        required=False,
        help_text=_("Copies of the interactions, each once. A yes/no queue that is open."),
    )
    negatives = forms.BooleanField(
        label=_("Also what is negative, not only strongly negative"), required=False
    )
    a_day = forms.IntegerField(label=_("At most so many a day"), min_value=1, max_value=10_000, initial=50)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = project.queues.filter(kind=QueueKind.BINARY, closed_at=None, adjudicates=None)
        self.fields["queue"].choices = [  # type: ignore[attr-defined]
            ("", _("None: nothing is offered")),
            *((str(one.pk), one.name) for one in queues.order_by("name")),
        ]

    @staticmethod
    def of(rule: ReviewRule | None) -> dict[str, Any]:
        if rule is None:
            return {}
        return {"queue": str(rule.queue_id or ""), "negatives": rule.negatives, "a_day": rule.a_day}


class MeaningsForm(forms.Form):
    """A polarity for each kind of signal; empty: the usual one."""

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        """`kinds`: (name, what is said of it)."""
        super().__init__(*args, **kwargs)
        for name, usual in kinds:
            self.fields[name] = forms.ChoiceField(
                label=name, required=False, choices=[("", usual), *Polarity.choices]
            )

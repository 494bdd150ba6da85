"""The forms of a topic: its name, and a queue of its inputs."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from annotator.models import Project, Queue, QueueKind
from annotator.services.sent_items import BY_HAND
from drift.services.topic_queues import MOST
from drift.services.topics import LONGEST_NAME


class NameForm(forms.Form):
    name = TextField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("It lives on when topics are found anew. Leave it empty to go back to the keywords."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class QueueForm(forms.Form):
    """`token` is of this page: sent twice, it is filled once."""

    queue = forms.ChoiceField(label=_("Queue"))
    n = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST, initial=50)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, initial={"token": uuid4()}, label_suffix="")
        rows = Queue.objects.filter(project=project, closed_at=None, adjudicates=None, kind=QueueKind.BINARY)
        self.queues = {str(one.pk): one for one in rows.filter(origin__in=BY_HAND).order_by("-created_at")}
        choice = self.fields["queue"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the type checker
        choice.choices = [(key, one.name) for key, one in self.queues.items()]

    def clean_queue(self) -> Queue:
        return self.queues[self.cleaned_data["queue"]]

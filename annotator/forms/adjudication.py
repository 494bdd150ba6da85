"""Who decides what people disagree on."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.access import LABELERS
from annotator.models import Project, User


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: User) -> str:
        return obj.shown_name


class AdjudicatorsForm(forms.Form):
    """Nobody chosen means every labeler of the project."""

    people = PeopleField(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Who decides?"),
        help_text=_("Nobody ticked: everyone who labels in this project."),
        error_messages={"invalid_choice": _("Choose owners or annotators of this project.")},
    )

    def __init__(self, project: Project, data: Any = None) -> None:
        super().__init__(data)
        labelers = User.objects.filter(
            memberships__project=project, memberships__role__in=LABELERS, is_active=True
        )
        cast(PeopleField, self.fields["people"]).queryset = labelers.order_by("username")

"""The forms of a queue: what is asked, of whom, how often, in which order."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from annotator.models import ItemOrder, Queue, QueueKind, User

EVERYBODY, ONLY = "everybody", "only"


class Percent(forms.IntegerField):
    """Shown as a share of 100, kept as one of 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return round(value * 100) if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        whole = super().clean(value)
        return None if whole is None else whole / 100


class QueueForm(forms.Form):
    """Everything of a queue but its questions."""

    name = TextField(
        label=_("Name"), max_length=120, help_text=_("How people find it, for example “Refund answers”.")
    )
    overlap = forms.IntegerField(
        label=_("Raters per item"),
        min_value=1,
        max_value=10,
        initial=1,
        help_text=_("With two or more, the agreement between people is measured."),
    )
    who = forms.ChoiceField(
        label=_("Who may label"),
        choices=[(EVERYBODY, _("Everybody who labels in this project")), (ONLY, _("Only these people"))],
        initial=EVERYBODY,
        widget=forms.RadioSelect,
    )
    people = forms.TypedMultipleChoiceField(
        label=_("People"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    order = forms.ChoiceField(
        label=_("Order of the items"), choices=ItemOrder.choices, initial=ItemOrder.GIVEN
    )
    marks = forms.BooleanField(
        label=_("Raters may mark the places that are wrong"),
        required=False,
        help_text=_("Spans of the output, each with a kind of defect."),
    )
    gold_rate = Percent(
        label=_("Gold items, %"),
        initial=0.0,
        help_text=_("Of 100 answered items, so many more have a known right answer. They measure raters."),
    )
    hidden_share = Percent(
        label=_("Hidden pre-labels, %"),
        initial=0.2,
        help_text=_("Of 100 pre-labels, so many are not shown, to see whether showing them sways people."),
    )
    random_share = Percent(
        label=_("Left in random order, %"),
        initial=0.2,
        help_text=_(
            "Where the most uncertain come first: so many keep their random turn, for an unbiased rate."
        ),
    )
    mirror_share = Percent(
        label=_("Mirrored pairs, %"),
        initial=0.0,
        help_text=_("Of 100 pairs, so many are shown to the same person again, sides swapped."),
    )
    FOLDED = ("by_pass", "marks", "gold_rate", "hidden_share", "random_share", "mirror_share")

    def __init__(self, *args: Any, labelers: list[User], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.labelers = kind, {user.pk: user for user in labelers}
        people = cast(forms.TypedMultipleChoiceField, self.fields["people"])
        people.choices = [(user.pk, user.shown_name) for user in labelers]
        if kind != QueueKind.PAIRWISE:
            del self.fields["mirror_share"]
        if self.is_bound:
            self.data = self._with_shares(self.data)

    def _with_shares(self, data: Any) -> dict[str, Any]:
        """A share that is left empty, or was not on the page yet, is what it would be untouched."""
        shares = [name for name, field in self.fields.items() if isinstance(field, Percent)]
        missing = {name: self[name].initial for name in shares if not data.get(name, "").strip()}
        filled = data.copy()
        filled.update({name: round(share * 100) for name, share in missing.items()})
        return cast(dict[str, Any], filled)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("who") == ONLY and not found.get("people") and "people" not in self.errors:
            self.add_error("people", _("Choose at least one person."))
        return found

    def settings(self) -> dict[str, Any]:
        """As the services take them."""
        found = dict(self.cleaned_data)
        found["restricted"] = found.pop("who") == ONLY
        found["people"] = [self.labelers[pk] for pk in found["people"]] if found["restricted"] else []
        return found

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [
            self[name] for name in self.fields if name not in self.FOLDED and name not in {"who", "people"}
        ]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FOLDED if name in self.fields]

    @property
    def is_unfolded(self) -> bool:
        """Whether there is an error among what is folded."""
        return any(name in self.FOLDED for name in self.errors)


class NewQueueForm(QueueForm):
    by_pass = forms.BooleanField(
        label=_("Each question as a pass of its own"),
        required=False,
        help_text=_("The first question over all items, then the second: faster for long chains."),
    )


class SetupForm(QueueForm):
    """Of a queue that is there. The overlap can only rise."""

    def __init__(self, *args: Any, queue: Queue, **kwargs: Any) -> None:
        super().__init__(*args, kind=queue.kind, initial=self.of(queue), **kwargs)
        self.queue = queue
        if queue.adjudicates_id is not None:
            del self.fields["overlap"]
        else:
            self.fields["overlap"].help_text = _(
                "It can only rise: answers that are there stay, and everything gets one place more for each."
            )
        self.fields["order"].help_text = _("Another order holds for all that nobody has answered yet.")

    @staticmethod
    def of(queue: Queue) -> dict[str, Any]:
        names = ("name", "overlap", "order", "marks", *QueueForm.FOLDED[2:])
        return {
            **{name: getattr(queue, name) for name in names},
            "who": ONLY if queue.restricted else EVERYBODY,
            "people": [user.pk for user in queue.people.all()] if queue.restricted else [],
        }

    def clean_overlap(self) -> int:
        overlap: int = self.cleaned_data["overlap"]
        if overlap < self.queue.overlap:
            raise ValidationError(
                _("It cannot be lowered: there are %(n)s places per item.") % {"n": self.queue.overlap}
            )
        return overlap

    def settings(self) -> dict[str, Any]:
        return {"overlap": self.queue.overlap, **super().settings()}


class DefectKindForm(forms.Form):
    name = TextField(label=_("Name"), max_length=80)

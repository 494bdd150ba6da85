"""The forms of the rotation's calendar."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from annotator.forms.texts import TextField
from annotator.models import User
from feedback.models import VibePlan
from feedback.rotation import mask_of, weekdays_of


class DayField(forms.DateField):
    """As browsers send it, `2026-11-26`."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=["%Y-%m-%d"], widget=widget, **more)


class PersonField(forms.ChoiceField):
    """One of the people who may look; cleaned to the person."""

    people: dict[str, User]

    def offer(self, people: Iterable[User]) -> None:
        self.people = {str(one.pk): one for one in people}
        self.choices = [(pk, one.shown_name) for pk, one in self.people.items()]

    def clean(self, value: Any) -> User:
        return self.people[super().clean(value)]


class AwayForm(forms.Form):
    person = PersonField(label=_("Who"))
    first = DayField(label=_("First day away"))
    last = DayField(label=_("Last day away"))

    def __init__(self, *args: Any, people: list[User], me: User, owner: bool, **kwargs: Any) -> None:
        """Owners choose among all who look; others say it of themselves."""
        super().__init__(*args, **{"auto_id": "away-%s", **kwargs})
        person = self.fields["person"]
        if owner and isinstance(person, PersonField):
            person.offer(people)
            person.initial = str(me.pk)
        else:
            del self.fields["person"]

    def whom(self, me: User) -> User:
        found: User = self.cleaned_data.get("person", me)
        return found


class HolidayForm(forms.Form):
    day = DayField(label=_("Date"))
    name = TextField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "holiday-%s", **kwargs})


class SwapForm(forms.Form):
    day = DayField(label=_("Day"))
    taker = PersonField(label=_("Who looks instead"))
    return_day = DayField(
        label=_("A day of theirs in return"),
        required=False,
        help_text=_("Empty: they take it without one."),
    )
    at_once = forms.BooleanField(
        label=_("Put it so without asking"),
        required=False,
        help_text=_("Owners may, for any day. Both people are told."),
    )

    def __init__(self, *args: Any, people: list[User], owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "swap-%s", **kwargs})
        taker = self.fields["taker"]
        if isinstance(taker, PersonField):
            taker.offer(people)
        if not owner:
            del self.fields["at_once"]


class DaysForm(forms.Form):
    """Which days are looked at, and when somebody is reminded."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Somebody looks on"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What was logged before a day off waits for the next shift, a check for each day."),
        error_messages={"required": _("Choose at least one day.")},
    )
    week_start = forms.TypedChoiceField(
        label=_("A week begins on"), coerce=int, choices=list(WEEKDAYS.items())
    )
    reminder_hours = forms.IntegerField(
        label=_("Remind so many hours before the day ends"),
        min_value=0,
        max_value=23,
        help_text=_("8 is at 16:00. 0: no reminder."),
    )

    @staticmethod
    def of(plan: VibePlan) -> dict[str, Any]:
        return {
            "weekdays": sorted(weekdays_of(plan.weekdays)),
            "week_start": plan.week_start,
            "reminder_hours": plan.reminder_hours,
        }

    def clean_weekdays(self) -> int:
        return mask_of(self.cleaned_data["weekdays"])


def month_from(text: str, today: date) -> date:
    """The first of the month that a link names; of today's where it names none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)

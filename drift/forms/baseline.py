"""Against which days a day is compared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from drift.models import BaselineKind, DriftPlan
from drift.scan.refused import FEWEST_DAYS

MOST_DAYS = 56
MOST_PINNED = 92  # days


class BaselineForm(forms.Form):
    """After is_valid(), `cleaned_data` is what `services.baselines` stores."""

    baseline_kind = forms.ChoiceField(
        label=_("Compare a day with"),
        choices=BaselineKind.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    baseline_days = forms.IntegerField(
        label=_("The days before: how many"),
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        help_text=_("Days under alarm are left out. Whole weeks are best: 14 days know each weekday twice."),
    )
    pinned_first = forms.DateField(
        label=_("Days of your choice: from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A release, or a time when all was well. At least a week."),
    )
    pinned_last = forms.DateField(
        label=_("Days of your choice: until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @staticmethod
    def of(plan: DriftPlan) -> dict[str, Any]:
        return {
            "baseline_kind": plan.baseline_kind,
            "baseline_days": plan.baseline_days,
            "pinned_first": plan.pinned_first,
            "pinned_last": plan.pinned_last,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("baseline_kind") != BaselineKind.PINNED:
            return data
        first, last = data.get("pinned_first"), data.get("pinned_last")
        for name, value in (("pinned_first", first), ("pinned_last", last)):
            if value is None and name not in self.errors:
                self.add_error(name, _("Say which day."))
        if first and last:
            length = (last - first).days + 1
            if length < FEWEST_DAYS:
                self.add_error(
                    "pinned_last", _("Choose at least %(days)s days in a row.") % {"days": FEWEST_DAYS}
                )
            elif length > MOST_PINNED:
                self.add_error("pinned_last", _("Choose at most %(days)s days.") % {"days": MOST_PINNED})
        return data

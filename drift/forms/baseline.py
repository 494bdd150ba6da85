"""With what a day is compared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.models import Project
from drift.models import BaselineKind, DriftPlan, Reference
from drift.queries.references import different_inputs, references_of
from drift.scan.refused import FEWEST_DAYS, FEWEST_REFERENCE

MOST_DAYS = 56
MOST_PINNED = 92  # days
OFFERED = 200  # references


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

    reference = forms.ChoiceField(
        label=_("Reference"),
        required=False,
        help_text=_(
            "At least %(n)s different inputs. It does not change: what production asks more or less than it is found each day, until somebody calls it expected."
        )
        % {"n": FEWEST_REFERENCE},
    )

    def __init__(self, data: Any = None, *, project: Project, **more: Any) -> None:
        super().__init__(data, **more)
        self._project = project
        self._references = {str(one.pk): one for one in references_of(project)[:OFFERED]}
        named = [(key, one.name) for key, one in self._references.items()]
        none = _("none") if named else _("none yet: make one under References")
        self.fields["reference"].choices = [("", none), *named]  # type: ignore[attr-defined]

    @staticmethod
    def of(plan: DriftPlan) -> dict[str, Any]:
        return {
            "baseline_kind": plan.kind_in_force,
            "baseline_days": plan.baseline_days,
            "pinned_first": plan.pinned_first,
            "pinned_last": plan.pinned_last,
            "reference": str(plan.reference_id or ""),
        }

    def clean_reference(self) -> Reference | None:
        return self._references.get(self.cleaned_data["reference"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("baseline_kind") == BaselineKind.REFERENCE and "reference" not in self.errors:
            self._check_reference(data.get("reference"))
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

    def _check_reference(self, reference: Reference | None) -> None:
        if reference is None:
            missing = (
                _("Choose a reference.")
                if self._references
                else _("Make a reference first, under References.")
            )
            self.add_error("reference", missing)
            return
        found = different_inputs(reference)
        if found is not None and found < FEWEST_REFERENCE:
            self.add_error(
                "reference",
                _("It has %(found)s different inputs; %(needed)s are needed. Choose a larger one.")
                % {"found": found, "needed": FEWEST_REFERENCE},
            )

"""What the judgement of a week says, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.templatetags.estimates import whole
from drift import budget
from drift.models import WeekCheck
from drift.words import p_value


def headline(check: WeekCheck) -> str:
    if check.p is None:
        return reason(check)
    chance = {"p": p_value(check.p)}
    if check.alarm:
        return _("Some topics are larger or smaller than in the weeks before (p %(p)s).") % chance
    if budget.marked(check.p):
        return _("A little unlike the weeks before (p %(p)s): one quiet week in twenty is, too.") % chance
    return _("No topic is clearly larger or smaller than in the weeks before (p %(p)s).") % chance


def reason(check: WeekCheck) -> str:
    """Why the week was not judged."""
    known = {
        "few_days": _(
            "Too few days of this week can be compared with days of the same weekday before: five are needed."
        ),
        "few_weeks": _(
            "There are too few days before to compare this week with: two whole weeks are enough."
        ),
        "no_topics": _("No topic is large enough to be followed from week to week."),
    }
    return known.get(check.reason, "")


def compared(check: WeekCheck) -> str:
    """Which days, and what was left out."""
    said = [
        _("%(now)s of the week’s days were compared with %(before)s before, each with days of its weekday.")
        % {"now": whole(len(check.now)), "before": whole(len(check.before))}
    ]
    if out := len(check.left_out):
        said.append(
            ngettext("%(n)s day under alarm was left out.", "%(n)s days under alarm were left out.", out)
            % {"n": whole(out)}
        )
    return " ".join(said)

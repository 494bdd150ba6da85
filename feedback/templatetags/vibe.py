"""Estimates and days in words."""

from datetime import date, datetime

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from annotator.stats.intervals import Estimate, Undefined
from annotator.templatetags.estimates import bar_dot, bar_span, interval, percent, points
from feedback.queries.late import Late

register = template.Library()
for known in (percent, interval, bar_span, bar_dot, points):
    register.filter(known.__name__, known)


@register.filter
def why(estimate: Estimate) -> str:
    """Why there is no number, and what would give one."""
    if estimate.reason == Undefined.STRATUM_WITHOUT_ANSWERS:
        names = ", ".join(f"“{feature(name)}”" for name in estimate.missing)
        return _("No rate yet: nothing is answered in %(features)s.") % {"features": names}
    return _("No rate yet: nothing is answered.")


@register.filter
def counted(late: Late) -> str:
    """“30”; “1,000+” when there are more."""
    return number_format(late.count, force_grouping=True) + ("+" if late.more else "")


@register.filter
def feature(name: str) -> str:
    return name or _("no feature")


@register.filter(expects_localtime=True)
def long_day(day: date | datetime) -> str:
    return date_format(day, pgettext("date format: Monday 23 November 2026", "l j F Y"))


@register.filter(expects_localtime=True)
def short_day(day: date | datetime) -> str:
    return date_format(day, pgettext("date format: Mon 23 Nov", "D j M"))


@register.filter(expects_localtime=True)
def month_name(day: date) -> str:
    return date_format(day, pgettext("date format: November 2026", "F Y"))


@register.filter(expects_localtime=True)
def list_day(day: date) -> str:
    return date_format(day, pgettext("date format: Mon 23 Nov 2026", "D j M Y"))


@register.filter(expects_localtime=True)
def clock(at: datetime) -> str:
    return date_format(at, pgettext("time format: 08:00", "H:i"))

"""Estimates and days in words."""

from datetime import date, datetime

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from annotator.stats.intervals import Estimate, Undefined
from feedback.queries.late import Late

register = template.Library()
THIN = "\u202f"  # between a number and its sign


@register.filter
def percent(rate: float) -> str:
    return f"{number(rate)}{THIN}%"


def number(rate: float) -> str:
    """Whole per cent; tenths where whole ones would say none or all of what is some or most."""
    value = rate * 100
    if 0 < value < 0.05:
        return "<0.1"
    return f"{value:.1f}" if 0 < value < 0.95 or 99 < value < 99.95 else f"{value:.0f}"


@register.filter
def interval(estimate: Estimate) -> str:
    """“3–24 %”; empty when nothing is uncertain, as of a day that was looked at whole."""
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return ""
    low, high = number(estimate.low), number(estimate.high)
    if low == high:
        low, high = f"{estimate.low * 100:.1f}", f"{estimate.high * 100:.1f}"
    return f"{low}–{high}{THIN}%"


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
def list_day(day: date) -> str:
    return date_format(day, pgettext("date format: Mon 23 Nov 2026", "D j M Y"))


@register.filter(expects_localtime=True)
def clock(at: datetime) -> str:
    return date_format(at, pgettext("time format: 08:00", "H:i"))


@register.filter
def bar_span(estimate: Estimate) -> str:
    """The interval as a path in a box of 100 by 10; written here, for templates localise numbers."""
    return f"M{100 * (estimate.low or 0):.1f} 5H{100 * (estimate.high or 0):.1f}"


@register.filter
def bar_dot(estimate: Estimate) -> str:
    return f"M{100 * (estimate.value or 0):.1f} 5h0"

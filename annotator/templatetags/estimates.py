"""Estimates in words: a rate or a difference, with its interval."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.stats.intervals import Estimate

register = template.Library()
THIN = "\u202f"  # between a number and its sign
MINUS = "\u2212"


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
    if low == high and not high.startswith("<"):
        low, high = f"{estimate.low * 100:.1f}", f"{estimate.high * 100:.1f}"
    if high.startswith("<"):  # “0–<0.1 %” would be hard to read
        return f"{high}{THIN}%"
    return f"{low}–{high}{THIN}%"


@register.filter
def bar_span(estimate: Estimate) -> str:
    """The interval as a path in a box of 100 by 10; written here, for templates localise numbers."""
    return f"M{100 * (estimate.low or 0):.1f} 5H{100 * (estimate.high or 0):.1f}"


@register.filter
def bar_dot(estimate: Estimate) -> str:
    return f"M{100 * (estimate.value or 0):.1f} 5h0"


@register.filter
def signed(value: float, digits: int = 2) -> str:
    """“−0.35”; what rounds to nothing has no sign."""
    text = f"{abs(value):.{digits}f}"
    return text if value >= 0 or float(text) == 0 else MINUS + text


def points(estimate: Estimate, *, sign: int = 1) -> str:
    """“7 points (2 to 12)”: a difference of two rates, in per cent points. `sign` -1 turns it around."""
    value, low, high = (100 * sign * (end or 0) for end in (estimate.value, estimate.low, estimate.high))
    low, high = min(low, high), max(low, high)
    shown = round(value)
    return ngettext("%(n)s point (%(low)s to %(high)s)", "%(n)s points (%(low)s to %(high)s)", abs(shown)) % {
        "n": signed(value, 0),
        "low": signed(low, 0),
        "high": signed(high, 0),
    }


def spoken(estimate: Estimate) -> str:
    """“54 % (52–56 %)” for a sentence."""
    if estimate.value is None:
        return _("no rate")
    within = interval(estimate)
    return f"{percent(estimate.value)} ({within})" if within else percent(estimate.value)


def p_value(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def whole(value: int) -> str:
    return number_format(value, force_grouping=True)

"""Agreement in words."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from annotator.models import Answer, Rater
from annotator.templatetags.estimates import MINUS
from annotator.web.quality import name_of

register = template.Library()


@register.filter
def measure(value: float) -> str:
    """“0.782”, “−0.021”."""
    text = number_format(abs(value), 3)
    return MINUS + text if value < 0 and text.strip("0.,") else text


@register.filter
def within(found: object) -> str:
    """“0.744 to 0.820”; empty when there is no interval."""
    low, high = getattr(found, "low", None), getattr(found, "high", None)
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": measure(low), "high": measure(high)}


@register.filter
def why_not(found: object) -> str:
    """Why there is no value, or none that is certain to any degree."""
    reasons = {
        "no_pairs": _("not defined: nothing is answered twice"),
        "one_answer": _("not defined: everyone gave the same answer"),
        "one_item_decides": _("no interval: it hangs on a single item"),
        "no_spread": _("no interval: no item says anything else"),
    }
    return reasons.get(str(getattr(found, "reason", "")), "")


@register.filter
def answer_word(answer: str) -> str:
    return str(Answer(answer).label) if answer in Answer.values else answer


@register.filter
def rater_name(rater: Rater) -> str:
    return name_of(rater)


@register.filter
def voices(row: object) -> int:
    """How many gave a consensus's most frequent answer."""
    share, n = getattr(row, "share", 0.0), getattr(row, "n", 0)
    return round(share * n)

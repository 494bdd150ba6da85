"""What suggestions do, in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.templatetags.estimates import points, signed, spoken
from feedback.queries.verdicts import Lift

register = template.Library()

NONE = {
    "late": gettext_lazy("too late"),
    "unknown": gettext_lazy("nothing fits"),
    "failed": gettext_lazy("the suggester failed"),
    "over_budget": gettext_lazy("over the day’s budget"),
    "closed": gettext_lazy("the task is closed"),
    "hidden": gettext_lazy("hidden on purpose"),
}


@register.filter
def why_none(reason: str) -> str:
    return str(NONE.get(reason, reason))


@register.filter
def sway_words(lift: Lift) -> str:
    """How far seeing the suggestion moves people towards it."""
    shares = _(
        "Who sees the suggestion leaves with it in %(seen)s, who does not see it chooses the same in"
        " %(hidden)s."
    ) % {"seen": spoken(lift.same_seen), "hidden": spoken(lift.same_hidden)}
    chance = (lift.sway.low or 0.0) <= 0 <= (lift.sway.high or 0.0)
    meaning = (
        _("The difference, %(sway)s, may be chance: whether seeing it moves people is not known.")
        if chance
        else _("Seeing it moves people by %(sway)s.")
    )
    return f"{shares} {meaning % {'sway': points(lift.sway)}}"


@register.filter
def saved_words(lift: Lift) -> str:
    saved, low, high = (end or 0.0 for end in (lift.saved.value, lift.saved.low, lift.saved.high))
    if low <= 0 <= high:
        text = _(
            "The time it saves, %(seconds)s s a decision (%(low)s to %(high)s, medians), may be chance:"
            " whether it saves any is not known."
        )
    elif saved > 0:
        text = _("It saves %(seconds)s s a decision (%(low)s to %(high)s, medians).")
    else:
        text = _("It costs %(seconds)s s a decision (%(low)s to %(high)s, medians).")
        saved, low, high = -saved, -high, -low
    return text % {"seconds": signed(saved, 1), "low": signed(low, 1), "high": signed(high, 1)}

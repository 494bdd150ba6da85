"""Assertions in words."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy

from feedback.assertions import registry
from feedback.assertions.alignment import Verdict
from feedback.assertions.outcome import Outcome
from feedback.models import AssertionVersion

register = template.Library()

VERDICTS = {
    Verdict.UNKNOWN: gettext_lazy("Too little is labelled to say whether it agrees with people."),
    Verdict.WRONG: gettext_lazy(
        "It needs a rewrite: it fails more than 10 % of what people call good, beyond doubt."
    ),
    Verdict.CRIES: gettext_lazy("It needs a rewrite: most of what it fails, people call good."),
    Verdict.BLIND: gettext_lazy("It needs a rewrite: of all that people call bad it caught nothing."),
    Verdict.UNDECIDED: gettext_lazy("It needs a rewrite: of three items in four it can say nothing."),
    Verdict.GOOD: gettext_lazy("It says nothing that people clearly contradict."),
}


@register.filter
def verdict_words(verdict: Verdict) -> str:
    return str(VERDICTS[verdict])


@register.filter
def kind_title(name: str) -> str:
    """The bare name of a kind that this version does not know."""
    return _(registry.KINDS[name].title) if name in registry.KINDS else name


@register.filter
def reason_words(reason: Any) -> str:
    """A stored reason, in the reader's language."""
    if not isinstance(reason, list) or len(reason) != 2 or not reason[0]:
        return ""
    text, values = _(reason[0]), reason[1]
    return text % values if isinstance(values, Mapping) and values else text


@register.filter
def outcome_words(outcome: Outcome) -> str:
    """Its reason; empty where it has none."""
    return reason_words([outcome.reason, outcome.values])


@register.filter
def settings_words(version: AssertionVersion) -> list[tuple[str, str]]:
    """(title, value) of all that is set."""
    kind = registry.KINDS.get(version.assertion.kind)
    found = []
    for one in kind.fields if kind else ():
        value = version.settings.get(one.name)
        if value in (None, "", [], False):
            continue
        if value is True:
            shown = _("yes")
        elif one.type == "choice":
            shown = _now(dict(one.choices).get(value, value))
        else:
            shown = (
                "\n".join(value)
                if isinstance(value, list)
                else f"{value:g}"
                if isinstance(value, float)
                else str(value)
            )
        found.append((_(one.title), shown))
    return found

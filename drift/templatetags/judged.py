"""Judgements in words, for templates."""

from datetime import date
from typing import Any

from django import template

from annotator.templatetags.estimates import spoken
from drift import week_words, words
from drift.models import DriftCheck, DriftGroup

register = template.Library()
for known in (words.compared, words.headline, words.notes, words.p_value, words.reason, words.wobble, spoken):
    register.filter(known.__name__, known)
register.filter("week_headline", week_words.headline)
register.filter("week_compared", week_words.compared)


@register.filter
def name_of(group: DriftGroup) -> str:
    """Its keywords; of one without words its nearest text; of one whose texts are gone nothing."""
    return ", ".join(group.keywords) or group.title


@register.filter
def times_then(ratio: float, check: DriftCheck) -> str:
    """“3.2 times the share before”, or “times its share in the reference”."""
    return words.times(ratio, in_reference=bool(check.baseline.get("reference")))


@register.filter
def marked(check: DriftCheck) -> bool:
    return words.marked(check)


@register.filter
def of_day(found: dict[date, list[Any]], day: date) -> list[Any]:
    return found.get(day, [])

"""Judgements in words, for templates."""

from datetime import date

from django import template

from annotator.templatetags.estimates import spoken
from drift import words
from drift.models import DriftCheck, DriftGroup

register = template.Library()
for known in (words.headline, words.notes, words.p_value, words.reason, words.times, words.wobble, spoken):
    register.filter(known.__name__, known)


@register.filter
def name_of(group: DriftGroup) -> str:
    """Its keywords; of one without words its nearest text; of one whose texts are gone nothing."""
    return ", ".join(group.keywords) or group.title


@register.filter
def marked(check: DriftCheck) -> bool:
    return words.marked(check)


@register.filter
def of_day(changes: dict[date, list[str]], day: date) -> list[str]:
    return changes.get(day, [])

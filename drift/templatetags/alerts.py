"""Alerts in words, for templates."""

from datetime import date

from django import template
from django.utils.translation import gettext as _

from annotator.templatetags.estimates import percent
from drift import alert_words
from drift.in_common import Common
from drift.models import Alert, AlertGroup
from drift.queries.alike import Shared

register = template.Library()
register.filter("group_name", alert_words.name)
register.filter("percent", percent)


@register.filter
def kind_word(group: AlertGroup) -> str:
    """Short, for a badge."""
    words = {
        "new": _("New"),
        "grown": _("Grown"),
        "shrunk": _("Shrunk"),
        "scattered": _("Scattered"),
        "structure": _("Structure"),
    }
    return words[group.kind]


@register.filter
def last_seen(alert: Alert) -> date | None:
    """The last day on which any of its groups was seen again; they come with it."""
    return max((seen.day for group in alert.groups.all() for seen in group.seen.all()), default=None)


@register.filter
def here(common: Common) -> str:
    return percent(common.share)


@register.filter
def before(common: Common) -> str:
    return percent(common.then_share)


@register.filter
def rest_of_day(shared: Shared) -> str:
    """Where there is a rest."""
    return percent(shared.rest / shared.rest_n)

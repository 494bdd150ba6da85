"""The facts of an interaction in words, beside its texts."""

from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from feedback import days
from feedback.models import Interaction


class Fact(NamedTuple):
    """`query` finds all interactions that share it; empty where that makes no sense."""

    label: str
    value: str
    query: str = ""


def facts_of(one: Interaction, zone: ZoneInfo) -> list[Fact]:
    """Without what was not sent."""
    day = days.day_of(one.occurred_at, zone)
    # A search for one person or session would walk the whole log; its calls lie close together.
    around = {"since": day - days.DAY, "until": day + days.DAY}
    shared = [
        (_("Feature"), "feature", one.feature, {}),
        (_("Model"), "model", one.model, {}),
        (_("Prompt version"), "prompt_version", one.prompt_version, {}),
        (_("Variant"), "variant", one.variant, {}),
        (_("User"), "user", one.end_user, around),
        (_("Session"), "session", one.session, around),
    ]
    linked = [
        Fact(label, value, "?" + urlencode({name: value, **more})) for label, name, value, more in shared
    ]
    return [fact for fact in (*linked, *_measures(one)) if fact.value]


def _measures(one: Interaction) -> list[Fact]:
    return [
        Fact(_("Took"), _duration(one.latency_ms)),
        Fact(_("Input tokens"), _number(one.input_tokens)),
        Fact(_("Output tokens"), _number(one.output_tokens)),
        Fact(_("Cost"), _dollars(one.cost_usd)),
        Fact(_("Finished because"), one.finish_reason),
    ]


def _dollars(cost: float | None) -> str:
    """Six digits and no exponent: 0.00000012."""
    return "" if cost is None else f"$ {Decimal(f'{cost:.6g}'):f}"


def _duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return _("%(number)s ms") % {"number": number_format(round(milliseconds))}
    return _("%(number)s s") % {"number": number_format(milliseconds / 1000, 2, force_grouping=True)}


def _number(count: int | None) -> str:
    return "" if count is None else number_format(count, force_grouping=True)

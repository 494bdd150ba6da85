"""What a structural change is in words: “Outputs became 40 % longer since Tuesday 14:00, with prompt version 12”.

Each sentence is whole, so that other languages may put its parts elsewhere.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from annotator.reading.times import EPOCH
from annotator.templatetags.estimates import THIN, percent
from drift.models import StructuralChange, StructuralDay
from drift.structure.feature import Feature, Shape, Side
from drift.structure.judge import View, Why
from drift.structure.registry import FEATURES

SIDES = {
    Side.INPUT: gettext_noop("Input"),
    Side.OUTPUT: gettext_noop("Output"),
    Side.CALL: gettext_noop("Call"),
}
DIMENSIONS = {
    "prompt_version": gettext_noop("prompt version %(value)s"),
    "model": gettext_noop("model %(value)s"),
    "variant": gettext_noop("variant %(value)s"),
    "feature": gettext_noop("feature %(value)s"),
}


class Moved(NamedTuple):
    """How an amount that rose or fell is said; `change` is how far."""

    up: str
    down: str


MOVED = {
    "input.length": Moved(
        gettext_noop("Inputs became %(change)s longer"), gettext_noop("Inputs became %(change)s shorter")
    ),
    "output.length": Moved(
        gettext_noop("Outputs became %(change)s longer"), gettext_noop("Outputs became %(change)s shorter")
    ),
    "input.tokens": Moved(
        gettext_noop("Inputs have %(change)s more tokens"),
        gettext_noop("Inputs have %(change)s fewer tokens"),
    ),
    "output.tokens": Moved(
        gettext_noop("Outputs have %(change)s more tokens"),
        gettext_noop("Outputs have %(change)s fewer tokens"),
    ),
    "input.turns": Moved(
        gettext_noop("Conversations became %(change)s longer"),
        gettext_noop("Conversations became %(change)s shorter"),
    ),
    "input.punctuation": Moved(
        gettext_noop("Inputs have %(change)s more punctuation"),
        gettext_noop("Inputs have %(change)s less punctuation"),
    ),
    "output.punctuation": Moved(
        gettext_noop("Outputs have %(change)s more punctuation"),
        gettext_noop("Outputs have %(change)s less punctuation"),
    ),
    "input.unknown_words": Moved(
        gettext_noop(
            "%(now)s of the words of inputs are in no dictionary (before: %(then)s): typing errors, or new names"
        ),
        gettext_noop("%(now)s of the words of inputs are in no dictionary (before: %(then)s)"),
    ),
    "output.unknown_words": Moved(
        gettext_noop("%(now)s of the words of outputs are in no dictionary (before: %(then)s)"),
        gettext_noop("%(now)s of the words of outputs are in no dictionary (before: %(then)s)"),
    ),
    "output.tool_calls": Moved(
        gettext_noop("Answers call %(change)s more tools"),
        gettext_noop("Answers call %(change)s fewer tools"),
    ),
    "call.latency": Moved(
        gettext_noop("Calls take %(change)s longer"), gettext_noop("Calls take %(change)s less time")
    ),
    "call.cost": Moved(
        gettext_noop("Calls cost %(change)s more"), gettext_noop("Calls cost %(change)s less")
    ),
}
MOVED["input.tokens_estimated"], MOVED["output.tokens_estimated"] = (
    MOVED["input.tokens"],
    MOVED["output.tokens"],
)

TAILS = {
    Side.INPUT: {
        View.HIGH: gettext_noop("%(now)s of inputs have more than %(edge)s (before: %(then)s)"),
        View.LOW: gettext_noop("%(now)s of inputs have less than %(edge)s (before: %(then)s)"),
    },
    Side.OUTPUT: {
        View.HIGH: gettext_noop("%(now)s of outputs have more than %(edge)s (before: %(then)s)"),
        View.LOW: gettext_noop("%(now)s of outputs have less than %(edge)s (before: %(then)s)"),
    },
    Side.CALL: {
        View.HIGH: gettext_noop("%(now)s of calls are over %(edge)s (before: %(then)s)"),
        View.LOW: gettext_noop("%(now)s of calls are under %(edge)s (before: %(then)s)"),
    },
}
SHARES = {
    "input.empty": gettext_noop("%(now)s of inputs are empty (before: %(then)s)"),
    "output.empty": gettext_noop("%(now)s of outputs are empty (before: %(then)s)"),
    "output.failed": gettext_noop("%(now)s of calls failed (before: %(then)s)"),
    "output.cut_off": gettext_noop("%(now)s of outputs were cut off (before: %(then)s)"),
    "output.refusal": gettext_noop("%(now)s of outputs refuse to answer (before: %(then)s)"),
    "input.end_mark": gettext_noop("%(now)s of inputs end with a full stop or its like (before: %(then)s)"),
    "output.end_mark": gettext_noop("%(now)s of outputs end with a full stop or its like (before: %(then)s)"),
    "input.code": gettext_noop("%(now)s of inputs hold code (before: %(then)s)"),
    "output.code": gettext_noop("%(now)s of outputs hold code (before: %(then)s)"),
    "input.links": gettext_noop("%(now)s of inputs hold a link (before: %(then)s)"),
    "output.links": gettext_noop("%(now)s of outputs hold a link (before: %(then)s)"),
    "output.tools": gettext_noop("%(now)s of outputs call a tool (before: %(then)s)"),
    "input.tool_results": gettext_noop("%(now)s of inputs hold results of tools (before: %(then)s)"),
}
CATEGORIES = {
    "input.json": gettext_noop("%(now)s of inputs are “%(name)s” (before: %(then)s)"),
    "output.json": gettext_noop("%(now)s of outputs are “%(name)s” (before: %(then)s)"),
    "input.casing": gettext_noop("%(now)s of inputs are written in %(name)s (before: %(then)s)"),
    "output.casing": gettext_noop("%(now)s of outputs are written in %(name)s (before: %(then)s)"),
    "input.language": gettext_noop("%(now)s of inputs are in %(name)s (before: %(then)s)"),
    "output.language": gettext_noop("%(now)s of outputs are in %(name)s (before: %(then)s)"),
    "input.script": gettext_noop("%(now)s of inputs are written in %(name)s (before: %(then)s)"),
    "output.script": gettext_noop("%(now)s of outputs are written in %(name)s (before: %(then)s)"),
    "input.prefix": gettext_noop("%(now)s of inputs begin with the same words (before: %(then)s)"),
    "output.prefix": gettext_noop("%(now)s of outputs begin with the same words (before: %(then)s)"),
}
NAMES = {
    "json.text": gettext_noop("no JSON"),
    "json.broken": gettext_noop("broken JSON"),
    "casing.lower": gettext_noop("small letters alone"),
    "casing.upper": gettext_noop("capitals"),
    "casing.sentence": gettext_noop("sentences that begin with a capital"),
    "casing.other": gettext_noop("capitals inside alone"),
    "language.unsure": gettext_noop("a language that cannot be told"),
    "language.none": gettext_noop("no language"),
    "script.none": gettext_noop("no letters"),
    "script.mixed": gettext_noop("more than one script"),
    "script.latin": gettext_noop("Latin letters"),
    "script.hangul": gettext_noop("Hangul"),
    "script.han": gettext_noop("Chinese characters"),
    "script.kana": gettext_noop("Japanese script"),
    "script.cyrillic": gettext_noop("Cyrillic letters"),
    "script.arabic": gettext_noop("Arabic letters"),
    "script.greek": gettext_noop("Greek letters"),
    "script.hebrew": gettext_noop("Hebrew letters"),
    "script.thai": gettext_noop("Thai letters"),
    "script.devanagari": gettext_noop("Devanagari"),
    "language.ar": gettext_noop("Arabic"),
    "language.de": gettext_noop("German"),
    "language.en": gettext_noop("English"),
    "language.es": gettext_noop("Spanish"),
    "language.fr": gettext_noop("French"),
    "language.hi": gettext_noop("Hindi"),
    "language.it": gettext_noop("Italian"),
    "language.ja": gettext_noop("Japanese"),
    "language.ko": gettext_noop("Korean"),
    "language.nl": gettext_noop("Dutch"),
    "language.pl": gettext_noop("Polish"),
    "language.pt": gettext_noop("Portuguese"),
    "language.ru": gettext_noop("Russian"),
    "language.tr": gettext_noop("Turkish"),
    "language.vi": gettext_noop("Vietnamese"),
    "language.zh-cn": gettext_noop("Chinese"),
    "language.zh-tw": gettext_noop("Chinese (Taiwan)"),
}


def feature_of(change: StructuralChange) -> Feature:
    return FEATURES[f"{change.side}.{change.feature}"]


def known(change: StructuralChange) -> bool:
    """Whether this version still has the feature."""
    return f"{change.side}.{change.feature}" in FEATURES


def sentence(change: StructuralChange, zone: ZoneInfo) -> str:
    """The whole sentence, with since when and with what as far as they are known."""
    values = {"what": _what(change), "since": _since(change.facts, zone), "with": _with(change.facts)}
    come = all(one["risen"] for one in change.facts.get("along", ()))
    if values["since"] and values["with"]:
        pattern = (
            _("%(what)s since %(since)s, with %(with)s.")
            if come
            else _("%(what)s since %(since)s, in %(with)s.")
        )
    elif values["with"]:
        pattern = _("%(what)s, with %(with)s.") if come else _("%(what)s, in %(with)s.")
    elif values["since"]:
        pattern = _("%(what)s since %(since)s.")
    else:
        pattern = _("%(what)s.")
    return pattern % values


def _what(change: StructuralChange) -> str:
    feature, facts = feature_of(change), change.facts
    then, now = change.then or 0.0, change.now or 0.0
    view, values = facts["view"], {"then": percent(then), "now": percent(now)}
    if feature.shape == Shape.SHARE:
        return _(SHARES[feature.key]) % values
    if feature.shape == Shape.CATEGORY:
        said = _(CATEGORIES[feature.key]) % {**values, "name": category(feature, view)}
        return said + _fallen(feature, facts)
    if view != View.MIDDLE:
        return _(TAILS[feature.side][View(view)]) % {**values, "edge": amount(feature, facts["edge"])}
    moved = MOVED[feature.key]
    high, low = max(then, now), min(then, now)
    change_said = percent(now / then - 1 if now > then else 1 - low / high) if then else _("much")
    return _(moved.up if now > then else moved.down) % {**values, "change": change_said}


def _fallen(feature: Feature, facts: Mapping[str, Any]) -> str:
    """What a new shape of JSON came in place of. Of a language or a script the others say nothing more."""
    fallen = facts.get("fallen")
    if not feature.key.endswith(".json") or not fallen or fallen["then"] - fallen["now"] < feature.least:
        return ""
    return _(" in place of “%(name)s”") % {"name": category(feature, fallen["view"])}


def _since(facts: Mapping[str, Any], zone: ZoneInfo) -> str:
    """“Tuesday 14:00”, or the day alone where the hour is not sure; empty where it is not known."""
    since = facts.get("since")
    if not since:
        return ""
    first, last, at = (_moment(since[name], zone) for name in ("first", "last", "hour"))
    if since["exact"]:
        return date_format(at, pgettext("date format: Tuesday 14:00", "l H:i"))
    return date_format(at, pgettext("date format: Tuesday", "l")) if first.date() == last.date() else ""


def _moment(hour: int, zone: ZoneInfo) -> datetime:
    return (EPOCH + timedelta(hours=hour)).astimezone(UTC).astimezone(zone)


def _with(facts: Mapping[str, Any]) -> str:
    named = [_(DIMENSIONS[one["dimension"]]) % {"value": one["value"]} for one in facts.get("along", ())]
    return _(" and ").join(named)


def category(feature: Feature, name: str) -> str:
    """As people call it; a shape of JSON and a code as they are."""
    family = feature.key.split(".")[1]
    if family == "prefix":
        return _("the same words")
    noted = NAMES.get(f"{family}.{name}")
    return _(noted) if noted else name.capitalize() if family == "script" else name


def amount(feature: Feature, value: float) -> str:
    """With its unit."""
    if feature.unit == "share":
        return f"{number_format(100 * value, 1)}{THIN}%"
    if feature.unit == "milliseconds":
        if value < 1000:
            return _("%(number)s ms") % {"number": number_format(round(value), force_grouping=True)}
        return _("%(number)s s") % {"number": number_format(value / 1000, 1, force_grouping=True)}
    if feature.unit == "microdollars":
        return f"$ {value / 1e6:.6f}"
    number = number_format(value, 1 if value < 10 else 0, force_grouping=True)
    if feature.unit == "characters":
        return ngettext("%(number)s character", "%(number)s characters", round(value)) % {"number": number}
    if feature.unit == "tokens":
        return ngettext("%(number)s token", "%(number)s tokens", round(value)) % {"number": number}
    if feature.unit == "turns":
        return ngettext("%(number)s turn", "%(number)s turns", round(value)) % {"number": number}
    return number


def value(change: StructuralChange, number: float) -> str:
    """A `then` or `now`, or an end of its interval."""
    return percent(max(number, 0.0)) if is_share(change) else amount(feature_of(change), number)


def is_share(change: StructuralChange) -> bool:
    """Whether its numbers are shares of rows; else they are in its trait's unit."""
    return feature_of(change).shape != Shape.AMOUNT or change.facts["view"] != View.MIDDLE


def span(change: StructuralChange, low: float, high: float) -> str:
    """An interval, its unit once where it is a word."""
    first, last = value(change, low), value(change, high)
    if first == last or last.startswith("<"):
        return last
    unit = feature_of(change).unit
    if is_share(change) or unit == "share":
        return f"{first.removesuffix('%').rstrip(THIN)}–{last}"
    if unit in ("characters", "tokens", "turns"):
        return f"{first.split()[0]}–{last}"
    return f"{first} – {last}"


def notes(day: StructuralDay | None, *, week: bool = True) -> list[str]:
    """What of the day should be known before its changes are read: a sentence each. Not of the `week` where the page
    speaks of it already."""
    if day is None or day.judged is None:
        return [_("This day was not compared yet.")]
    judged = day.judged
    said = [*_why_not(day), *_repeats(day)]
    if judged["missed"]:
        said.append(
            _(
                "About %(share)s of a usual day is missing, as after an outage: only the hours that came are compared, with the same hours of the days before."
            )
            % {"share": percent(judged["missed"])}
        )
    if judged["why"] or not week:
        return said
    if judged["weekly"] == 2:
        said.append(
            _(
                "Working days are compared with working days, and weekends with weekends. From four weeks on, a Monday is compared with Mondays."
            )
        )
    elif judged["weekly"] == 1:
        said.append(
            _(
                "There are too few days yet to compare a weekday with its like: what weekdays differ by counts as usual."
            )
        )
    return said


def _why_not(day: StructuralDay) -> list[str]:
    why = (day.judged or {}).get("why")
    if not day.population:
        return [_("No production interaction came on this day, so there is nothing to compare.")]
    if why == Why.FEW_ROWS:
        return [
            _("Too few different inputs came on this day to say that anything changed: a hundred are needed.")
        ]
    if why == Why.FEW_DAYS:
        days = (day.judged or {})["days"]
        return [
            ngettext(
                "There is %(n)s day with enough interactions to compare with; seven are needed.",
                "There are %(n)s days with enough interactions to compare with; seven are needed.",
                days,
            )
            % {"n": days}
        ]
    return []


def _repeats(day: StructuralDay) -> list[str]:
    said = []
    if day.drawn and day.repeats >= 0.2 * day.drawn:
        said.append(
            _(
                "%(share)s of the inputs were the same from the same person again, such as a script or a retry sends: a few of each count."
            )
            % {"share": percent(day.repeats / day.drawn)}
        )
    if day.drawn and day.flood >= 0.05 * day.drawn:
        said.append(
            _(
                "%(share)s of the inputs came from one person who asked far more than the others: a few of them count."
            )
            % {"share": percent(day.flood / day.drawn)}
        )
    return said

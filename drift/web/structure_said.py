"""A structural change in words, also of a feature that this version does not have any more."""

from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from drift.models import StructuralChange
from drift.structure.feature import Shape
from drift.structure.judge import View
from drift.web import structure_words

DIGITS = 3  # that are shown
UNSAID = ("", "middle", "yes")  # views that are the feature itself


def sentence(change: StructuralChange, zone: ZoneInfo) -> str:
    if structure_words.known(change):
        return structure_words.sentence(change, zone)
    known = {"feature": _feature(change), "then": _value(change.then), "now": _value(change.now)}
    if change.side == "input":
        return _("Inputs, %(feature)s: %(then)s before, now %(now)s.") % known
    if change.side == "output":
        return _("Outputs, %(feature)s: %(then)s before, now %(now)s.") % known
    return _("Calls, %(feature)s: %(then)s before, now %(now)s.") % known


def name(change: StructuralChange) -> str:
    """Short, for a list or a heading."""
    feature = {"feature": _feature(change)}
    if change.side == "input":
        return _("Inputs: %(feature)s") % feature
    if change.side == "output":
        return _("Outputs: %(feature)s") % feature
    return _("Calls: %(feature)s") % feature


def title(change: StructuralChange) -> str:
    """Of a feature that is known: “Length”, “Language: Korean”, “Latency: over 2 s”."""
    feature, facts = structure_words.feature_of(change), change.facts
    told = _(feature.title)
    if feature.shape == Shape.CATEGORY and "view" in facts and not feature.endless:
        named = {"title": told, "name": structure_words.category(feature, facts["view"])}
        return _("%(title)s: %(name)s") % named
    if feature.shape == Shape.AMOUNT and facts.get("view", View.MIDDLE) != View.MIDDLE and "edge" in facts:
        pattern = (
            _("%(title)s: over %(edge)s") if facts["view"] == View.HIGH else _("%(title)s: under %(edge)s")
        )
        return pattern % {"title": told, "edge": structure_words.amount(feature, facts["edge"])}
    return told


def _feature(change: StructuralChange) -> str:
    """“Length”, “Language: Korean”; the key of a feature that this version does not have."""
    if structure_words.known(change):
        return title(change)
    key = change.feature.rpartition(".")[2].replace("_", " ")
    view = str(change.facts.get("view", ""))
    return key if view in UNSAID else f"{key}: {view}"


def _value(found: float | None) -> str:
    if found is None:
        return _("nothing")
    shown = round(found, max(0, DIGITS - len(str(int(abs(found))))))
    return number_format(int(shown) if shown == int(shown) else shown, force_grouping=True)

"""A structural change in words, also of a feature that this version does not have any more."""

from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from drift.models import StructuralChange
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


def _feature(change: StructuralChange) -> str:
    """“length”, “language: ko”."""
    key = change.feature.rpartition(".")[2].replace("_", " ")
    view = str(change.facts.get("view", ""))
    return key if view in UNSAID else f"{key}: {view}"


def _value(found: float | None) -> str:
    if found is None:
        return _("nothing")
    shown = round(found, max(0, DIGITS - len(str(int(abs(found))))))
    return number_format(int(shown) if shown == int(shown) else shown, force_grouping=True)

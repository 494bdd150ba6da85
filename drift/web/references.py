"""Sentences about references."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from drift.models import Coverage, StructuralChange
from drift.structure.feature import Shape
from drift.structure.judge import View
from drift.web import structure_words as words


def refusal(coverage: Coverage) -> str:
    """Why a day could not be measured; empty for one that was."""
    facts = coverage.facts
    if coverage.reason == "reference":
        return ngettext(
            "The reference has %(n)s different input: at least %(least)s are needed to say what it covers.",
            "The reference has %(n)s different inputs: at least %(least)s are needed to say what it covers.",
            facts["n"],
        ) % {"n": facts["n"], "least": facts["least"]}
    if coverage.reason == "production":
        return ngettext(
            "This day and those before have %(n)s input: at least %(least)s are needed.",
            "This day and those before have %(n)s inputs: at least %(least)s are needed.",
            facts["n"],
        ) % {"n": facts["n"], "least": facts["least"]}
    if coverage.reason == "unasked":
        return _(
            "Nobody asks anything that is like an input of the reference, so nothing tells what it covers."
        )
    if coverage.reason == "no_inputs":
        return _("There was no input on this day.")
    return ""


@dataclass(frozen=True)
class Difference:
    """In how inputs are, apart from what they are about; values in words. `rows`: ids of production."""

    what: str
    production: str
    reference: str
    rows: list[str]


def differences(coverage: Coverage) -> list[Difference]:
    """The surest first; what this version no longer measures is left out."""
    found = [
        (
            StructuralChange(
                side=one["side"], feature=one["feature"], then=one["then"], now=one["now"], facts=one["facts"]
            ),
            one["rows"],
        )
        for one in coverage.structure
    ]
    return [
        Difference(_what(one), words.value(one, one.then or 0.0), words.value(one, one.now or 0.0), rows)
        for one, rows in found
        if words.known(one)
    ]


def _what(change: StructuralChange) -> str:
    """The feature, and which part of it: a category, or a tail."""
    feature, view = words.feature_of(change), change.facts["view"]
    title = _(feature.title)
    if feature.shape == Shape.CATEGORY:
        return _("%(title)s: %(name)s") % {"title": title, "name": words.category(feature, view)}
    if feature.shape == Shape.AMOUNT and view != View.MIDDLE:
        pattern = _("%(title)s: over %(edge)s") if view == View.HIGH else _("%(title)s: under %(edge)s")
        return pattern % {"title": title, "edge": words.amount(feature, change.facts["edge"])}
    return title

"""Sentences about references."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from drift.models import Coverage


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

"""A plan and what it drew, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from feedback.models import VibeCheck, VibePlan
from feedback.services.draw import asked_by
from feedback.sources import registry


@dataclass(frozen=True)
class Explained:
    """A plan in words, its parts in order. `items` and `minutes`: at most, by the newest check's features."""

    parts: list[str]
    items: int
    minutes: int
    by_chance: bool  # nothing but the base


@dataclass(frozen=True)
class PartDrawn:
    """What one part of a check's plan brought. `population`: how many belonged to it that day."""

    words: str
    drawn: int
    population: int


def explained(plan: VibePlan) -> Explained:
    """One query."""
    asked = asked_by(plan)
    features = _features(plan)
    items = sum(
        sum(stratum.drawn for stratum in one.source.divide(dict.fromkeys(features, one.size), one.size))
        if one.source.members is None and not one.source.base
        else one.size
        for one in asked
    )
    return Explained(
        [one.source.words(one.size) for one in asked],
        items,
        max(1, round(items / 2)),
        by_chance=len(asked) == 1,
    )


def _features(plan: VibePlan) -> list[str]:
    strata = (
        VibeCheck.objects.filter(project=plan.project, queue__isnull=False)
        .order_by("-day")
        .values_list("strata", flat=True)
        .first()
    )
    return [name for known in strata or [] for name in known.get("features", [known["name"]])] or [""]


def drawn_by(check: VibeCheck) -> list[PartDrawn]:
    """The parts of a check's plan; nothing for a check from before there were parts."""
    return [
        PartDrawn(
            source.words(part["size"]) if source else _unknown(part["source"]),
            part["drawn"],
            part["population"],
        )
        for part in check.parts
        for source in [registry.find(part["source"])]
    ]


def _unknown(key: str) -> str:
    return _("a part that is not installed any more: %(key)s") % {"key": key}

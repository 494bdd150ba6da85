"""Reasons in words that several sources share."""

from django.utils.translation import gettext as _

from feedback.sampling import Stratum

ROOM = 80  # characters of a feature's name


def of_feature(stratum: Stratum) -> str:
    """Why an item is here that was drawn from a feature."""
    numbers = {"drawn": stratum.drawn, "population": stratum.population, "feature": "%s"}
    if len(stratum.features) > 1:
        return _("drawn at random: %(drawn)s of %(population)s in the small features") % numbers
    feature = stratum.features[0]
    if not feature:
        return _("drawn at random: %(drawn)s of %(population)s") % numbers
    if stratum.drawn == stratum.population:
        words = _("all %(population)s of feature “%(feature)s” were taken")
    else:
        words = _("drawn at random: %(drawn)s of %(population)s in feature “%(feature)s”")
    shown = feature if len(feature) <= ROOM else feature[: ROOM - 1] + "…"
    return words % {**numbers, "feature": shown}

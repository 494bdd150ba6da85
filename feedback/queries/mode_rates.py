"""A day's rate of each failure mode: of all interactions that the check was drawn from, not of its items."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.stats.intervals import Estimate
from feedback.models import VibeCheck
from feedback.queries.digest import Failed
from feedback.queries.estimates import answers_of, rates_of

UNNAMED, UNSEEN = "unnamed", "unseen"


@dataclass(frozen=True)
class OfMode:
    """`items`: how many answered ones are hits; the rate does not follow from that alone."""

    failed: Failed
    items: int
    estimate: Estimate


@dataclass(frozen=True)
class ModeRates:
    """`modes`: the greatest rate first. `unnamed`: of what is not good and nobody said how, of so many items;
    `unseen`: of any failure that no answered item shows."""

    modes: Sequence[OfMode]
    unnamed: Estimate
    unnamed_items: int
    unseen: Estimate


def mode_rates(check: VibeCheck, seen: Sequence[Failed]) -> ModeRates:
    """From the modes that were seen in the check's items. One query, however many."""
    given, bad = answers_of([check])
    answered = {item for rows in given.values() for _chance, item in rows}
    unnamed = bad.difference(*(one.hits for one in seen))
    sets = {one.mode.pk: one.hits for one in seen}
    found = rates_of([check], {**sets, UNNAMED: unnamed, UNSEEN: frozenset()}, given)
    rows = [OfMode(one, len(one.hits & answered), found[one.mode.pk]) for one in seen]
    rows.sort(key=lambda row: (-(row.estimate.value or 0.0), row.failed.mode.pk))
    return ModeRates(rows, found[UNNAMED], len(unnamed), found[UNSEEN])

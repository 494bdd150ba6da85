"""The list of the days that were judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from drift.models import DriftCheck
from drift.services.judge import NotReady

FOLDED = 3  # days in a row on which nothing came are one line, from so many on


@dataclass(frozen=True)
class Line:
    """A day; or `days` in a row on which nothing came, the earliest of them `first`."""

    check: DriftCheck
    first: date
    days: int = 1


def lines(checks: Sequence[DriftCheck]) -> list[Line]:
    """In their order, the newest first."""
    found: list[Line] = []
    for silent, run in groupby(checks, key=lambda one: one.p is None and one.reason == NotReady.NO_TRAFFIC):
        days = list(run)
        if silent and len(days) >= FOLDED:
            found.append(Line(days[0], days[-1].day, len(days)))
        else:
            found += [Line(one, one.day) for one in days]
    return found

"""Against which days a day is compared, and how many rows of each. Pure.

A rolling baseline is the days before, but those under alarm: what nobody has looked at yet must not teach what is
usual. A pinned one is the days a person has chosen. Where there are enough days of the same weekday, a Monday is
compared with Mondays; else the days before see the week as wobble (`scan.wobble`) and the page says so.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ROWS = 2000  # of the baseline, in all
DAYS = 14  # of a rolling baseline
AGES = 4  # a day further back than so many times the days of the baseline teaches nothing any more


@dataclass(frozen=True)
class Past:
    """A day that could be part of a baseline. `rows`: its different inputs. `alarm`: it raised one that no person
    has called expected. `partial`: there is little of it, as after an outage."""

    day: date
    rows: int
    alarm: bool = False


@dataclass(frozen=True)
class Rolling:
    days: int = DAYS


@dataclass(frozen=True)
class Pinned:
    first: date
    last: date


class Note(StrEnum):
    """What a person should know of a baseline. None of them keeps a day from being judged."""

    DAYS_LEFT_OUT = "days_left_out"  # under alarm
    OLD_DAYS = "old_days"  # it reaches further back than the days it should have
    NO_WEEKDAYS = "no_weekdays"  # too few whole weeks: the week's rhythm counts as wobble
    LITTLE_TRAFFIC = "little_traffic"  # the day has under half the rows that a day of the baseline has


@dataclass(frozen=True)
class Chosen:
    """`rows`: of each day, newest first, how many are drawn; none is 0."""

    rows: dict[date, int]
    notes: tuple[Note, ...] = ()
    left_out: tuple[date, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.rows.values())

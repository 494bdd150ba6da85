"""Against which days a day is compared, and how many rows of each. Pure.

A rolling baseline is the days before, but those under alarm: what nobody has looked at yet must not teach what is
usual. Where there are enough days of the same weekday, a Monday is compared with Mondays; else the days before
see the week as wobble (`scan.wobble`), and the page says so. A pinned one is the days that a person has chosen.

A baseline that slides over a slow change learns it day by day and never shows it. `frozen` is one that does
not slide: days of some weeks ago, for a number beside the day's. It raises no alarm, since that would be a second test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ROWS = 2000  # of the baseline, in all
DAYS = 14  # of a rolling baseline
WEEK = 7
FEWEST_SAME, MOST_SAME = 6, 8  # days of the same weekday that make a baseline
FEWEST_ROWS = 500  # of such a baseline (`scan.refused`)
OLDEST = 4  # a rolling baseline looks back for so many times its days, to fill up for days under alarm
FROZEN_AGE, FROZEN_OLDEST = 28, 84  # days: how long ago a frozen baseline ends at least and begins at most


@dataclass(frozen=True)
class Past:
    """A day that could be part of a baseline. `rows`: its different inputs. `alarm`: it raised one that no person
    has called expected."""

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

    LEFT_OUT = "left_out"  # days under alarm
    OLD_DAYS = "old_days"  # it reaches further back than it should, or has fewer days
    NO_WEEKDAYS = "no_weekdays"  # too few days of this weekday: the week's rhythm counts as wobble
    SAME_WEEKDAYS = "same_weekdays"  # it is made of days of this weekday
    LITTLE_TRAFFIC = "little_traffic"  # the day has under half the rows of an ordinary day of the baseline


@dataclass(frozen=True)
class Chosen:
    """`rows`: of each day, oldest first, how many are drawn; never 0. `left_out`: days under alarm."""

    rows: dict[date, int]
    notes: tuple[Note, ...] = ()
    left_out: tuple[date, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    @property
    def fewest_days(self) -> int | None:
        """Of a baseline of one weekday fewer days are enough; None: as many as ever."""
        return FEWEST_SAME if Note.SAME_WEEKDAYS in self.notes else None


def choose(plan: Rolling | Pinned, today: Past, past: Iterable[Past], rows: int = ROWS) -> Chosen:
    """The baseline of `today`. `past`: days with vectors in the same space, in any order. It may be empty or too
    small to judge by, which is for `scan.refused` to say."""
    there = sorted((one for one in past if one.rows and one.day != today.day), key=lambda one: one.day)
    if isinstance(plan, Pinned):
        found = [one for one in there if plan.first <= one.day <= plan.last]
        return Chosen(shared_out(found, rows), tuple(_little(today, found)))
    before = [one for one in there if one.day < today.day]
    usual = [one for one in before if not one.alarm]
    same = [one for one in usual if _weeks(one.day, today.day, MOST_SAME)]
    if len(same) >= FEWEST_SAME and sum(one.rows for one in same) >= FEWEST_ROWS:
        found, notes = same, [Note.SAME_WEEKDAYS]
        gone = [one.day for one in before if one.alarm and _weeks(one.day, today.day, MOST_SAME)]
    else:
        first = today.day - timedelta(days=OLDEST * plan.days)
        found, notes = [one for one in usual if one.day >= first][-plan.days :], [Note.NO_WEEKDAYS]
        gone = [one.day for one in before if one.alarm and found and one.day >= found[0].day]
        if not found or found[0].day < today.day - timedelta(days=plan.days) or len(found) < plan.days:
            notes.append(Note.OLD_DAYS)
    if gone:
        notes.append(Note.LEFT_OUT)
    return Chosen(shared_out(found, rows), (*notes, *_little(today, found)), tuple(gone))


def beside_reference(today: Past, past: Iterable[Past], days: int = DAYS, rows: int = ROWS) -> Chosen:
    """The days before from which a reference, which has none, gets to know how much topics vary. Those under alarm
    too: where a reference is the baseline nearly all days may be, and what they add makes tests more careful."""
    found = sorted((one for one in past if one.rows and one.day < today.day), key=lambda one: one.day)[-days:]
    return Chosen(shared_out(found, rows), tuple(_little(today, found)))


def frozen(today: date, past: Iterable[Past], days: int = DAYS, rows: int = ROWS) -> Chosen | None:
    """The oldest `days` days of the last twelve weeks, if all of them are four weeks old; None while they are not.
    As weeks go by it follows, twelve weeks late."""
    usual = sorted((one for one in past if one.rows and not one.alarm), key=lambda one: one.day)
    old = [one for one in usual if FROZEN_AGE <= (today - one.day).days <= FROZEN_OLDEST][:days]
    return Chosen(shared_out(old, rows)) if len(old) == days else None


def shared_out(days: Sequence[Past], rows: int) -> dict[date, int]:
    """About as many rows of each day, `rows` in all: what a small day lacks the others give."""
    left, given = rows, {}
    for place, one in enumerate(sorted(days, key=lambda one: (one.rows, one.day))):
        given[one.day] = min(one.rows, left // (len(days) - place))
        left -= given[one.day]
    return {day: given[day] for day in sorted(given) if given[day]}


def _weeks(day: date, today: date, most: int) -> bool:
    """Whether it is a whole number of weeks before, up to `most`."""
    ago = (today - day).days
    return ago % WEEK == 0 and 0 < ago <= most * WEEK


def _little(today: Past, days: Sequence[Past]) -> list[Note]:
    usual = sorted(one.rows for one in days)
    return [Note.LITTLE_TRAFFIC] if usual and today.rows * 2 < usual[len(usual) // 2] else []

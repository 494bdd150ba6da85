"""Who is on shift on a day, and why. Pure: days are dates of the project's calendar.

Turns go round by looked-at day or by week. What is said about single dates comes on top, and
moves nobody else's turn: a holiday takes a date out, a cover or a swap gives it to somebody, an
absence gives it to the next one who is there. A day that has ended is as it was, whatever the rule
would say of it by now.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

Person = TypeVar("Person")

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))  # weekdays: 0 is Monday
FURTHEST = 62  # days without a shift that are looked over for the next one


class Why(StrEnum):
    TURN = "turn"
    COVER = "cover"
    SWAP = "swap"
    STAND_IN = "stand_in"
    HOLIDAY = "holiday"
    WEEKDAY = "weekday"
    NOBODY = "nobody"
    BEFORE = "before"  # the rotation had not begun


@dataclass(frozen=True)
class Cycle:
    """How turns are counted. Weeks begin on `week_start`, so that the first one may be short."""

    starts_on: date
    by_week: bool = False
    weekdays: frozenset[int] = EVERY_DAY
    week_start: int = 0

    def turn_of(self, day: date) -> int:
        """How many turns after the first person's first one; negative before it."""
        if self.by_week:
            return (self._week(day) - self._week(self.starts_on)).days // 7
        return self._looked_at(day)

    def is_looked_at(self, day: date) -> bool:
        return day.weekday() in self.weekdays

    def _looked_at(self, day: date) -> int:
        """The looked-at days from `starts_on` on and before `day`."""
        weeks, rest = divmod((day - self.starts_on).days, 7)
        first = self.starts_on.weekday()
        return weeks * len(self.weekdays) + sum((first + n) % 7 in self.weekdays for n in range(rest))

    def _week(self, day: date) -> date:
        return day - DAY * ((day.weekday() - self.week_start) % 7)


@dataclass(frozen=True)
class Away(Generic[Person]):
    """Somebody is not there from `first` to `last`, both included."""

    person: Person
    first: date
    last: date


@dataclass(frozen=True)
class Trade(Generic[Person]):
    """One date, agreed on: `taker` looks in the place of `giver`. `swap`: there is a date in return."""

    giver: Person | None
    taker: Person
    swap: bool = False


@dataclass(frozen=True)
class Shift(Generic[Person]):
    """`instead_of`: whose turn it was. `name`: of the holiday."""

    day: date
    person: Person | None
    why: Why
    instead_of: Person | None = None
    name: str = ""

    @property
    def is_one(self) -> bool:
        """Somebody is meant to look on this day, whether there is anybody or not."""
        return self.why not in {Why.HOLIDAY, Why.WEEKDAY, Why.BEFORE}


def _anybody(_person: object) -> bool:
    return True


@dataclass(frozen=True)
class Rota(Generic[Person]):
    """`can`: may look at all. `trades`: the newest of each date. `ended`: what days were that are over."""

    people: Sequence[Person]
    cycle: Cycle
    holidays: Mapping[date, str] = field(default_factory=dict)
    absences: Sequence[Away[Person]] = ()
    trades: Mapping[date, Trade[Person]] = field(default_factory=dict)
    can: Callable[[Person], bool] = _anybody
    ended: Mapping[date, Shift[Person]] = field(default_factory=dict)

    def on(self, day: date) -> Shift[Person]:
        """The one answer to “who, and why”."""
        if day in self.ended:
            return self.ended[day]
        if day in self.holidays:
            return Shift(day, None, Why.HOLIDAY, name=self.holidays[day])
        if not self.cycle.is_looked_at(day):
            return Shift(day, None, Why.WEEKDAY)
        trade = self.trades.get(day)
        if trade and self.is_there(trade.taker, day):
            return Shift(day, trade.taker, Why.SWAP if trade.swap else Why.COVER, trade.giver)
        return self._in_turn(day)

    def _in_turn(self, day: date) -> Shift[Person]:
        circle = list(self._circle(day))
        person = next((one for one in circle if self.is_there(one, day)), None)
        if person is None:
            return Shift(day, None, Why.NOBODY)
        if person == circle[0]:
            return Shift(day, person, Why.TURN)
        return Shift(day, person, Why.STAND_IN, circle[0])

    def _circle(self, day: date) -> Iterator[Person]:
        """Everybody in order, from the one whose turn it is on."""
        first = self.cycle.turn_of(day)
        return (self.people[(first + step) % len(self.people)] for step in range(len(self.people)))

    def is_there(self, person: Person, day: date) -> bool:
        return self.can(person) and not any(
            away.person == person and away.first <= day <= away.last for away in self.absences
        )

    def next_day(self, day: date) -> date | None:
        """The first day from `day` on that has a shift; None when none of the next two months has."""
        ahead = (day + DAY * n for n in range(FURTHEST))
        return next((one for one in ahead if self.on(one).is_one), None)

    def day_for(self, logged: date) -> date | None:
        """The day on which somebody looks at what was logged on `logged`."""
        return self.next_day(logged + DAY)


def begun_by(people: Sequence[Person], person: Person, day: date, cycle: Cycle) -> list[Person]:
    """The same circle, turned so that it is `person`'s turn on `day`."""
    if person not in people:
        return list(people)
    first = (people.index(person) - cycle.turn_of(day)) % len(people)
    return [*people[first:], *people[:first]]


def weekdays_of(mask: int) -> frozenset[int]:
    """Weekdays as the bits of a number: 1 is Monday, 64 Sunday."""
    return frozenset(n for n in range(7) if mask >> n & 1)


def mask_of(weekdays: Sequence[int] | frozenset[int]) -> int:
    return sum(1 << n for n in set(weekdays))

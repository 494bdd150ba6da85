"""Who is on shift on a day: a round robin by day or by ISO week. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

Person = TypeVar("Person")


def turn_of(day: date, *, starts_on: date, by_week: bool) -> int:
    """How many turns after the first person's first one; negative before it.

    Weeks begin on Monday, so the first person's first week may be a short one.
    """
    if not by_week:
        return (day - starts_on).days
    return (_monday(day) - _monday(starts_on)).days // 7


def on_shift(
    people: Sequence[Person],
    day: date,
    *,
    starts_on: date,
    by_week: bool,
    available: Callable[[Person], bool] = lambda person: True,
) -> Person | None:
    """Whose turn it is; the next one in order for somebody who is not available.

    The others' turns stay where they were. None when nobody is there.
    """
    if not people:
        return None
    first = turn_of(day, starts_on=starts_on, by_week=by_week) % len(people)
    in_turn = (people[(first + step) % len(people)] for step in range(len(people)))
    return next(filter(available, in_turn), None)


def begun_by(
    people: Sequence[Person], person: Person, day: date, *, starts_on: date, by_week: bool
) -> list[Person]:
    """The same circle, turned so that `person` is on shift on `day`."""
    if person not in people:
        return list(people)
    turn = turn_of(day, starts_on=starts_on, by_week=by_week)
    first = (people.index(person) - turn) % len(people)
    return [*people[first:], *people[:first]]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

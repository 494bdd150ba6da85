"""A month of the rotation: who, why, and what became of it. A constant number of queries."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from annotator.models import User
from feedback import days
from feedback.models import Swap, SwapState, VibeCheck, VibePlan
from feedback.queries.checks import Looked, looked
from feedback.queries.shifts import AHEAD, OnDay, PlanRota, rota_of, zone_of

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """One day. `state`: done, missed, note (the hand-over is missing), going, new, or empty where there
    is nothing to say. `person` is whose it was; `finished_by` somebody else who did it."""

    day: date
    shift: OnDay
    person: User | None
    state: str
    inside: bool  # of the month
    today: bool
    checks: list[Looked] = field(default_factory=list)
    away: list[User] = field(default_factory=list)
    finished_by: User | None = None
    asked: Swap | None = None

    @property
    def newest(self) -> Looked | None:
        return self.checks[-1] if self.checks else None


@dataclass(frozen=True)
class Month:
    first: date
    today: date
    cells: list[Cell]
    rota: PlanRota
    today_done: bool  # today's checks came, and are done

    @property
    def before(self) -> date:
        return (self.first - days.DAY).replace(day=1)

    @property
    def after(self) -> date:
        return last_of(self.first) + days.DAY

    @property
    def weekdays(self) -> list[date]:
        """A week of days, for their names."""
        return [cell.day for cell in self.cells[:7]]


def last_of(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def month_of(plan: VibePlan, first: date, *, now: datetime) -> Month:
    """The month that begins on `first`, in whole weeks."""
    today = days.day_of(now, zone_of(plan.project))
    start = first - days.DAY * ((first.weekday() - plan.week_start) % 7)
    count = -(-((last_of(first) - start).days + 1) // 7) * 7
    shown = [start + days.DAY * n for n in range(count)]
    rota = rota_of(plan, min(start, today) - AHEAD, max(shown[-1], today))
    checks = _by_shift(rota, shown)
    asked = {swap.day: swap for swap in rota.swaps if swap.state == SwapState.ASKED}
    return Month(
        first,
        today,
        [_cell(rota, day, checks[day], asked.get(day), first, today) for day in shown],
        rota,
        today_done=_state((checks if today in checks else _by_shift(rota, [today]))[today], over=False)
        == "done",
    )


def _by_shift(rota: PlanRota, shown: list[date]) -> dict[date, list[Looked]]:
    """The checks that are looked at on each of these days, the oldest first."""
    rows = VibeCheck.objects.filter(
        project=rota.plan.project, queue__isnull=False, day__range=(shown[0] - AHEAD, shown[-1])
    ).select_related("person", "finished_by")
    found: dict[date, list[Looked]] = defaultdict(list)
    wanted = set(shown)
    for seen in looked([row for row in rows.order_by("day") if rota.rules.day_for(row.day) in wanted]):
        day = rota.rules.day_for(seen.check.day)
        if day:
            found[day].append(seen)
    return found


def _cell(
    rota: PlanRota, day: date, checks: list[Looked], asked: Swap | None, first: date, today: date
) -> Cell:
    shift = rota.on(day)
    person, finished_by = shift.person, None
    if checks and day < today:  # what was, whatever the rule says by now
        person = checks[-1].check.person
        done_by = checks[-1].check.finished_by
        finished_by = done_by if done_by != person else None
    away = [one.person for one in rota.absences if one.first <= day <= one.last]
    return Cell(
        day,
        shift,
        person,
        _state(checks, over=day < today),
        inside=(day.year, day.month) == (first.year, first.month),
        today=day == today,
        checks=checks,
        away=list({one.pk: one for one in away}.values()),
        finished_by=finished_by,
        asked=asked,
    )


def _state(checks: Iterable[Looked], *, over: bool) -> str:
    states = {seen.state for seen in checks}
    if not states:
        return ""
    if states & {"new", "going"}:
        if over:
            return "missed"
        return "going" if states != {"new"} else "new"
    return "note" if "answered" in states else "done"


def shifts_of(plan: VibePlan, person: User, *, first: date, last: date) -> list[tuple[date, datetime]]:
    """The days on which this person is on shift, and when their checks come."""
    rota = rota_of(plan, first, last)
    span = (first + days.DAY * n for n in range((last - first).days + 1))
    return [
        (shift.day, rota.begins_at(shift.day))
        for shift in map(rota.on, span)
        if shift.person is not None and shift.person.pk == person.pk
    ]

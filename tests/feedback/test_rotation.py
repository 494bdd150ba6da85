"""Whose turn it is, and when a day begins, over weeks and changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback import days
from feedback.rotation import (
    EVERY_DAY,
    Away,
    Cycle,
    Rota,
    Trade,
    Why,
    begun_by,
    mask_of,
    weekdays_of,
)

PEOPLE = ["Amir", "Bea", "Chen"]
MONDAY = date(2026, 11, 23)
SEOUL, NEW_YORK, LONDON = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
WORKDAYS = frozenset(range(5))
BY_WEEK = Cycle(date(2026, 11, 25), by_week=True)


def after(n: int) -> date:
    return MONDAY + timedelta(days=n)


DAILY = Cycle(MONDAY)


def rota(cycle: Cycle = DAILY, people=PEOPLE, **more) -> Rota[str]:
    return Rota(people, cycle, **more)


def who(of: Rota[str], count: int, first: date = MONDAY) -> list[str | None]:
    return [of.on(first + timedelta(days=n)).person for n in range(count)]


def test_a_day_each():
    assert who(rota(), 5) == ["Amir", "Bea", "Chen", "Amir", "Bea"]
    assert rota().on(after(-1)).person == "Chen"
    assert rota().on(MONDAY).why == Why.TURN


def test_a_week_each_from_monday_to_sunday():
    assert who(rota(BY_WEEK), 7) == ["Amir"] * 7
    assert [rota(BY_WEEK).on(after(n)).person for n in (7, 13, 14)] == ["Bea", "Bea", "Chen"]


def test_a_week_can_begin_on_another_weekday():
    """From Wednesday on: the first week ends on the Tuesday."""
    of = rota(Cycle(MONDAY, by_week=True, week_start=2))

    assert who(of, 10) == ["Amir"] * 2 + ["Bea"] * 7 + ["Chen"]


def test_weeks_go_on_over_the_new_year():
    week_53 = date(2026, 12, 28)  # of 2026, by ISO; the next Monday is in week 1

    assert [BY_WEEK.turn_of(week_53 + timedelta(days=n)) for n in (0, 6, 7)] == [5, 5, 6]


def test_only_some_weekdays_are_looked_at_and_nobodys_turn_falls_on_the_others():
    """Seven people from Monday to Friday: the turns go on where they stopped, so that all get some."""
    of = rota(Cycle(MONDAY, weekdays=WORKDAYS), people=list("ABCDEFG"))

    assert who(of, 14) == [*"ABCDE", None, None, *"FGABC", None, None]
    assert of.on(after(5)).why == Why.WEEKDAY
    assert who(of, 7, after(-7)) == [*"CDEFG", None, None]


@pytest.mark.parametrize("weekdays", [EVERY_DAY, WORKDAYS, frozenset({2}), frozenset({0, 6})])
@pytest.mark.parametrize("starts_on", [after(n) for n in range(7)])
def test_turns_are_counted_without_a_gap(weekdays, starts_on):
    cycle = Cycle(starts_on, weekdays=weekdays)

    looked = [cycle.turn_of(after(n)) for n in range(-30, 60) if cycle.is_looked_at(after(n))]

    assert looked == list(range(looked[0], looked[0] + len(looked)))
    assert cycle.turn_of(starts_on) == 0


def test_a_holiday_takes_its_date_out_and_moves_nobody():
    of = rota(holidays={after(1): "Founders’ day"})

    assert who(of, 4) == ["Amir", None, "Chen", "Amir"]
    assert (of.on(after(1)).why, of.on(after(1)).name) == (Why.HOLIDAY, "Founders’ day")
    assert not of.on(after(1)).is_one


def test_who_is_away_is_passed_over_and_the_others_keep_their_days():
    of = rota(absences=[Away("Bea", after(1), after(2))])

    assert who(of, 5) == ["Amir", "Chen", "Chen", "Amir", "Bea"]
    shift = of.on(after(1))
    assert (shift.why, shift.instead_of) == (Why.STAND_IN, "Bea")
    assert who(rota(can=lambda one: one != "Bea"), 4) == ["Amir", "Chen", "Chen", "Amir"]


def test_take_my_thursday():
    of = rota(trades={after(3): Trade("Amir", "Chen")})

    assert who(of, 5) == ["Amir", "Bea", "Chen", "Chen", "Bea"]
    shift = of.on(after(3))
    assert (shift.why, shift.instead_of) == (Why.COVER, "Amir")


def test_two_people_swap_two_dates():
    of = rota(trades={after(0): Trade("Amir", "Bea", swap=True), after(1): Trade("Bea", "Amir", swap=True)})

    assert who(of, 4) == ["Bea", "Amir", "Chen", "Amir"]
    assert of.on(after(1)).why == Why.SWAP


def test_a_cover_who_falls_ill_gives_the_day_back_and_if_nobody_is_there_the_next_one_looks():
    taken = {after(3): Trade("Amir", "Chen")}
    ill = Away("Chen", after(3), after(3))

    assert rota(trades=taken, absences=[ill]).on(after(3)).person == "Amir"
    both = [ill, Away("Amir", after(3), after(3))]
    assert rota(trades=taken, absences=both).on(after(3)).person == "Bea"


def test_a_holiday_is_stronger_than_a_cover():
    assert rota(holidays={MONDAY: "x"}, trades={MONDAY: Trade("Amir", "Bea")}).on(MONDAY).person is None


def test_somebody_outside_the_circle_can_take_a_day():
    assert rota(trades={MONDAY: Trade("Amir", "Dora")}).on(MONDAY).person == "Dora"


def test_nobody():
    assert rota(people=[]).on(MONDAY).why == Why.NOBODY
    nobody = rota(can=lambda one: False).on(MONDAY)
    assert (nobody.person, nobody.is_one) == (None, True)


def test_what_was_logged_before_a_weekend_or_a_holiday_is_looked_at_on_the_next_shift():
    of = rota(Cycle(MONDAY, weekdays=WORKDAYS), holidays={after(7): "Monday off"})

    assert of.day_for(after(2)) == after(3)
    assert [of.day_for(after(n)) for n in (4, 5, 6, 7)] == [after(8)] * 4
    assert rota(holidays={after(n): "shut" for n in range(200)}).day_for(MONDAY) is None


@pytest.mark.parametrize("cycle", [Cycle(MONDAY), BY_WEEK, Cycle(MONDAY, weekdays=WORKDAYS)])
@pytest.mark.parametrize("days_later", [0, 1, 9, 30])
def test_somebody_can_begin_today(days_later, cycle):
    today = after(days_later)

    order = begun_by(PEOPLE, "Bea", today, cycle)

    assert rota(cycle, order).on(today).person == "Bea"
    assert order[(order.index("Bea") + 1) % 3] == "Chen"  # the same circle
    assert begun_by(PEOPLE, "Nobody", today, cycle) == PEOPLE


def test_weekdays_as_a_number():
    assert weekdays_of(127) == EVERY_DAY
    assert weekdays_of(0b0011111) == WORKDAYS
    assert mask_of([0, 0, 6]) == 65


def test_a_day_has_the_hours_that_its_clock_shows():
    def hours(day: date, zone: ZoneInfo) -> float:
        start, end = days.bounds(day, zone)
        return (end - start) / timedelta(hours=1)

    assert hours(MONDAY, SEOUL) == 24
    assert hours(date(2026, 3, 8), NEW_YORK) == 23
    assert hours(date(2026, 11, 1), NEW_YORK) == 25
    assert hours(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == 0  # a day that never was


def test_a_day_begins_at_its_own_midnight():
    assert days.bounds(MONDAY, SEOUL)[0] == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert days.day_of(datetime(2026, 11, 22, 15, tzinfo=UTC), SEOUL) == MONDAY
    assert days.day_of(datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC), SEOUL) == date(2026, 11, 22)


def test_days_follow_each_other_without_a_gap():
    for zone in (SEOUL, NEW_YORK, LONDON, ZoneInfo("America/Havana"), ZoneInfo("Africa/Cairo")):
        day = date(2026, 1, 1)
        for _ in range(366):
            start, end = days.bounds(day, zone)
            assert end == days.bounds(day + days.DAY, zone)[0]
            assert days.day_of(start, zone) == day
            assert days.day_of(end - timedelta(milliseconds=1), zone) == day
            day += days.DAY


def test_an_hour_that_does_not_exist_strikes_when_the_clock_jumps():
    jump = date(2026, 3, 8)

    assert days.moment(jump, 2, NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert days.moment(jump, 3, NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_an_hour_that_comes_twice_strikes_once():
    assert days.moment(date(2026, 11, 1), 1, NEW_YORK) == datetime(2026, 11, 1, 5, tzinfo=UTC)
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 01:30 again
    assert days.next_slot(hour=1, zone=NEW_YORK, now=second) == datetime(2026, 11, 2, 6, tzinfo=UTC)


def test_slots_that_have_struck():
    def struck(now: datetime, **more) -> list[date]:
        return days.last_slots(**{"hour": 8, "zone": SEOUL, "now": now, "since": MONDAY, "most": 14, **more})

    before = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)  # 07:59 on Wednesday in Seoul

    assert struck(before) == [MONDAY, date(2026, 11, 24)]
    assert struck(before + timedelta(minutes=1)) == [MONDAY, date(2026, 11, 24), date(2026, 11, 25)]
    assert struck(before, since=date(2026, 11, 25)) == []
    assert struck(before, since=date(2026, 1, 1), most=3)[0] == date(2026, 11, 22)

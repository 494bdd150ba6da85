"""Whose turn it is, and when a day begins, over weeks and changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback import days
from feedback.rotation import begun_by, on_shift, turn_of

PEOPLE = ["Amir", "Bea", "Chen"]
MONDAY = date(2026, 11, 23)
SEOUL, NEW_YORK, LONDON = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York"), ZoneInfo("Europe/London")


def by_day(day: date, **more) -> str | None:
    return on_shift(PEOPLE, day, starts_on=MONDAY, by_week=False, **more)


def by_week(day: date) -> str | None:
    return on_shift(PEOPLE, day, starts_on=date(2026, 11, 25), by_week=True)


def test_a_day_each():
    shifts = [by_day(MONDAY + timedelta(days=n)) for n in range(5)]

    assert shifts == ["Amir", "Bea", "Chen", "Amir", "Bea"]
    assert by_day(MONDAY - timedelta(days=1)) == "Chen"


def test_a_week_each_from_monday_to_sunday():
    assert [by_week(MONDAY + timedelta(days=n)) for n in range(7)] == ["Amir"] * 7
    assert by_week(MONDAY + timedelta(days=7)) == "Bea"
    assert by_week(MONDAY + timedelta(days=13)) == "Bea"
    assert by_week(MONDAY + timedelta(days=14)) == "Chen"


def test_weeks_go_on_over_the_new_year():
    week_53 = date(2026, 12, 28)  # of 2026, by ISO; the next Monday is in week 1

    turns = [turn_of(week_53 + timedelta(days=n), starts_on=MONDAY, by_week=True) for n in (0, 6, 7)]

    assert turns == [5, 5, 6]


def test_who_is_away_is_passed_over_and_the_others_keep_their_days():
    shifts = [by_day(MONDAY + timedelta(days=n), available=lambda one: one != "Bea") for n in range(4)]

    assert shifts == ["Amir", "Chen", "Chen", "Amir"]


def test_nobody():
    assert on_shift([], MONDAY, starts_on=MONDAY, by_week=False) is None
    assert by_day(MONDAY, available=lambda one: False) is None


@pytest.mark.parametrize("by_week", [True, False])
@pytest.mark.parametrize("after", [0, 1, 9, 30])
def test_somebody_can_begin_today(after, by_week):
    today = MONDAY + timedelta(days=after)

    order = begun_by(PEOPLE, "Bea", today, starts_on=MONDAY, by_week=by_week)

    assert on_shift(order, today, starts_on=MONDAY, by_week=by_week) == "Bea"
    assert order[(order.index("Bea") + 1) % 3] == "Chen"  # the same circle
    assert begun_by(PEOPLE, "Nobody", today, starts_on=MONDAY, by_week=by_week) == PEOPLE


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

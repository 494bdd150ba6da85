"""The chart of the days."""

from datetime import date, timedelta

from drift.chart import Point, chart

DAY = date(2026, 11, 1)


def test_less_likely_days_stand_higher_and_alarms_apart():
    points = [
        Point(DAY, 1.0),
        Point(DAY + timedelta(days=1), 0.03),
        Point(DAY + timedelta(days=4), 0.0005, alarm=True),
    ]
    found = chart([*points, Point(DAY + timedelta(days=2), None)])
    assert [one.kind for one in found.dots] == ["quiet", "marked", "silent", "alarm"]
    quiet, marked, silent, alarm = found.dots
    assert (quiet.day, quiet.path) == (DAY, "M2.50 97.50h0")
    assert marked.path.startswith("M26.25 ")
    assert alarm.path == "M97.50 2.50h0"
    assert silent.path == "M50.00 97.50h0"
    assert [one.stands_out for one in found.dots] == [False, True, False, True]
    assert float(found.level) < float(found.mark) < 97.5
    assert (found.first, found.last) == (DAY, DAY + timedelta(days=4))


def test_what_is_beyond_the_scale_stays_in_the_box():
    found = chart([Point(DAY, 1e-30, alarm=True), Point(DAY + timedelta(days=1), 0.9)])
    assert found.dots[0].path == "M2.50 2.50h0"


def test_one_day_is_no_chart():
    assert chart([Point(DAY, 0.5)]) is None

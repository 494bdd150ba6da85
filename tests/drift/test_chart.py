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
    assert found.quiet == "M2.50 97.50h0"
    assert found.marked.startswith("M26.25 ")
    assert found.alarms == "M97.50 2.50h0"
    assert found.silent == "M50.00 97.50h0"
    assert float(found.level) < float(found.mark) < 97.5
    assert (found.first, found.last) == (DAY, DAY + timedelta(days=4))


def test_what_is_beyond_the_scale_stays_in_the_box():
    assert (
        chart([Point(DAY, 1e-30, alarm=True), Point(DAY + timedelta(days=1), 0.9)]).alarms == "M2.50 2.50h0"
    )


def test_one_day_is_no_chart():
    assert chart([Point(DAY, 0.5)]) is None

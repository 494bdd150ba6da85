"""Against which days a day is compared."""

from datetime import date, timedelta

from drift.baseline import Note, Past, Pinned, Rolling, choose, frozen, shared_out

MONDAY = date(2026, 11, 23)


def ago(days, rows=900, *, alarm=False, before=MONDAY):
    return Past(before - timedelta(days=days), rows, alarm)


TODAY = ago(0)


def test_two_weeks_before_share_the_rows_evenly():
    found = choose(Rolling(14), TODAY, [ago(n) for n in range(1, 22)])
    assert list(found.rows) == [MONDAY - timedelta(days=n) for n in range(14, 0, -1)]
    assert found.total == 2000
    assert set(found.rows.values()) <= {142, 143}
    assert found.notes == (Note.NO_WEEKDAYS,)
    assert found.fewest_days is None


def test_days_under_alarm_are_left_out_and_made_up_for_by_older_ones():
    past = [ago(n, alarm=n in {2, 3}) for n in range(1, 22)]
    found = choose(Rolling(14), TODAY, past)
    assert len(found.rows) == 14
    assert found.left_out == (MONDAY - timedelta(days=3), MONDAY - timedelta(days=2))
    assert not set(found.left_out) & set(found.rows)
    assert min(found.rows) == MONDAY - timedelta(days=16)
    assert set(found.notes) == {Note.NO_WEEKDAYS, Note.OLD_DAYS, Note.LEFT_OUT}


def test_a_rolling_baseline_does_not_reach_back_for_ever():
    found = choose(Rolling(7), TODAY, [ago(n) for n in (1, 2, 28, 29, 60)])
    assert list(found.rows) == [MONDAY - timedelta(days=n) for n in (28, 2, 1)]
    assert Note.OLD_DAYS in found.notes


def test_a_monday_is_compared_with_mondays_where_there_are_six():
    past = [ago(n) for n in range(1, 50)]
    found = choose(Rolling(14), TODAY, past)
    assert list(found.rows) == [MONDAY - timedelta(weeks=n) for n in (7, 6, 5, 4, 3, 2, 1)]
    assert found.notes == (Note.SAME_WEEKDAYS,)
    assert found.fewest_days == 6
    assert len(choose(Rolling(14), TODAY, [ago(n) for n in range(1, 80)]).rows) == 8
    # With one of six under alarm there are too few: the days before stand in.
    six = [ago(n, alarm=n == 14) for n in range(1, 44)]
    assert Note.NO_WEEKDAYS in choose(Rolling(14), TODAY, six).notes


def test_mondays_with_hardly_any_traffic_make_no_baseline():
    past = [ago(n, rows=80 if n % 7 == 0 else 900) for n in range(1, 44)]
    assert Note.NO_WEEKDAYS in choose(Rolling(14), TODAY, past).notes


def test_a_pinned_baseline_is_the_days_of_choice_alarm_or_not():
    past = [ago(n, alarm=n == 40) for n in range(1, 60)]
    plan = Pinned(MONDAY - timedelta(days=45), MONDAY - timedelta(days=36))
    found = choose(plan, TODAY, past)
    assert len(found.rows) == 10
    assert MONDAY - timedelta(days=40) in found.rows
    assert found.notes == ()
    # A day of the window itself is compared with the others.
    inside = choose(plan, ago(40), past)
    assert len(inside.rows) == 9


def test_later_days_are_no_rolling_baseline():
    assert choose(Rolling(14), TODAY, [ago(-1), ago(-2), ago(0)]).rows == {}


def test_what_small_days_lack_the_others_give():
    days = [ago(1, 10), ago(2, 1000), ago(3, 1000), ago(4, 0)]
    assert list(shared_out(days, 610).values()) == [300, 300, 10]
    assert sum(shared_out(days, 9000).values()) == 2010
    assert shared_out([], 100) == {}


def test_half_a_day_is_told():
    past = [ago(n) for n in range(1, 15)]
    assert Note.LITTLE_TRAFFIC in choose(Rolling(14), ago(0, 449), past).notes
    assert Note.LITTLE_TRAFFIC not in choose(Rolling(14), ago(0, 450), past).notes


def test_a_frozen_baseline_is_the_oldest_days_of_twelve_weeks():
    past = [ago(n, alarm=n == 80) for n in range(1, 120)]
    found = frozen(MONDAY, past)
    assert max(found.rows) == MONDAY - timedelta(days=70)
    assert min(found.rows) == MONDAY - timedelta(days=84)
    assert MONDAY - timedelta(days=80) not in found.rows
    assert frozen(MONDAY, past[:40]) is None  # not old enough yet
    assert len(frozen(MONDAY, past[:41]).rows) == 14

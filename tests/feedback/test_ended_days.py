"""What was, stays: days of the rotation that are over, whatever is set today."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar

from annotator.jobs import leases, runner, schedules
from annotator.models import Job, JobState
from feedback.models import Absence, Holiday, Swap, VibeCheck
from feedback.queries.calendar import month_of, shifts_of
from feedback.services import plans, rota, rounds
from tests import make
from tests.feedback import logged

FIRST = date(2026, 11, 2)  # a Monday
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOW.date()
PLAN, CALENDAR = "/p/shop/checks/plan/", "/p/shop/checks/calendar/"
SETTINGS = {
    "hour": "8",
    "sample_size": "20",
    "turn": "day",
    "enabled": "on",
    "text": "Is this output good?",
    "guideline": "",
    "base": "spread",
    "shadow_pairs": "0",
}
DAYS = {"weekdays": list("0123456"), "week_start": "0", "reminder_hours": "8"}


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


@pytest.fixture
def bea(project):
    return make.member(project, "bea")


@pytest.fixture
def plan(project, owner, annotator, bea):
    """Three weeks with a holiday, an absence, a swap, and checks of which the second was missed."""
    made = logged.plan(project, owner, annotator, bea, starts_on=FIRST)
    Holiday.objects.create(project=project, day=day(4), name="Founders’ day")
    Absence.objects.create(project=project, person=bea, first=day(8), last=day(30))
    Swap.objects.create(
        project=project, day=day(3), return_day=day(1), giver=owner, taker=annotator, state="accepted"
    )
    for n in (1, 2, 3, 12):
        logged.interactions(project, 2, at=datetime(2026, 11, 2 + n, 12, tzinfo=UTC), name=f"day{n}")
        logged.check(project, day=day(n), now=NOW)
    VibeCheck.objects.exclude(day=day(2)).update(finished_at=NOW)
    with time_machine.travel(NOW, tick=False):
        yield made


def past(plan, client) -> dict:
    """All that is shown of days before today: cells of the calendar, and events of each one's feed."""
    cells = {
        cell.day: cell for cell in month_of(plans.plan_of(plan.project), FIRST.replace(day=1), now=NOW).cells
    }
    shown = {
        one: (cell.person, cell.shift, cell.state, [seen.check.day for seen in cell.checks], cell.away)
        for one, cell in cells.items()
        if one < TODAY
    }
    feeds = {}
    for membership in plan.project.memberships.exclude(role="viewer").select_related("user"):
        address = f"/calendar/{rota.token_of(rota.make_link(plan.project, membership.user))}.ics"
        begins = [
            event.decoded("DTSTART")
            for event in Calendar.from_ical(client.get(address).content).walk("VEVENT")
        ]
        feeds[membership.user.username] = [at for at in begins if at.date() < TODAY]
    return {"shown": shown, "feeds": feeds}


def ahead(plan) -> list:
    rows = month_of(plans.plan_of(plan.project), FIRST.replace(day=1), now=NOW).cells
    return [(cell.person, cell.shift) for cell in rows if cell.day >= TODAY]


def test_what_is_shown_of_the_past(plan, client, owner, annotator, bea):
    found = past(plan, client)

    shown = {(one - FIRST).days: row for one, row in found["shown"].items()}
    assert [shown[n][0] for n in range(6)] == [owner, owner, bea, annotator, None, bea]
    assert [shown[n][2] for n in (2, 3, 5, 13)] == ["done", "missed", "done", "done"]
    assert shown[5][3] == [day(3)]  # looked at after the holiday
    assert found["feeds"]["bea"] == [datetime(2026, 11, d, 8, tzinfo=UTC) for d in (4, 7)]


CHANGES = {
    "weekdays": (f"{PLAN}days/", {**DAYS, "weekdays": ["0", "2"]}),
    "length of a shift": (PLAN, {**SETTINGS, "turn": "week"}),
    "hour": (PLAN, {**SETTINGS, "hour": "15"}),
    "order": (f"{PLAN}rotation/", {"do": "up", "person": "bea"}),
    "who begins": (f"{PLAN}rotation/", {"do": "now", "person": "bea"}),
    "somebody less": (f"{PLAN}rotation/", {"do": "remove", "person": "olivia"}),
    "somebody more": (f"{PLAN}rotation/", {"do": "add", "person": "cleo"}),
    "days away": (f"{CALENDAR}away/", {"first": "2026-11-03", "last": "2026-11-26", "person": "amir"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_set_today_changes_days_to_come_alone(plan, project, as_, owner, client, change):
    people = {one.user.username: one.user.pk for one in project.memberships.all()}
    people["cleo"] = make.member(project, "cleo").pk
    path, body = CHANGES[change]
    before, coming = past(plan, client), ahead(plan)

    answer = as_(owner).post(path, body | ({"person": people[body["person"]]} if "person" in body else {}))

    assert answer.status_code == 302
    if change == "days away":  # that somebody was away is new; who looked is not
        for days_of in (before, after := past(plan, client)):
            days_of["shown"] = {one: row[:4] for one, row in days_of["shown"].items()}
        assert after == before
    else:
        assert past(plan, client) == before
    if change != "hour":
        assert ahead(plan) != coming


def test_a_holiday_that_is_over_stays(plan, as_, owner, client):
    before = past(plan, client)

    page = as_(owner).post(f"{CALENDAR}holidays/{Holiday.objects.get().pk}/remove/", follow=True)

    assert "That day is over: it stays as it was." in page.content.decode()
    assert past(plan, client) == before
    assert Holiday.objects.exists()


def test_days_away_are_taken_back_from_today_on(plan, as_, owner, bea, client):
    before = past(plan, client)
    (absence,) = Absence.objects.all()
    path = f"{CALENDAR}away/{absence.pk}/remove/"

    as_(bea).post(path)

    assert past(plan, client) == before
    absence.refresh_from_db()
    assert (absence.first, absence.last) == (day(8), TODAY - timedelta(days=1))
    page = as_(bea).post(path, follow=True)
    assert "These days are over: they stay as they were." in page.content.decode()
    assert Absence.objects.exists()


def test_by_the_clock_a_day_is_kept_as_soon_as_it_is_over(plan, project, bea, client):
    with time_machine.travel(NOW.replace(hour=0, minute=0, second=15), tick=False):
        schedules.ask_due(NOW.replace(hour=0, minute=0, second=15))
        for waiting in Job.objects.filter(kind="notices", state=JobState.DUE):
            runner.run_claimed(leases.claim(waiting.pk))
    before = past(plan, client)

    project.memberships.filter(user=bea).delete()
    Holiday.objects.all().delete()
    plan.rotation.all().delete()

    after = past(plan, client)
    assert after["shown"] == before["shown"]
    assert {name: after["feeds"][name] for name in ("olivia", "amir")} == {
        name: before["feeds"][name] for name in ("olivia", "amir")
    }


def test_what_was_told_as_missed_is_not_told_of_another_day(plan, project, as_, owner):
    """A check of a day before the change is neither found again nor given to somebody else."""
    check = VibeCheck.objects.get(day=day(2))
    holder = check.person

    as_(owner).post(f"{PLAN}days/", {**DAYS, "weekdays": ["1"]})  # Tuesdays: today
    rounds.go_round(plans.plan_of(project), now=NOW)

    check.refresh_from_db()
    assert check.person == holder


def test_a_clock_that_is_put_back_makes_no_past_of_today(plan, project, as_, owner):
    """In Kiritimati it is tomorrow already; the project moves from there to Honolulu."""
    project.time_zone = "Pacific/Kiritimati"
    project.save()
    rounds.go_round(plans.plan_of(project), now=NOW)
    project.time_zone = "Pacific/Honolulu"
    project.save()

    as_(owner).post(f"{CALENDAR}holidays/", {"day": "2026-11-24", "name": "A day off"})

    (cell,) = (
        c for c in month_of(plans.plan_of(project), FIRST.replace(day=1), now=NOW).cells if c.day == TODAY
    )
    assert (cell.today, cell.shift.name) == (True, "A day off")


def test_while_it_is_off_nobody_is_on_shift_and_what_was_before_stays(project, owner, annotator, as_):
    logged.plan(project, owner, annotator, starts_on=FIRST)
    off = {name: value for name, value in SETTINGS.items() if name != "enabled"}
    for n, body in ((7, off), (14, SETTINGS)):
        with time_machine.travel(NOW.replace(day=2 + n), tick=False):
            assert as_(owner).post(PLAN, body).status_code == 302

    with time_machine.travel(NOW, tick=False):
        plan = plans.plan_of(project)
        people = {one.day: one.person for one in month_of(plan, FIRST.replace(day=1), now=NOW).cells}
        fed = shifts_of(plan, owner, first=FIRST, last=TODAY)
    assert [people[day(n)] for n in (5, 6, 7, 13)] == [annotator, owner, None, None]
    assert [people[day(n)] for n in (14, 15)] == [owner, annotator]
    assert [(at - FIRST).days for at, _begins in fed] == [0, 2, 4, 6, 14, 16, 18, 20, 22]

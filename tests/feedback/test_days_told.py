"""Whose days move by somebody else's change of the rotation is told which, once, in their own words."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django.asserts import assertContains

from annotator.jobs import leases, runner
from annotator.models import Job, JobState
from feedback.models import Delivery, Holiday, MovingDays, Notice, Swap, VibePlan
from feedback.queries.shifts import rota_of
from feedback.services import channels
from tests import make
from tests.feedback import logged
from tests.feedback.hooks import receiving
from tests.feedback.logged import DAY
from tests.feedback.test_notices import deliver

PLAN, CALENDAR = "/p/shop/checks/plan/", "/p/shop/checks/calendar/"
pytestmark = pytest.mark.usefixtures("next_morning")


@pytest.fixture
def bea(project):
    return make.member(project, "bea")


@pytest.fixture
def plan(project, owner, annotator, bea):
    """From Monday the 23rd on, a day each; today is Tuesday, amir's."""
    return logged.plan(project, owner, annotator, bea)


def day(n: int) -> str:
    return (DAY + timedelta(days=n)).isoformat()


def run_jobs() -> None:
    """Those whose time is over in ten minutes."""
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        for waiting in Job.objects.filter(kind="days_changed", state=JobState.DUE).order_by("due_at"):
            assert waiting.due_at <= timezone.now()
            Job.objects.filter(pk=waiting.pk).update(due_at="2020-01-01T00:00Z")
            runner.run_claimed(leases.claim(waiting.pk))


def told() -> dict[str, tuple[list[str], list[str]]]:
    """By person: the days they gained and lost, of the one change there was; nothing was changed since."""
    run_jobs()
    rows = Notice.objects.filter(kind="days_changed").select_related("person")
    assert len({row.about for row in rows}) <= 1
    changes = {one["person"]: (one["gained"], one["lost"]) for row in rows for one in row.context["changes"]}
    assert set(changes) == {row.person.username for row in rows}
    return changes


def test_a_holiday_and_back_is_told_to_whose_day_it_is(project, plan, as_, owner):
    as_(owner).post(f"{CALENDAR}holidays/", {"day": day(2), "name": "Founders’ day"})
    assert told() == {"bea": ([], [day(2)])}

    Notice.objects.all().delete()
    as_(owner).post(f"{CALENDAR}holidays/{Holiday.objects.get().pk}/remove/")
    assert told() == {"bea": ([day(2)], [])}


def test_a_holiday_of_ones_own_day_or_far_off_is_told_to_nobody(plan, as_, owner):
    for n in (3, 15, 16, 17):  # olivia's own; and after the next two weeks
        as_(owner).post(f"{CALENDAR}holidays/", {"day": day(n), "name": "x"})
    assert told() == {}


def test_another_order_is_told_to_all_but_who_made_it(plan, as_, owner, annotator, bea):
    as_(owner).post(f"{PLAN}rotation/", {"do": "up", "person": bea.pk})

    amirs, beas = [day(n) for n in (1, 4, 7, 10, 13)], [day(n) for n in (2, 5, 8, 11, 14)]
    assert told() == {"amir": (beas, amirs), "bea": (amirs, beas)}


def test_clicks_in_a_row_are_one_change(plan, as_, owner, annotator, bea):
    browser = as_(owner)
    for n in range(2):
        with time_machine.travel(logged.NEXT_MORNING + timedelta(minutes=9 * n), tick=False):
            browser.post(f"{PLAN}rotation/", {"do": "up", "person": bea.pk})
    assert not Notice.objects.exists()
    assert sorted(job.due_at.minute for job in Job.objects.filter(kind="days_changed")) == [10, 19]

    with time_machine.travel(logged.NEXT_MORNING + timedelta(minutes=9), tick=False):
        found = told()

    assert Notice.objects.count() == 2
    assert (found["amir"][1][0], found["bea"][1][0]) == (day(1), day(2))
    run_jobs()
    assert Notice.objects.count() == 2


def test_what_is_as_it_was_in_the_end_is_told_to_nobody(plan, as_, owner, bea):
    for do in ("up", "down"):
        as_(owner).post(f"{PLAN}rotation/", {"do": do, "person": bea.pk})

    assert told() == {}
    assert not MovingDays.objects.exists()


def test_before_somebody_else_changes_it_what_the_first_one_did_is_told(
    project, plan, as_, owner, annotator, bea
):
    as_(owner).post(f"{CALENDAR}holidays/", {"day": day(2), "name": "Founders’ day"})
    as_(annotator).post(f"{CALENDAR}away/", {"first": day(4), "last": day(4)})
    run_jobs()

    rows = Notice.objects.filter(kind="days_changed").order_by("pk")
    assert [(row.person.username, row.context["by"]) for row in rows] == [("bea", "olivia"), ("bea", "amir")]
    assert [(one["gained"], one["lost"]) for row in rows for one in row.context["changes"]] == [
        ([], [day(2)]),
        ([day(4)], []),
    ]


def test_a_swap_that_is_told_by_itself_is_not_told_as_a_change_of_the_order_before_it(
    plan, as_, owner, annotator, bea
):
    as_(owner).post(f"{CALENDAR}holidays/", {"day": day(2), "name": "Founders’ day"})
    as_(owner).post(f"{CALENDAR}swaps/", {"day": day(4), "taker": bea.pk, "at_once": "on"})

    assert told() == {"bea": ([], [day(2)])}


def test_days_that_were_over_when_it_is_told_are_left_out(plan, as_, owner, bea):
    as_(owner).post(f"{CALENDAR}holidays/", {"day": day(2), "name": "Founders’ day"})

    with time_machine.travel(logged.NEXT_MORNING + timedelta(days=2), tick=False):
        assert told() == {}


def test_who_is_taken_out_is_told_and_so_are_those_who_get_the_days(plan, as_, owner, annotator):
    as_(owner).post(f"{PLAN}rotation/", {"do": "remove", "person": annotator.pk})

    found = told()
    assert found["amir"] == ([], [day(n) for n in (1, 4, 7, 10, 13)])
    assert day(1) in found["bea"][0]
    assert set(found) == {"amir", "bea"}


def test_who_stands_in_is_told_and_who_is_away_knows(plan, as_, annotator, owner, bea):
    body = {"first": day(4), "last": day(4)}
    as_(annotator).post(f"{CALENDAR}away/", body)
    assert told() == {"bea": ([day(4)], [])}

    Notice.objects.all().delete()
    as_(owner).post(f"{CALENDAR}away/", {"first": day(5), "last": day(5), "person": bea.pk})
    assert told() == {"bea": ([], [day(5)])}  # olivia stands in, and did it


def test_whoever_leaves_the_project_leaves_days_to_others_and_no_past(project, plan, as_, owner, bea):
    path = f"/p/shop/members/{project.memberships.get(user=bea).pk}/"
    plan.starts_on = DAY - timedelta(days=7)
    plan.save()
    before = [
        rota_of(plan, plan.starts_on, DAY).person_on(plan.starts_on + timedelta(days=n)) for n in range(8)
    ]
    assert bea in before

    as_(owner).post(path, {"role": "viewer"})
    assert set(told()) == {"bea"}  # of whose days olivia takes some, and knows it; she may still read
    Notice.objects.all().delete()
    project.memberships.filter(user=bea).update(role="annotator")
    as_(owner).post(path, {"remove": "1"})

    assert told() == {}
    rota = rota_of(plan, plan.starts_on, DAY)
    assert [rota.person_on(plan.starts_on + timedelta(days=n)) for n in range(8)] == before
    assert bea not in {rota_of(plan, DAY, DAY).person_on(DAY + timedelta(days=n)) for n in range(1, 15)}


def test_a_role_that_cannot_be_changed_changes_nothing(project, plan, as_, owner):
    path = f"/p/shop/members/{project.memberships.get(user=owner).pk}/"

    assertContains(as_(owner).post(path, {"role": "viewer"}), "needs an owner", status_code=422)

    assert told() == {}


def test_what_is_told_in_words_of_its_own_is_not_told_again(plan, as_, owner, annotator, bea):
    as_(owner).post(f"{CALENDAR}swaps/", {"day": day(4), "taker": bea.pk, "at_once": "on"})

    assert Swap.objects.get().state == "accepted"
    assert {(row.kind, row.person) for row in Notice.objects.all()} == {
        ("swap_answered", annotator),
        ("swap_answered", bea),
    }


def test_other_weekdays_are_told_and_another_hour_is_not(plan, as_, owner):
    days = {"weekdays": list("0123456"), "week_start": "0", "reminder_hours": "4"}
    as_(owner).post(f"{PLAN}days/", days)
    assert told() == {}
    as_(owner).post(f"{PLAN}days/", {**days, "weekdays": list("01234")})
    assert set(told()) == {"amir", "bea"}


def test_while_the_plan_is_off_nobody_has_days_to_lose(plan, as_, owner, bea):
    VibePlan.objects.update(enabled=False)
    as_(owner).post(f"{PLAN}rotation/", {"do": "up", "person": bea.pk})
    assert told() == {}


def test_what_fails_tells_nobody(plan, as_, owner, bea):
    as_(owner).post(f"{PLAN}rotation/", {"do": "explode", "person": bea.pk})
    assertContains(
        as_(owner).post(f"{CALENDAR}holidays/", {"day": day(-9), "name": "x"}), "over", status_code=422
    )
    assert told() == {}


def test_each_reads_of_their_own_days_in_their_language_and_a_chat_of_all(
    project, plan, as_, owner, annotator, bea, settings
):
    for person, language in ((annotator, "ko"), (bea, "")):
        person.email, person.language = f"{person.username}@example.com", language
        person.save()
    with receiving() as hooks:
        settings.WEBHOOK_HOSTS = [hooks.host]
        channels.add(project=project, kind="email", url="", tells=["days_changed"], by=owner)
        channels.add(project=project, kind="slack", url=hooks.url, tells=["days_changed"], by=owner)
        as_(owner).post(f"{PLAN}days/", {"weekdays": ["1"], "week_start": "0", "reminder_hours": "8"})
        run_jobs()
        deliver()
        (chat,) = hooks.got

    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "olivia changed the rotation.\nbea does not look on Wed 25 Nov, " in letters["bea@example.com"]
    assert "amir" not in letters["bea@example.com"]
    assert "11월" in letters["amir@example.com"]
    assert b"amir" in chat[2]
    assert b"bea" in chat[2]
    assert sorted(map(len, Delivery.objects.values_list("people", flat=True))) == [1, 1, 2]
    assert not Job.objects.filter(state=JobState.FAILED).exists()

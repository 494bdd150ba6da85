"""The daily slot: every project's own hour, missed days made up for, none twice."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from annotator.jobs import leases, runner, schedules
from annotator.models import Job, JobState
from feedback.jobs import vibecheck as job
from feedback.models import VibeCheck, VibePlan
from feedback.services import plans
from tests import make
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING

HOUR = timedelta(hours=1)


def asked(now: datetime) -> list[str]:
    """The days whose draw is newly asked for at this sweep."""
    return [row.arguments["day"] for row in schedules.ask_due(now) if row.kind == job.NAME]


def run_all() -> None:
    for waiting in Job.objects.filter(state=JobState.DUE):
        runner.run_claimed(leases.claim(waiting.pk))


@pytest.fixture
def plan(project, owner):
    return logged.plan(project, owner)  # from the 23rd on, at 8:00


def test_a_slot_is_due_when_its_hour_has_struck(plan):
    morning = datetime(2026, 11, 23, 8, tzinfo=UTC)

    assert asked(morning - timedelta(seconds=1)) == []
    assert asked(morning) == ["2026-11-22"]
    assert asked(morning + HOUR) == []
    assert asked(morning + timedelta(days=1)) == ["2026-11-23"]


def test_missed_days_are_all_made_up_for_but_not_from_long_ago(plan):
    assert len(asked(datetime(2026, 11, 27, 9, tzinfo=UTC))) == 5
    months_later = asked(datetime(2027, 3, 1, 9, tzinfo=UTC))

    assert len(months_later) == plans.MOST_MISSED
    assert months_later[-1] == "2027-02-28"


def test_moving_the_hour_or_the_zone_asks_no_day_twice(plan, project):
    asked(NEXT_MORNING)
    VibePlan.objects.update(hour=6)
    project.time_zone = "Asia/Seoul"
    project.save()

    assert asked(NEXT_MORNING + HOUR) == []


@pytest.mark.parametrize(
    ("day", "hour", "before", "struck"),
    [
        (date(2026, 3, 8), 2, (2026, 3, 8, 6, 59), (2026, 3, 8, 7, 0)),  # 02:00 does not exist
        (date(2026, 11, 1), 1, (2026, 11, 1, 4, 59), (2026, 11, 1, 5, 0)),  # 01:00 comes twice
    ],
)
def test_on_the_days_the_clock_changes_it_runs_once(plan, project, day, hour, before, struck):
    project.time_zone = "America/New_York"
    project.save()
    VibePlan.objects.update(hour=hour, starts_on=day)

    assert asked(datetime(*before, tzinfo=UTC)) == []
    assert asked(datetime(*struck, tzinfo=UTC)) == [(day - timedelta(days=1)).isoformat()]
    assert asked(datetime(*struck, tzinfo=UTC) + HOUR) == []
    assert len(asked(datetime(*struck, tzinfo=UTC) + timedelta(hours=25))) == 1


def test_a_plan_that_is_switched_off_asks_nothing_and_makes_up_for_nothing(plan):
    VibePlan.objects.update(enabled=False)
    assert asked(datetime(2026, 11, 27, 9, tzinfo=UTC)) == []

    plans.change_plan(
        plan,
        hour=8,
        sample_size=20,
        turn="day",
        enabled=True,
        intern_test=False,
        text="Is it good?",
        guideline="",
        now=datetime(2026, 11, 27, 9, tzinfo=UTC),
    )

    assert asked(datetime(2026, 11, 27, 9, tzinfo=UTC)) == ["2026-11-26"]


def test_a_project_with_a_first_interaction_gets_its_plan_by_itself(project, owner):
    make.project(slug="empty")
    asked(NEXT_MORNING)
    assert not VibePlan.objects.exists()
    logged.interactions(project, 1)

    assert asked(NEXT_MORNING) == ["2026-11-23"]
    plan = VibePlan.objects.get()
    assert (plan.project, plan.hour, plan.sample_size, plan.starts_on) == (project, 8, 20, DAY + timedelta(1))
    assert [member.user for member in plan.rotation.all()] == [owner]
    assert plan.question.versions.get().desirable == "yes"


def test_the_job_draws_and_says_what(plan, project):
    logged.interactions(project, 30)
    asked(NEXT_MORNING)
    waiting = Job.objects.get(kind=job.NAME, idempotency_key=job.key_of(project.pk, DAY))

    runner.run_claimed(leases.claim(waiting.pk))

    waiting.refresh_from_db()
    assert waiting.state == JobState.DONE
    assert waiting.result == {"day": "2026-11-23", "drawn": 20, "population": 30}
    assert job.result_url(waiting) == "/p/shop/checks/2026-11-23/"
    assert VibeCheck.objects.get(day=DAY).queue.items.count() == 20


def test_a_log_that_comes_after_the_draw_is_drawn_from_when_it_has_settled(plan, project):
    asked(NEXT_MORNING)
    run_all()
    assert VibeCheck.objects.get(day=DAY).queue is None
    assert asked(NEXT_MORNING + HOUR) == []  # nothing came

    logged.interactions(project, 30, environment="shadow", received_at=NEXT_MORNING + 2 * HOUR)
    assert asked(NEXT_MORNING + 3 * HOUR) == []  # nothing of production
    logged.interactions(project, 30, feature="late", received_at=NEXT_MORNING + 3 * HOUR)
    assert asked(NEXT_MORNING + 3 * HOUR + timedelta(minutes=5)) == []  # it may still be coming in
    later = NEXT_MORNING + 3 * HOUR + timedelta(minutes=15)
    assert asked(later) == ["2026-11-23"]
    assert asked(later) == []

    run_all()
    check = VibeCheck.objects.get(day=DAY)
    assert (check.population, check.queue.items.count()) == (30, 20)
    assert asked(later + HOUR) == []


@pytest.mark.django_db(transaction=True)
def test_a_draw_that_takes_longer_than_its_lease_is_one_attempt(plan, project, monkeypatch, settings):
    settings.JOB_LEASE_SECONDS = 0.3
    logged.interactions(project, 30)
    asked(NEXT_MORNING)
    waiting = Job.objects.get(kind=job.NAME, idempotency_key=job.key_of(project.pk, DAY))
    draw, taken = job.vibecheck.draw, []

    def slow(**given):
        threading.Event().wait(0.7)
        taken.append(leases.claim(waiting.pk))
        return draw(**given)

    monkeypatch.setattr(job.vibecheck, "draw", slow)
    runner.run_claimed(leases.claim(waiting.pk))

    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, taken) == (JobState.DONE, 1, [None])


def test_a_job_for_a_day_that_lasts_fails_with_a_sentence(plan, project):
    made = make.job(project, kind=job.NAME, arguments={"day": "2999-01-01"})

    runner.run_claimed(leases.claim(made.pk))

    made.refresh_from_db()
    assert made.state == JobState.FAILED
    assert "not over yet" in made.error


def test_sweeps_ask_constantly_few_questions_of_the_database(plan, django_assert_max_num_queries):
    asked(NEXT_MORNING)
    with django_assert_max_num_queries(24):
        asked(NEXT_MORNING + HOUR)

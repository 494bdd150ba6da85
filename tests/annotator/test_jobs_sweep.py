"""The sweep: rings for what was missed, ends what cannot end itself, asks by the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from annotator import tasks
from annotator.jobs import heart, leases, registry, runner, schedules, tidy
from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.sweep import sweep
from annotator.models import Heartbeat, Job, JobState, ScheduledRun
from annotator.services import jobs
from tests import make

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """`clock(name, slots)`: the only schedules of this test."""
    monkeypatch.setattr(schedules, "_schedules", {})
    monkeypatch.setattr(registry, "_kinds", {"test.nothing": Kind("test.nothing", lambda work: None)})
    return lambda name, slots: schedules.register_schedule(Schedule(name, slots))


def slot(at=NOON, *, schedule="daily", **more) -> Slot:
    return Slot(schedule, at, "test.nothing", key=f"{schedule} {at:%Y-%m-%d}", **more)


def lapsed(project, **more) -> Job:
    past = timezone.now() - timedelta(seconds=1)
    return make.job(project, state=JobState.LEASED, lease_until=past, **{"attempts": 1, **more})


def test_due_and_lapsed_jobs_are_rung_for_oldest_first(project, clock):
    now = timezone.now()
    due = make.job(project, due_at=now - timedelta(minutes=1))
    dead = lapsed(project, due_at=now - timedelta(minutes=5))
    make.job(project, due_at=now + timedelta(minutes=1))
    leases.claim(make.job(project).pk)
    make.job(project, state=JobState.DONE)

    assert list(sweep()) == [(dead.pk, "default"), (due.pk, "default")]


def test_a_job_whose_worker_died_five_times_fails_and_says_so(project, clock):
    job = lapsed(project, attempts=5)

    assert list(sweep()) == []

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "died 5 times" in job.error


def test_a_cancelled_job_of_a_dead_worker_is_cancelled(project, clock):
    job = lapsed(project, cancel_asked=True)

    sweep()

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.CANCELLED, "")


def test_the_sweep_leaves_signs_of_life(project, clock):
    sweep()

    ages = heart.ages()
    assert ages["worker:default"] < timedelta(seconds=5)
    assert ages["sweep"] < timedelta(seconds=5)


def test_a_slot_is_asked_once_however_often_and_by_whomever(project, clock):
    clock("daily", lambda now: [slot(project_id=project.pk, arguments={"day": 1})])

    for _ in range(3):
        sweep()

    assert Job.objects.get().arguments == {"day": 1}
    assert Job.objects.get().project == project
    assert ScheduledRun.objects.count() == 1


def test_missed_slots_are_the_schedules_own_affair(clock, db):
    days = [NOON - timedelta(days=n) for n in range(3)]
    clock("each", lambda now: [slot(at, schedule="each") for at in days])
    clock("newest", lambda now: [slot(max(days), schedule="newest")])

    sweep()

    assert Job.objects.filter(idempotency_key__startswith="each").count() == 3
    assert Job.objects.filter(idempotency_key__startswith="newest").count() == 1


def test_a_bad_schedule_is_caught_alone_shown_and_forgiven(clock, db):
    bad = [True]

    def thirty_first_of_february(now):
        if bad:
            datetime(2026, 2, 31)  # noqa: DTZ001
        return []

    clock("bad", thirty_first_of_february)
    clock("good", lambda now: [slot(schedule="good")])

    sweep()
    assert Job.objects.count() == 1
    assert Heartbeat.objects.filter(name="schedule:bad").exists()

    bad.clear()
    sweep()
    assert not Heartbeat.objects.filter(name="schedule:bad").exists()


def test_a_bad_slot_is_caught_alone_and_asked_again_next_time(clock, db):
    unknown = Slot("s", NOON, "test.unknown", key="k")
    clock("s", lambda now: [unknown, slot()])

    sweep()

    assert list(ScheduledRun.objects.values_list("schedule", flat=True)) == ["daily"]


def test_the_number_of_queries_does_not_grow_with_known_slots(clock, db, django_assert_num_queries):
    many = [slot(NOON - timedelta(days=n)) for n in range(30)]
    clock("daily", lambda now: many)
    sweep()

    with django_assert_num_queries(6):
        sweep()


def test_the_worst_wait_after_a_kill_is_under_ninety_seconds(settings):
    a_claim = 5
    assert settings.JOB_LEASE_SECONDS + settings.SWEEP_SECONDS + a_claim < 90


def test_old_jobs_and_slots_are_forgotten_failed_and_new_ones_kept(project, django_assert_max_num_queries):
    long_ago = timezone.now() - timedelta(days=91)
    for state in (JobState.DONE, JobState.CANCELLED, JobState.FAILED):
        make.job(project, state=state, finished_at=long_ago)
    make.job(project, state=JobState.DONE, finished_at=timezone.now())
    ScheduledRun.objects.create(schedule="s", due_at=timezone.now() - timedelta(days=401))
    job = jobs.ask(kind=tidy.KIND.name, key="tidy now")

    runner.run(job.pk, queue="default")

    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"jobs": 2, "slots": 1})
    assert Job.objects.filter(state=JobState.FAILED).count() == 1
    assert Job.objects.count() == 3


def test_tidying_is_asked_for_the_newest_night_only():
    (night,) = tidy.SCHEDULE.slots(NOON)
    (before,) = tidy.SCHEDULE.slots(NOON.replace(hour=1))

    assert night.due_at == NOON.replace(hour=3)
    assert before.due_at == NOON.replace(day=23, hour=3)
    assert night.key != before.key


def test_the_task_rings_for_what_the_sweep_found(project, clock, broker):
    job = make.job(project)

    tasks.sweep()

    assert broker.rung() == [str(job.pk)]


def test_rings_do_not_pile_up_while_nobody_answers(project, clock, broker, monkeypatch):
    monkeypatch.setattr("annotator.jobs.sweep.AT_MOST", 3)
    for _ in range(5):
        make.job(project)

    for _ in range(4):
        tasks.sweep()

    assert len(broker.rung()) == 3

"""How attempts end: done, tried later, failed for good, cancelled, given back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.jobs import leases, registry, runner, stop
from annotator.jobs.registry import Kind
from annotator.jobs.retry import wait_before
from annotator.jobs.work import PermanentError, TransientError
from annotator.models import Job, JobState, Project
from annotator.services import jobs
from tests import make


@pytest.fixture
def kind(monkeypatch):
    """`kind(function)`: register it as “test.work” for this test."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    def register(run, **more):
        registry._kinds.pop("test.work", None)
        registry.register(Kind("test.work", run, **more))

    return register


def run(job) -> Job:
    runner.run(job.pk, queue=job.celery_queue)
    job.refresh_from_db()
    return job


def seconds_until(time) -> float:
    return (time - timezone.now()).total_seconds()


def ask(project, key="k", **more) -> Job:
    return jobs.ask(kind="test.work", key=key, project=project, **more)


def test_a_job_that_returns_is_done_with_its_result(project, kind):
    kind(lambda work: work.result.update(rows=work.arguments["rows"]))

    job = run(ask(project, arguments={"rows": 3}))

    assert (job.state, job.result, job.error) == (JobState.DONE, {"rows": 3}, "")


def test_asking_twice_is_one_job(project, kind, owner):
    kind(lambda work: None)

    assert ask(project, by=owner).pk == ask(project).pk
    assert Job.objects.get().asked_by == owner


def test_asking_for_an_unknown_kind_is_refused_at_once(project):
    with pytest.raises(registry.UnknownKind):
        jobs.ask(kind="test.no-such", key="k", project=project)


def test_an_error_waits_and_tries_again_without_quoting_what_it_read(project, kind):
    def broken(work):
        raise ValueError("could not parse: the customer's card number is 4111")

    kind(broken)
    job = run(ask(project))

    assert job.state == JobState.DUE
    assert 3 < seconds_until(job.due_at) < 7
    assert "ValueError in broken, test_jobs_run.py line" in job.error
    assert "4111" not in job.error


def test_nor_does_the_log_quote_it(project, kind, caplog):
    def broken(work):
        raise ValueError(f"card {4000 + work.arguments['n']}")

    kind(broken)
    run(ask(project, arguments={"n": 111}))

    assert "ValueError" in caplog.text
    assert "4111" not in caplog.text


def test_a_database_error_names_its_state_only(project, kind):
    def twice(work):
        with work.chunk():
            Project.objects.create(slug=project.slug, name="Shop")

    kind(twice)
    job = run(ask(project))

    assert "IntegrityError (SQLSTATE 23505)" in job.error
    assert project.slug not in job.error


def test_retry_after_is_obeyed(project, kind):
    def busy(work):
        raise TransientError("The model's provider is busy.", retry_after=120)

    kind(busy)
    job = run(ask(project))

    assert 118 < seconds_until(job.due_at) < 121
    assert job.error == "The model's provider is busy."


def test_the_fifth_attempt_without_progress_is_the_last(project, kind):
    def broken(work):
        raise ValueError

    kind(broken)
    job = ask(project)
    for attempt in range(1, 6):
        assert job.state == JobState.DUE, attempt
        Job.objects.update(due_at=timezone.now())
        run(job)

    assert job.state == JobState.FAILED
    assert job.attempts == 5
    assert job.finished_at is not None


def test_waits_grow_and_are_spread():
    assert [wait_before(n, chance=0.5) for n in (2, 3, 4, 5)] == [5, 20, 80, 320]
    assert wait_before(9, chance=0.5) == 600
    assert wait_before(2, chance=0.0) < wait_before(2, chance=0.999)
    assert wait_before(2, chance=0.5, at_least=60) == 60


def test_a_permanent_error_fails_at_once_in_its_own_words(project, kind):
    def hopeless(work):
        raise PermanentError("The file has no column “output”. Map it with --map.")

    kind(hopeless)
    job = run(ask(project))

    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert job.error == "The file has no column “output”. Map it with --map."


def test_a_failed_job_tried_again_goes_on_where_it_stopped_with_new_patience(project, kind):
    def second_time_lucky(work):
        if work.cursor is None:
            with work.chunk() as chunk:
                chunk.cursor = "half"
            raise PermanentError("Not today.")
        work.result["from"] = work.cursor

    kind(second_time_lucky)
    job = run(ask(project))
    assert job.state == JobState.FAILED

    job = jobs.retry(job=job)
    assert (job.state, job.error, job.finished_at) == (JobState.DUE, "", None)
    assert job.max_attempts - job.attempts == 5
    assert run(job).result == {"from": "half"}
    assert jobs.retry(job=job) is None


def test_a_waiting_job_is_cancelled_now_and_an_ended_one_not_at_all(project, kind):
    kind(lambda work: None)
    waiting = ask(project)

    assert jobs.cancel(job=waiting)
    waiting.refresh_from_db()
    assert waiting.state == JobState.CANCELLED
    assert not jobs.cancel(job=waiting)
    assert run(waiting).attempts == 0


def test_a_running_job_is_cancelled_after_its_chunk(project, kind):
    def long(work):
        jobs.cancel(job=work.job)
        with work.chunk() as chunk:
            chunk.done = 3
        raise AssertionError("went on after cancel")

    kind(long)
    job = run(ask(project))

    assert (job.state, job.done, job.error) == (JobState.CANCELLED, 3, "")


def test_a_job_cancelled_while_its_worker_lay_dead_is_not_begun_again(project, kind):
    kind(lambda work: pytest.fail("was run"))
    job = ask(project)
    leases.claim(job.pk)
    jobs.cancel(job=job)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert run(job).state == JobState.CANCELLED


def test_a_worker_takes_the_next_due_job_before_it_returns(project, kind):
    kind(lambda work: None)
    first, second = ask(project, "1"), ask(project, "2")
    far = ask(project, "3", due_at=timezone.now() + timedelta(hours=1))

    runner.run(first.pk, queue="default")

    second.refresh_from_db()
    far.refresh_from_db()
    assert (second.state, far.state) == (JobState.DONE, JobState.DUE)


def test_a_message_that_comes_twice_or_for_a_deleted_job_does_nothing(project, kind):
    ran = []
    kind(lambda work: ran.append(1))
    job = run(ask(project))

    run(job)
    Job.objects.all().delete()
    runner.run(job.pk, queue="default")

    assert ran == [1]


def test_a_worker_told_to_stop_takes_nothing_more_and_asks_for_a_ring(project, kind):
    def long(work):
        stop.ask()
        with work.chunk() as chunk:
            chunk.done = 1

    kind(long)
    job, other = ask(project, "1"), ask(project, "2")
    try:
        again = runner.run(job.pk, queue="default")
    finally:
        stop.forget()

    other.refresh_from_db()
    assert [given.pk for given in again] == [job.pk]
    assert other.attempts == 0


def test_a_kind_of_newer_code_waits_for_a_newer_worker(project):
    job = run(make.job(project, kind="test.from-the-future"))

    assert job.state == JobState.DUE
    assert "older version" in job.error


def test_kinds_and_queues_are_checked_when_registered(kind):
    with pytest.raises(ValueError, match="queue"):
        kind(lambda work: None, queue="nobody-works-here")
    kind(lambda work: None)
    with pytest.raises(ValueError, match="two kinds"):
        registry.register(Kind("test.work", print))

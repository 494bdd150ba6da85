"""What a kind's function can rely on: chunks, results, cancel, stop, long steps."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotator.jobs import heart, leases, stop
from annotator.jobs.work import Cancelled, GivenBack, LeaseLost, Work
from annotator.models import Job, JobState
from annotator.services import jobs
from tests import make


@pytest.fixture
def work(project):
    return Work(leases.claim(make.job(project).pk))


@pytest.fixture
def told_to_stop():
    stop.ask()
    yield
    stop.forget()


def row() -> Job:
    return Job.objects.get()


def test_a_chunk_writes_progress_cursor_and_result_together(work):
    with work.chunk() as chunk:
        chunk.done, chunk.total, chunk.cursor = 200, 1000, {"line": 201}
        work.result["rows"] = 199

    assert (row().done, row().total, row().cursor) == (200, 1000, {"line": 201})
    assert row().result == {"rows": 199}
    assert (work.done, work.total, work.cursor) == (200, 1000, {"line": 201})


def test_a_chunk_that_raises_leaves_nothing(work):
    with pytest.raises(ZeroDivisionError), work.chunk() as chunk:
        make.project(slug="half")
        chunk.done = 1
        1 / 0  # noqa: B018

    assert row().done == 0
    assert not Job._meta.get_field("project").related_model.objects.filter(slug="half").exists()


def test_the_next_attempt_goes_on_at_the_cursor_with_the_result_so_far(work):
    with work.chunk() as chunk:
        chunk.cursor, work.result["rows"] = 7, 7
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    again = Work(leases.claim(work.job.pk))

    assert (again.cursor, again.result) == (7, {"rows": 7})


def test_progress_gives_new_patience_and_standing_still_does_not(work):
    Job.objects.update(attempts=4)
    work.job.attempts = 4

    with work.chunk():
        pass
    assert row().max_attempts == 5

    with work.chunk() as chunk:
        chunk.done = 1
    assert row().max_attempts == 8


def test_cancel_is_heard_after_the_chunk_which_stays(work):
    jobs.cancel(job=work.job)

    with pytest.raises(Cancelled), work.chunk() as chunk:
        chunk.done = 5

    assert row().done == 5


def test_a_worker_told_to_stop_gives_the_job_back_and_counts_no_attempt(work, told_to_stop):
    with pytest.raises(GivenBack), work.chunk() as chunk:
        chunk.done = 5

    assert row().state == JobState.DUE
    assert row().max_attempts - row().attempts == 5
    assert leases.claim(work.job.pk).done == 5


def test_the_last_chunk_ends_the_job_even_when_told_to_stop(work, told_to_stop):
    with work.chunk() as chunk:
        chunk.done, chunk.last = 9, True

    assert row().state == JobState.DONE
    assert row().finished_at is not None
    assert row().lease_until is None


def test_a_long_job_lets_a_waiting_one_pass_after_its_turn(work, project):
    work._turn.since -= heart.TURN_SECONDS
    with work.chunk() as chunk:
        chunk.done = 1  # nobody waits: another turn
    waiting = make.job(project)
    work._turn.since -= heart.TURN_SECONDS

    with pytest.raises(GivenBack), work.chunk() as chunk:
        chunk.done = 2

    assert leases.claim_next("default").pk == waiting.pk


def test_a_deleted_project_ends_the_work_quietly(work, project):
    project.delete()

    with pytest.raises(LeaseLost), work.chunk() as chunk:
        chunk.done = 1


@pytest.mark.django_db(transaction=True)
def test_a_long_step_keeps_its_lease(project, settings):
    settings.JOB_LEASE_SECONDS = 0.3
    work = Work(leases.claim(make.job(project).pk))

    with work.keep_alive():
        threading.Event().wait(0.7)
        assert leases.claim(work.job.pk) is None

    with connection.cursor() as cursor:
        cursor.execute("SELECT lease_until > clock_timestamp() FROM annotator_job")
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True)
def test_a_long_step_learns_that_it_lost_the_job_or_is_cancelled(project, settings):
    settings.JOB_LEASE_SECONDS = 0.2
    work = Work(leases.claim(make.job(project).pk))

    with pytest.raises(Cancelled), work.keep_alive():
        jobs.cancel(job=work.job)
        threading.Event().wait(0.3)
    with pytest.raises(LeaseLost), work.keep_alive():
        Job.objects.update(attempts=2)
        threading.Event().wait(0.3)

"""A job has one owner at a time: claim, fence, lease, and what a lost one may still do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotator.jobs import leases
from annotator.jobs.work import LeaseLost, Work
from annotator.models import Job, JobState
from tests import make


def lapse(job):
    """As if the lease had run out a second ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_due_job_is_claimed_once(project):
    job = make.job(project)

    first = leases.claim(job.pk)

    assert first.state == JobState.LEASED
    assert first.attempts == 1
    assert leases.claim(job.pk) is None
    assert leases.claim_next("default") is None


def test_the_lease_is_sixty_seconds_of_the_database(project):
    leases.claim(make.job(project).pk)

    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM annotator_job")
        (left,) = cursor.fetchone()

    assert 58 < left <= 60


def test_a_job_of_tomorrow_or_of_another_queue_is_left_alone(project):
    make.job(project, due_at=timezone.now() + timedelta(days=1))
    make.job(project, celery_queue="ml")

    assert leases.claim_next("default") is None


def test_the_next_is_the_one_that_waited_longest(project):
    now = timezone.now()
    make.job(project, due_at=now - timedelta(minutes=1))
    oldest = make.job(project, due_at=now - timedelta(minutes=9))

    assert leases.claim_next("default").pk == oldest.pk


def test_a_lapsed_lease_passes_to_the_next_and_the_first_may_write_no_more(project):
    job = make.job(project)
    late = Work(leases.claim(job.pk))
    lapse(job)

    second = leases.claim(job.pk)
    with pytest.raises(LeaseLost), late.chunk() as chunk:
        make.project(slug="written-too-late")
        chunk.done = 1

    assert second.attempts == 2
    assert not type(project).objects.filter(slug="written-too-late").exists()
    assert Job.objects.get().done == 0


def test_a_lapsed_lease_that_nobody_took_is_still_mine(project):
    job = make.job(project)
    work = Work(leases.claim(job.pk))
    lapse(job)

    with work.chunk() as chunk:
        chunk.done = 1

    assert Job.objects.get().lease_until > timezone.now()


def test_the_last_attempt_is_the_last(project):
    job = make.job(project, attempts=5, max_attempts=5)

    assert leases.claim(job.pk) is None


def test_who_lost_the_lease_can_neither_end_nor_delay_the_job(project):
    job = make.job(project)
    late = leases.claim(job.pk)
    lapse(job)
    leases.claim(job.pk)

    assert not leases.end(late, JobState.FAILED, error="mine")
    assert not leases.try_later(late, wait=timedelta(0), error="mine")
    assert not leases.give_back(late)
    assert leases.renew(late) is None
    assert Job.objects.get().state == JobState.LEASED

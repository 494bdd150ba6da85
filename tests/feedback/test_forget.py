"""Answers that are kept for the same question are forgotten when nobody will be given them again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.jobs import runner
from annotator.services import jobs
from feedback.jobs import forget
from feedback.models import CachedSuggestion, Channel, Delivery, Notice, TaskVersion
from tests.feedback import judged

pytestmark = pytest.mark.django_db


def kept(version: TaskVersion, **more) -> CachedSuggestion:
    return CachedSuggestion.objects.create(version=version, content_hash=uuid4(), answer={}, **more)


def test_those_of_older_versions_and_old_ones(project):
    colour, shade = judged.task(project, "colour"), judged.task(project, "shade")
    before, only = colour.versions.get(), shade.versions.get()
    now = TaskVersion.objects.create(task=colour, number=2, suggester="rule")
    kept(before)
    kept(now, created_at=timezone.now() - timedelta(days=31))
    stay = {kept(now).pk, kept(only).pk}
    job = jobs.ask(kind=forget.NAME, key="forget now")

    runner.run(job.pk, queue="default")

    job.refresh_from_db()
    assert job.result["answers"] == 2
    assert set(CachedSuggestion.objects.values_list("pk", flat=True)) == stay


def test_notices_of_half_a_year_ago_with_their_deliveries(project, annotator):
    channel = Channel.objects.create(project=project, kind="email", nonce="n", tells=["ready"])
    for days_ago in (179, 181, 400):
        at = timezone.now() - timedelta(days=days_ago)
        notice = Notice.objects.create(
            project=project, kind="ready", person=annotator, day=at.date(), created_at=at
        )
        Delivery.objects.create(notice=notice, channel=channel)
    job = jobs.ask(kind=forget.NAME, key="forget now")

    runner.run(job.pk, queue="default")

    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)
    job.refresh_from_db()
    assert job.result == {"answers": 0, "deliveries": 2, "notices": 2}


def test_it_is_asked_for_every_night():
    now = timezone.now()
    (tonight,) = forget.SCHEDULE.slots(now)
    (next_one,) = forget.SCHEDULE.slots(now + timedelta(days=1))

    assert (tonight.kind, next_one.due_at - tonight.due_at) == (forget.NAME, timedelta(days=1))

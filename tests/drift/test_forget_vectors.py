"""Vectors of what is gone go; what is used stays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from annotator.jobs import leases, runner
from annotator.services import jobs
from drift.jobs import forget
from drift.models import DriftPlan, EmbeddedDay, InputVector, Space
from drift.services import plans
from tests.drift import drifted
from tests.feedback import logged
from tests.feedback.logged import NEXT_MORNING

ONE = timedelta(days=1)
VECTOR = [1.0] + [0.0] * 383


def run(project=None) -> dict:
    job = jobs.ask(kind=forget.NAME, key=str(timezone.now()))
    runner.run_claimed(leases.claim(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job.result


@pytest.fixture
def plan(project):
    made = plans.ensure_plan(project, now=NEXT_MORNING)
    made.space = drifted.space(project)
    made.save()
    return made


def day_of(space, back, rows=()):
    day = timezone.now().date() - back * ONE
    return drifted.embedded(space, day, list(rows), [VECTOR] * len(rows))


def test_what_the_log_has_lost_is_forgotten_the_next_night(project, plan):
    rows = logged.interactions(project, 3)
    day_of(plan.space, 1, rows)
    rows[1].delete()
    assert run()["vectors"] == 1
    assert set(InputVector.objects.values_list("interaction", flat=True)) == {rows[0].pk, rows[2].pk}
    assert run()["vectors"] == 0


def test_old_days_go_and_a_pinned_window_stays(project, plan, settings):
    settings.DRIFT_KEEP_DAYS = 30
    rows = logged.interactions(project, 1)
    for back in (29, 31, 60, 61):
        day_of(plan.space, back, rows)
    pinned = timezone.now().date() - 60 * ONE
    DriftPlan.objects.update(baseline_kind="pinned", pinned_first=pinned, pinned_last=pinned)
    assert run()["days"] == 2
    kept = {(timezone.now().date() - day.day).days for day in EmbeddedDay.objects.all()}
    assert kept == {29, 60}


def test_a_space_that_is_used_no_more_goes_after_a_week(project, plan, stranger):
    rows = logged.interactions(project, 1)
    old = drifted.space(project, fingerprint="1" * 64)
    day_of(old, 3, rows)
    day_of(plan.space, 3, rows)
    other = drifted.space(stranger.memberships.get().project)  # of a project without a plan that uses another
    run()
    assert Space.objects.count() == 3
    EmbeddedDay.objects.update(drawn_at=Now() - timedelta(days=8))
    assert run()["spaces"] == 1
    assert set(Space.objects.all()) == {plan.space, other}
    assert InputVector.objects.count() == 1


def test_a_deleted_project_takes_its_vectors_along(project, plan):
    day_of(plan.space, 1, logged.interactions(project, 2))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM drift_inputvector")
        assert cursor.fetchone() == (2,)
    project.delete()
    assert InputVector.objects.count() == Space.objects.count() == 0

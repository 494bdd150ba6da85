"""Vectors of what is gone go; what is used stays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from annotator.jobs import leases, runner
from annotator.services import jobs
from drift.jobs import forget
from drift.models import (
    Coverage,
    DriftPlan,
    EmbeddedDay,
    EmbeddedReference,
    InputVector,
    MappedDay,
    ReferenceVector,
    Space,
)
from drift.services import plans
from tests.drift import drifted, mapped, references
from tests.drift import embedding as doing
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


def test_days_that_a_baseline_needs_stay_or_each_night_would_embed_them_again(project, plan, settings):
    settings.DRIFT_KEEP_DAYS = 15
    DriftPlan.objects.update(baseline_days=40)
    for back in (20, 41, 42, 43):
        day_of(plan.space, back)
    assert run()["days"] == 1
    wanted = plans.wanted_days(plans.plan_of(project), timezone.now().date() - ONE)
    assert min(wanted) > timezone.now().date() - 43 * ONE


def test_vectors_of_a_space_that_is_used_no_more_go_after_a_week(project, plan, stranger):
    rows = logged.interactions(project, 1)
    old = drifted.space(project, fingerprint="1" * 64)
    day_of(old, 3, rows)
    day_of(plan.space, 3, rows)
    other = drifted.space(stranger.memberships.get().project)  # of a project without a plan that uses another
    run()
    assert Space.objects.count() == 3
    EmbeddedDay.objects.update(drawn_at=Now() - timedelta(days=8))
    begun = old.made_at
    assert run()["spaces"] == 1
    assert set(Space.objects.all()) == {old, plan.space, other}
    assert list(InputVector.objects.values_list("day__space", flat=True)) == [plan.space_id]
    old.refresh_from_db()
    assert old.made_at > begun
    assert "spaces" not in run()


def test_what_was_measured_in_a_space_stays_when_its_vectors_go(project, plan):
    old = drifted.space(project, fingerprint="1" * 64)
    day_of(old, 9, logged.interactions(project, 1))
    reference = references.of_version(project, ["refund please"])
    held = EmbeddedReference.objects.create(reference=reference, space=old)
    ReferenceVector.objects.create(embedded=held, position=1, key=1, vector=VECTOR)
    measured = Coverage.objects.create(
        reference=reference, space=old, day=logged.DAY, verdict="judged", share=0.8
    )
    counted = mapped.map_of(old)
    MappedDay.objects.create(map=counted, day=logged.DAY, rows=5)
    EmbeddedDay.objects.update(drawn_at=Now() - timedelta(days=8))
    run()
    assert not EmbeddedDay.objects.exists()
    assert not ReferenceVector.objects.exists()
    assert Coverage.objects.get().space == measured.space
    assert MappedDay.objects.get().map.space == old


def test_a_space_that_is_used_again_is_embedded_anew(project, drift_plan, judged):
    """Its jobs have been asked for before."""
    logged.interactions(project, 2)
    logged.interactions(project, 2, name="before", at=NEXT_MORNING - timedelta(hours=45))
    first = doing.embedded(project, logged.DAY, others=True).space
    DriftPlan.objects.update(rule={"kind": "conversation"})
    doing.embedded(project, logged.DAY, key="rule", others=True)
    EmbeddedDay.objects.filter(space=first).update(drawn_at=Now() - timedelta(days=8))
    run()
    assert not first.days.exists()
    DriftPlan.objects.update(rule={})
    doing.embedded(project, logged.DAY, key="back", others=True)
    assert [day.sampled for day in first.days.order_by("-day")[:2]] == [2, 2]


def test_a_deleted_project_takes_its_vectors_along(project, plan):
    day_of(plan.space, 1, logged.interactions(project, 2))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM drift_inputvector")
        assert cursor.fetchone() == (2,)
    project.delete()
    assert InputVector.objects.count() == Space.objects.count() == 0
